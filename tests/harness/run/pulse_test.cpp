#include "harness/run/pulse.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace eb {
namespace {

using ::testing::ElementsAre;

TEST(Pulse, SaysAtOnceThenOnceASecondThenTheEnd) {
  std::vector<bool> said;
  Pulse pulse([&](bool is_running) { said.push_back(is_running); });
  std::int64_t now_ns = 5 * kPulseNs;
  pulse.beat(now_ns);
  EXPECT_THAT(said, ElementsAre()) << "nothing has begun";
  pulse.begin(now_ns);
  EXPECT_THAT(said, ElementsAre(true));
  for (int i = 0; i < 25; ++i) pulse.beat(now_ns += kPulseNs / 10);
  EXPECT_THAT(said, ElementsAre(true, true, true));
  pulse.end();
  pulse.beat(now_ns + 10 * kPulseNs);
  EXPECT_THAT(said, ElementsAre(true, true, true, false));
}

TEST(Pulse, WithoutAListenerIsMute) {
  Pulse pulse;
  pulse.begin(0);
  pulse.beat(10 * kPulseNs);
  pulse.end();
}

}  // namespace
}  // namespace eb
