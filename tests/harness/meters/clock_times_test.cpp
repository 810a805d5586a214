#include "harness/meters/clock_times.h"

#include <gmock/gmock.h>

#include "tests/harness/meters/recorded.h"

namespace eb {
namespace {

using test::problem;
using test::Tree;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

TEST(ClockTimes, OfCpufreqAreInHundredthsOfASecond) {
  const Tree tree;
  test::raspberry_pi_5(tree);
  const auto clocks = read_clock_times(tree.root());
  ASSERT_EQ(clocks.size(), 1u);
  EXPECT_EQ(clocks[0].id, "clock:cpufreq/policy0");
  EXPECT_THAT(clocks[0].seconds_at, ElementsAre(Pair(1500, 81.23), Pair(1600, 1.2), Pair(2400, 400)));
}

TEST(ClockTimes, OfDevfreqAreInMillisecondsAndMarkTheStateThatIsNow) {
  const Tree tree;
  test::rk3588(tree);
  const auto clocks = read_clock_times(tree.root());
  ASSERT_EQ(clocks.size(), 1u) << "one of three devices counts";
  EXPECT_EQ(clocks[0].id, "clock:devfreq/fdab0000.npu");
  EXPECT_THAT(clocks[0].seconds_at, ElementsAre(Pair(300, 60), Pair(1000, 9.5)));
}

TEST(ClockTimes, WhatIsNoTableIsNoClock) {
  for (const std::string& text :
       {std::string(), std::string("nothing"), std::string("1 2 3"), std::string("-5 3"),
        std::string("99999999999999999999 1"), std::string(100'000, '1')}) {
    const Tree tree;
    tree.write("sys/devices/system/cpu/cpufreq/policy0/stats/time_in_state", text);
    EXPECT_EQ(read_clock_times(tree.root()).size(), 0u) << text.substr(0, 20);
  }
}

TEST(ShareBetween, ShowsThatAClockWasThrottled) {
  const ClockTimes before{"clock", {{1500, 10}, {2400, 100}}};
  const auto share = share_between(before, {"clock", {{1500, 40}, {2400, 130}}});
  ASSERT_EQ(problem(share), "");
  EXPECT_DOUBLE_EQ(share->seconds, 60);
  EXPECT_DOUBLE_EQ(share->below_highest, 0.5);
  EXPECT_DOUBLE_EQ(share->mean_mhz, 1950);
  EXPECT_DOUBLE_EQ(share->highest_mhz, 2400);
  // A state that was not there before is one that it was not in.
  EXPECT_DOUBLE_EQ(share_between(before, {"clock", {{1000, 60}, {1500, 10}, {2400, 100}}})->below_highest, 1);
}

TEST(ShareBetween, CountsThatWentBackOrStandStillAreErrors) {
  const ClockTimes before{"clock", {{1500, 10}, {2400, 100}}};
  EXPECT_THAT(problem(share_between(before, {"clock", {{1500, 9}, {2400, 130}}})), HasSubstr("reset"));
  EXPECT_THAT(problem(share_between(before, before)), HasSubstr("no time"));
  EXPECT_NE(problem(share_between({"clock", {}}, before)), "");
}

}  // namespace
}  // namespace eb
