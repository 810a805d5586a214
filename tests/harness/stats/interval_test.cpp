#include "harness/stats/interval.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

namespace eb {
namespace {

using Values = std::vector<double>;

TEST(StudentT, MatchesTheTables) {
  const struct {
    double p, degrees, t;
  } rows[] = {{0.995, 1, 63.656741}, {0.995, 2, 9.924843},    {0.995, 3, 5.840909},   {0.995, 4, 4.604095},
              {0.995, 5, 4.032143},  {0.995, 9, 3.249836},    {0.995, 10, 3.169273},  {0.995, 30, 2.749996},
              {0.975, 4, 2.776445},  {0.975, 10, 2.228139},   {0.95, 5, 2.015048},    {0.995, 100, 2.625891},
              {0.999, 7, 4.785290},  {0.995, 1000, 2.580755}, {0.975, 1e6, 1.959966}, {0.995, 1e6, 2.575834}};
  for (const auto& row : rows)
    EXPECT_NEAR(student_t_quantile(row.p, row.degrees), row.t, 1e-6) << row.p << " " << row.degrees;
}

TEST(StudentT, HasClosedFormsForOneAndTwoDegrees) {
  for (const double p : {0.500001, 0.6, 0.75, 0.9, 0.99, 0.995, 0.9999, 0.999999}) {
    const double one = std::tan(std::numbers::pi * (p - 0.5));
    EXPECT_NEAR(student_t_quantile(p, 1), one, 1e-9 * one + 1e-12) << p;
    const double two = (2 * p - 1) / std::sqrt(2 * p * (1 - p));
    EXPECT_NEAR(student_t_quantile(p, 2), two, 1e-9 * two + 1e-12) << p;
  }
}

TEST(StudentT, IsSymmetricAndFallsWithMoreDegrees) {
  EXPECT_NEAR(student_t_quantile(0.5, 3), 0, 1e-12);
  EXPECT_DOUBLE_EQ(student_t_quantile(0.25, 6), -student_t_quantile(0.75, 6));
  double last = std::numeric_limits<double>::infinity();
  for (double degrees = 1; degrees < 300; degrees += 0.5) {
    const double t = student_t_quantile(0.995, degrees);
    ASSERT_LT(t, last) << degrees;
    last = t;
  }
}

TEST(MeanInterval, IsWorkedOutByHandForThreeLaunches) {
  // Mean 11, standard deviation 1, so 9.924843 / sqrt(3) to each side.
  const auto found = mean_interval(Values{10, 11, 12});
  ASSERT_TRUE(found);
  EXPECT_NEAR(found->low, 11 - 5.730111, 1e-6);
  EXPECT_NEAR(found->high, 11 + 5.730111, 1e-6);
  const auto less_sure = mean_interval(Values{10, 11, 12}, 0.95);
  EXPECT_NEAR(less_sure->high, 11 + 4.302653 / std::sqrt(3.0), 1e-6);
}

TEST(MeanInterval, NeedsTwoValuesAndNoSpreadIsNoWidth) {
  EXPECT_FALSE(mean_interval(Values{}));
  EXPECT_FALSE(mean_interval(Values{5}));
  const auto found = mean_interval(Values{5, 5});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->low, 5);
  EXPECT_EQ(found->high, 5);
}

TEST(StandardDeviation, IsThatOfTheSample) {
  EXPECT_DOUBLE_EQ(standard_deviation(Values{2, 4, 4, 4, 5, 5, 7, 9}), std::sqrt(32.0 / 7));
  EXPECT_EQ(standard_deviation(Values{3}), 0);
  EXPECT_EQ(standard_deviation(Values{}), 0);
}

TEST(MedianAbsoluteDeviation, IsNotMovedByOutliers) {
  EXPECT_EQ(median_of(Values{9, 1, 5}), 5);
  EXPECT_EQ(median_of(Values{9, 1, 5, 7}), 6);
  EXPECT_EQ(median_absolute_deviation(Values{1, 1, 2, 2, 4, 6, 9}), 1);
  EXPECT_EQ(median_absolute_deviation(Values{1, 1, 2, 2, 4, 6, 1e9}), 1);
  EXPECT_EQ(median_absolute_deviation(Values{3}), 0);
  EXPECT_EQ(median_absolute_deviation(Values{1, 2, 3, 4}), 1);
}

TEST(RobustSpread, OfANormalDistributionIsItsStandardDeviation) {
  // A normal distribution's quantiles, by bisection on its error function.
  Values values;
  for (int i = 0; i < 999; ++i) {
    double low = -9, high = 9;
    for (int step = 0; step < 60; ++step) {
      const double middle = (low + high) / 2;
      (0.5 * std::erfc(-middle / std::numbers::sqrt2) < (i + 0.5) / 999 ? low : high) = middle;
    }
    values.push_back(100 + 7 * low);
  }
  EXPECT_NEAR(robust_spread(values), 7, 0.02);
}

}  // namespace
}  // namespace eb
