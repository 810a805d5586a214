#include "harness/run/warm_up.h"

#include <gtest/gtest.h>

namespace eb {
namespace {

constexpr std::int64_t kMs = 1'000'000;

TEST(WarmUp, TakesHalfOfWhatIsLeftAtMost) {
  EXPECT_EQ(longest_warm_up_ns(6), 3000 * kMs);
  EXPECT_EQ(longest_warm_up_ns(1e12), kLongestWarmUpNs);
  for (const double share_s : {-5.0, 0.0, 0.3}) EXPECT_EQ(longest_warm_up_ns(share_s), kShortestWarmUpNs);
}

TEST(WarmUp, TheSlowestRunIsOneOfTheSecondHalf) {
  EXPECT_EQ(slowest_warm_ns({{9, 8, 3, 5, 4}}), 5);
  EXPECT_EQ(slowest_warm_ns({{9, 8, 3, 4}}), 4);
  EXPECT_EQ(slowest_warm_ns({{7}}), 7);
}

}  // namespace
}  // namespace eb
