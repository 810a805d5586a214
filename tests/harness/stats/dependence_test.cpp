#include "harness/stats/dependence.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace eb {
namespace {

using Values = std::vector<std::int64_t>;

TEST(SerialCorrelation, IsNearOneOfAStepAndNearMinusOneOfAnAlternation) {
  Values step(200, 1), alternation;
  std::fill(step.begin() + 100, step.end(), 2);
  for (int i = 0; i < 200; ++i) alternation.push_back(i % 2);
  EXPECT_NEAR(serial_correlation(step)->lag1, (198.0 - 1) / 200, 1e-12);
  EXPECT_TRUE(serial_correlation(step)->rejects_independence());
  EXPECT_NEAR(serial_correlation(alternation)->lag1, -199.0 / 200, 1e-12);
  EXPECT_FALSE(serial_correlation(alternation)->rejects_independence())
      << "what alternates makes bounds wider than need be, never too narrow";
}

TEST(SerialCorrelation, CountsRanksSoThatAStallHidesNothing) {
  Values rising;
  for (int i = 0; i < 100; ++i) rising.push_back(1000 + i);
  const double before = serial_correlation(rising)->lag1;
  EXPECT_GT(before, 0.9);
  rising.back() = 1'000'000'000;
  EXPECT_DOUBLE_EQ(serial_correlation(rising)->lag1, before);
}

TEST(SerialCorrelation, MomentsAreThoseOfAllOrders) {
  // With many equal values, so that the fourth moment is far from that of distinct ranks.
  Values values = {5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 9, 9, 9, 1, 2, 7};
  const SerialCorrelation stated = serial_correlation(values).value();
  std::mt19937 random(1);
  constexpr int kOrders = 100'000;
  double sum = 0, squares = 0;
  for (int i = 0; i < kOrders; ++i) {
    std::shuffle(values.begin(), values.end(), random);
    const double lag1 = serial_correlation(values)->lag1;
    sum += lag1;
    squares += lag1 * lag1;
  }
  const double mean = sum / kOrders;
  EXPECT_NEAR(stated.expected, mean, 5 * std::sqrt(stated.variance / kOrders));
  EXPECT_NEAR(stated.variance, squares / kOrders - mean * mean, 0.03 * stated.variance);
}

TEST(SerialCorrelation, IsAbsentWithoutEvidence) {
  Values rising;
  for (int i = 0; i < 19; ++i) rising.push_back(i);
  EXPECT_FALSE(serial_correlation(rising));
  rising.push_back(19);
  EXPECT_TRUE(serial_correlation(rising)->rejects_independence());
  EXPECT_FALSE(serial_correlation(Values(1000, 7)));
  EXPECT_FALSE(serial_correlation(Values{}));
}

TEST(Pooled, WeighsSeriesByTheirLength) {
  const Series series[] = {{{0.6, -0.01, 0.01}, 100}, {{0.2, -0.03, 0.03}, 300}};
  const SerialCorrelation all = pooled(series);
  EXPECT_DOUBLE_EQ(all.lag1, 0.25 * 0.6 + 0.75 * 0.2);
  EXPECT_DOUBLE_EQ(all.expected, 0.25 * -0.01 + 0.75 * -0.03);
  EXPECT_DOUBLE_EQ(all.variance, 0.0625 * 0.01 + 0.5625 * 0.03);
}

TEST(EffectiveCount, FallsWithCorrelationAndNeverExceedsTheCount) {
  EXPECT_DOUBLE_EQ(effective_count(1000, 0), 1000);
  EXPECT_DOUBLE_EQ(effective_count(1000, 0.6), 250);
  EXPECT_DOUBLE_EQ(effective_count(1000, -0.5), 1000);
  EXPECT_DOUBLE_EQ(effective_count(1000, 1), 1);
}

}  // namespace
}  // namespace eb
