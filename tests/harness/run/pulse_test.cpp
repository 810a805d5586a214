#include "harness/run/pulse.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace eb {
namespace {

using ::testing::ElementsAre;

TEST(Pulse, SaysAtOnceThenOnceASecondThenTheEnd) {
  std::vector<int> said;
  Pulse pulse([&](bool is_running) { said.push_back(is_running ? 1 : 0); });
  std::int64_t now_ns = 5 * kPulseNs;
  pulse.beat(now_ns);
  EXPECT_THAT(said, ElementsAre()) << "nothing has begun";
  pulse.begin(now_ns);
  EXPECT_THAT(said, ElementsAre(1));
  for (int i = 0; i < 25; ++i) pulse.beat(now_ns += kPulseNs / 10);
  EXPECT_THAT(said, ElementsAre(1, 1, 1));
  pulse.end();
  pulse.beat(now_ns + 10 * kPulseNs);
  EXPECT_THAT(said, ElementsAre(1, 1, 1, 0));
}

TEST(Pulse, WithoutAListenerIsMute) {
  Pulse pulse;
  pulse.begin(0);
  pulse.beat(10 * kPulseNs);
  pulse.end();
}

}  // namespace
}  // namespace eb
