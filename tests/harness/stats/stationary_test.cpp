#include "harness/stats/stationary.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace eb {
namespace {

std::vector<std::int64_t> thirds(std::int64_t a, std::int64_t b, std::int64_t c, std::size_t each = 10) {
  std::vector<std::int64_t> all(each, a);
  all.insert(all.end(), each, b);
  all.insert(all.end(), each, c);
  return all;
}

TEST(IsStationary, NeedsTwentyFour) {
  EXPECT_FALSE(is_stationary({}));
  EXPECT_FALSE(is_stationary(std::vector<std::int64_t>(23, 1000)));
  EXPECT_TRUE(is_stationary(std::vector<std::int64_t>(24, 1000)));
}

TEST(IsStationary, ForgetsTheFirstThird) {
  EXPECT_TRUE(is_stationary(thirds(1'000'000, 1000, 1000)));
  EXPECT_TRUE(is_stationary(thirds(1, 1000, 1000)));
}

TEST(IsStationary, TakesThreePercentAndNoMoreEitherWay) {
  EXPECT_TRUE(is_stationary(thirds(1000, 1000, 1030)));
  EXPECT_TRUE(is_stationary(thirds(1000, 1000, 970)));
  EXPECT_FALSE(is_stationary(thirds(1000, 1000, 1031)));
  EXPECT_FALSE(is_stationary(thirds(1000, 1000, 969)));
}

TEST(IsStationary, IsNotFooledByAFewOutliers) {
  auto latencies = thirds(1000, 1000, 1000);
  latencies[12] = 5'000'000;
  latencies[25] = 9'000'000;
  latencies[29] = 1;
  EXPECT_TRUE(is_stationary(latencies));
}

TEST(IsStationary, SeesAClockThatIsStillRampingUp) {
  std::vector<std::int64_t> falling;
  for (int i = 0; i < 60; ++i) falling.push_back(std::llround(1e6 * std::exp(-i / 30.0)));
  EXPECT_FALSE(is_stationary(falling));
}

TEST(IsStationary, TakesLatenciesBelowTheClocksStep) {
  EXPECT_TRUE(is_stationary(thirds(5, 0, 0)));
}

}  // namespace
}  // namespace eb
