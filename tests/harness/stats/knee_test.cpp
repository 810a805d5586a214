#include "harness/stats/knee.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <random>
#include <vector>

namespace eb {
namespace {

// 30 minutes of a latency in ms that `shape` gives by the minute, with noise of `noise` of it.
std::vector<double> series(const std::function<double(double)>& shape, double noise, unsigned seed = 1) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal(1, noise);
  std::vector<double> values;
  for (int minute = 0; minute < 30; ++minute) values.push_back(shape(minute) * normal(random));
  return values;
}

TEST(Knee, OfAStepIsWhereItIs) {
  for (const int at : {1, 2, 5, 12, 20}) {
    const auto knee = find_knee(series([at](double m) { return m < at ? 10 : 13; }, 0.003));
    ASSERT_TRUE(knee) << at;
    EXPECT_EQ(*knee, static_cast<std::size_t>(at));
  }
}

TEST(Knee, OfASlowDescentIsWithinAMinute) {
  for (unsigned seed = 1; seed <= 50; ++seed) {
    const auto knee = find_knee(
        series([](double m) { return m < 8 ? 10 : 10 + 5 * (1 - std::exp(-(m - 7) / 3)); }, 0.003, seed));
    ASSERT_TRUE(knee) << seed;
    EXPECT_NEAR(static_cast<double>(*knee), 8, 1) << seed;
  }
}

TEST(Knee, IsNotSeenWhereNothingChanges) {
  int seen = 0;
  for (unsigned seed = 1; seed <= 500; ++seed)
    seen += find_knee(series([](double) { return 10; }, 0.02, seed)) ? 1 : 0;
  EXPECT_LE(seen, 5) << "of 500 runs that only waver by 2 %";
}

TEST(Knee, OfADeviceThatBecomesFasterIsNone) {
  EXPECT_FALSE(find_knee(series([](double m) { return m < 3 ? 13 : 10; }, 0.003)));
}

TEST(Knee, OfAPassingStallIsNone) {
  EXPECT_FALSE(find_knee(series([](double m) { return m == 10 || m == 11 ? 30 : 10; }, 0.003)));
}

TEST(Knee, OfTooLittleOrOfNoTimesIsNone) {
  EXPECT_FALSE(find_knee({}));
  EXPECT_FALSE(find_knee(std::vector<double>{1, 1, 2, 2, 2}));
  EXPECT_FALSE(find_knee(std::vector<double>{1, 1, 0, 2, 2, 2, 2}));
  EXPECT_FALSE(find_knee(std::vector<double>{1, 1, std::nan(""), 2, 2, 2, 2}));
}

}  // namespace
}  // namespace eb
