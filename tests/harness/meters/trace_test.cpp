#include "harness/meters/trace.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "tests/harness/meters/waveform.h"
#include "tests/support/tree.h"

namespace eb {
namespace {

using test::problem;
using test::window;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr std::int64_t kSecond = 1'000'000'000;

TEST(Trace, KeepsWhatIsANumberWithinLimits) {
  Trace trace(test::power_meter());
  trace.add(1 * kSecond, 5.0);
  trace.add(2 * kSecond, std::numeric_limits<double>::quiet_NaN());
  trace.add(3 * kSecond, std::numeric_limits<double>::infinity());
  trace.add(4 * kSecond, -0.1);
  trace.add(5 * kSecond, 1000.5);
  trace.add(6 * kSecond, Error{ErrorKind::io, "the cable is out"});
  trace.add(1 * kSecond, 5.0);
  trace.add(7 * kSecond, 1000.0);
  ASSERT_EQ(trace.readings().size(), 2u);
  EXPECT_EQ(trace.readings()[1].time_ns, 7 * kSecond);
  std::vector<std::string> reasons;
  for (const Dropout& dropout : trace.dropouts()) reasons.push_back(dropout.reason);
  EXPECT_THAT(reasons, ::testing::ElementsAre("nan is no number", "inf is no number", "-0.1 W is below 0",
                                              "1000.5 W is above 1000", "the cable is out",
                                              "its time is not later than the last one"));
}

TEST(Trace, ACounterIsLimitedByItsRange) {
  MeterInfo info = test::energy_counter();
  info.counter_range = 100;
  Trace trace(info);
  trace.add(1, 100.0);
  trace.add(2, 101.0);
  trace.add(3, -1.0);
  EXPECT_EQ(trace.readings().size(), 1u);
  EXPECT_EQ(trace.dropouts().size(), 2u);
}

TEST(Trace, ALongReasonIsCut) {
  Trace trace(test::power_meter());
  trace.add(1, Error{ErrorKind::io, std::string(100'000, 'x')});
  EXPECT_EQ(trace.dropouts()[0].reason.size(), 200u);
}

TEST(ReadingsAround, ReachesFromTheLastBeforeToTheFirstAfter) {
  const Trace trace = test::regular(test::power_meter(), 10, 1, [](double s) { return s; });
  const auto around = readings_around(trace, window(2.5, 4.5));
  ASSERT_EQ(problem(around), "");
  EXPECT_EQ(around->front().value, 2);
  EXPECT_EQ(around->back().value, 5);
  const auto exact = readings_around(trace, window(2, 4));
  ASSERT_EQ(problem(exact), "");
  EXPECT_EQ(exact->front().value, 2);
  EXPECT_EQ(exact->back().value, 4);
  EXPECT_EQ(exact->size(), 3u);
}

TEST(ReadingsAround, NothingIsExtrapolated) {
  Trace trace = test::regular(test::power_meter(), 10, 1, [](double s) { return s; });
  EXPECT_THAT(problem(readings_around(trace, window(-0.5, 3))),
              AllOf(HasSubstr("shunt"), HasSubstr("0.500 s after the window had started")));
  trace.add(11 * kSecond, Error{ErrorKind::io, "the cable is out"});
  EXPECT_THAT(problem(readings_around(trace, window(3, 12))),
              AllOf(HasSubstr("2.000 s before the window ended"), HasSubstr("the cable is out")));
  EXPECT_THAT(problem(readings_around(Trace(test::power_meter()), window(0, 1))), HasSubstr("no reading"));
  EXPECT_NE(problem(readings_around(trace, window(3, 3))), "");
}

TEST(Continuity, CountsGapsAndFailedReads) {
  Trace trace(test::power_meter());
  for (int i = 0; i <= 20; ++i) {
    if (i == 5) trace.add(i * kSecond, Error{ErrorKind::io, "no answer"});
    if (i != 5 && (i < 10 || i > 14)) trace.add(i * kSecond, 1.0);
  }
  const auto around = readings_around(trace, window(1, 19));
  ASSERT_EQ(problem(around), "");
  const Continuity found = continuity_of(trace, *around, window(1, 19));
  EXPECT_EQ(found.typical_s, 1);
  EXPECT_EQ(found.gaps, 1u);
  EXPECT_EQ(found.longest_gap_s, 6);
  EXPECT_EQ(found.gaps_s, 6);
  EXPECT_EQ(found.dropouts, 1u);
  EXPECT_EQ(continuity_of(trace, *readings_around(trace, window(15, 20)), window(15, 20)).spread, 0);
}

TEST(Level, IsThatOfTheWindowAlone) {
  const Trace trace =
      test::regular({.id = "zone0", .quantity = Quantity::temperature_c, .lowest = -50, .highest = 200}, 10,
                    1, [](double s) { return 40 + s; });
  const auto level = level_in(trace, window(2, 6));
  ASSERT_EQ(problem(level), "");
  EXPECT_EQ(level->first, 42);
  EXPECT_EQ(level->last, 46);
  EXPECT_EQ(level->lowest, 42);
  EXPECT_EQ(level->highest, 46);
  EXPECT_DOUBLE_EQ(level->mean, 44);
  EXPECT_EQ(level->readings, 5u);
  EXPECT_THAT(problem(level_in(trace, window(20, 30))), HasSubstr("zone0"));
}

TEST(EvenParts, FollowEachOtherFromTheStart) {
  const auto parts = even_parts({100, 130}, 4);
  ASSERT_EQ(parts.size(), 4u);
  EXPECT_EQ(parts[0].start_ns, 100);
  EXPECT_EQ(parts[1].start_ns, parts[0].end_ns);
  EXPECT_EQ(parts[3].end_ns, 128) << "of one length";
  EXPECT_TRUE(even_parts({100, 130}, 0).empty());
}

}  // namespace
}  // namespace eb
