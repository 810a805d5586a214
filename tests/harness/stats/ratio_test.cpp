#include "harness/stats/ratio.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <random>
#include <vector>

namespace eb {
namespace {

constexpr int kRuns = 10'000;

LaunchMean measured(const std::vector<double>& launches) {
  return {mean_of(launches), standard_deviation(launches), static_cast<int>(launches.size())};
}

using Draw = std::function<double(std::mt19937&)>;

LaunchMean drawn(std::mt19937& random, const Draw& draw, int count) {
  std::vector<double> launches;
  for (int i = 0; i < count; ++i) launches.push_back(draw(random));
  return measured(launches);
}

Draw normal(double mean, double percent) {
  return [=](std::mt19937& random) {
    return std::normal_distribution<double>(mean, mean * percent / 100)(random);
  };
}

bool holds(const Interval& interval, double value) {
  return interval.low <= value && value <= interval.high;
}

// How many of 10,000 intervals hold the true ratio.
int covered(const Draw& above, const Draw& below, double truth, int above_count, int below_count) {
  std::mt19937 random(11);
  int count = 0;
  for (int run = 0; run < kRuns; ++run) {
    const auto found = log_ratio(drawn(random, above, above_count), drawn(random, below, below_count));
    count += holds(found->interval(), truth);
  }
  return count;
}

TEST(LogRatio, IsWorkedOutByHand) {
  // Relative variances of the means: (1 / 10)^2 / 4 and (2 / 20)^2 / 4. Degrees of freedom: 6 by Welch, held
  // down to 1.25 * 3.
  const auto found = log_ratio({10, 1, 4}, {20, 2, 4});
  ASSERT_TRUE(found);
  EXPECT_NEAR(found->ratio(), 0.5, 1e-12);
  EXPECT_NEAR(found->variance, 0.005, 1e-12);
  EXPECT_NEAR(found->degrees_of_freedom, 3.75, 1e-9);
  const double half = student_t_quantile(0.995, 3.75) * std::sqrt(0.005);
  EXPECT_NEAR(found->interval().low, 0.5 * std::exp(-half), 1e-9);
  EXPECT_NEAR(found->interval().high, 0.5 * std::exp(half), 1e-9);
}

TEST(LogRatio, DegreesOfFreedomAreThoseOfTheSideThatSpreads) {
  const auto found = log_ratio({10, 1, 3}, {10, 0, 50});
  ASSERT_TRUE(found);
  EXPECT_NEAR(found->degrees_of_freedom, 2, 1e-9);
}

TEST(LogRatio, LaunchesThatAreAllEqualHaveAnIntervalWithoutWidth) {
  const auto found = log_ratio({30, 0, 3}, {10, 0, 3});
  ASSERT_TRUE(found);
  EXPECT_DOUBLE_EQ(found->interval().low, found->interval().high);
  EXPECT_NEAR(found->interval().low, 3, 1e-12);
}

TEST(LogRatio, IsAbsentForFewLaunchesAndForWhatIsNoMean) {
  const LaunchMean good{10, 1, 3};
  const double nan = std::numeric_limits<double>::quiet_NaN(),
               infinite = std::numeric_limits<double>::infinity();
  for (const LaunchMean& bad :
       {LaunchMean{10, 1, 2}, LaunchMean{0, 1, 3}, LaunchMean{-1, 1, 3}, LaunchMean{nan, 1, 3},
        LaunchMean{infinite, 1, 3}, LaunchMean{10, nan, 3}, LaunchMean{10, -1, 3}, LaunchMean{}}) {
    EXPECT_FALSE(log_ratio(good, bad));
    EXPECT_FALSE(log_ratio(bad, good));
  }
}

TEST(LogRatio, IntervalsOf3And5LaunchesHoldTheTrueRatioIn99Of100Comparisons) {
  for (const int launches : {3, 5, 10})
    for (const double percent : {0.2, 2.0, 10.0}) {
      const int found = covered(normal(7, percent), normal(4, percent), 7.0 / 4, launches, launches);
      EXPECT_GE(found, 0.985 * kRuns) << launches << " launches of " << percent << " %";
      EXPECT_LE(found, 0.9995 * kRuns) << launches << " launches of " << percent << " %: it tells nothing";
    }
}

TEST(LogRatio, AlsoWhenOneSideIsNoisierOrHasMoreLaunches) {
  EXPECT_GE(covered(normal(7, 1), normal(4, 8), 7.0 / 4, 3, 3), 0.985 * kRuns);
  EXPECT_GE(covered(normal(7, 1), normal(4, 8), 7.0 / 4, 5, 5), 0.985 * kRuns);
  EXPECT_GE(covered(normal(7, 1), normal(4, 3), 7.0 / 4, 3, 5), 0.985 * kRuns);
  EXPECT_GE(covered(normal(7, 3), normal(4, 3), 7.0 / 4, 3, 20), 0.985 * kRuns);
}

// Launches are now and then much slower, never much faster.
TEST(LogRatio, AlsoForTimesWithALongTail) {
  const double sigma = 0.05;
  const Draw skewed = [=](std::mt19937& random) {
    return 4 * std::lognormal_distribution<double>(-sigma * sigma / 2, sigma)(random);
  };
  for (const int launches : {3, 5}) EXPECT_GE(covered(skewed, skewed, 1, launches, launches), 0.985 * kRuns);
}

TEST(LogRatio, SeesADifferenceThatIsThere) {
  std::mt19937 random(5);
  int seen = 0;
  for (int run = 0; run < 1000; ++run) {
    const auto found = log_ratio(drawn(random, normal(103, 0.5), 5), drawn(random, normal(100, 0.5), 5));
    seen += found->interval().low > 1;
  }
  EXPECT_GE(seen, 990) << "3 % with 5 launches a side that spread by 0.5 %";
}

TEST(GeometricMean, IsWorkedOutByHand) {
  const auto found =
      geometric_mean(std::vector<LogRatio>{{std::log(2.0), 0.01, 4}, {std::log(8.0), 0.01, 4}});
  EXPECT_NEAR(found.ratio(), 4, 1e-12);
  EXPECT_NEAR(found.variance, 0.005, 1e-12);
  EXPECT_NEAR(found.degrees_of_freedom, 8, 1e-9);
}

TEST(GeometricMean, HoldsTheTrueOneIn99Of100Comparisons) {
  std::mt19937 random(12);
  int count = 0;
  for (int run = 0; run < kRuns; ++run) {
    std::vector<LogRatio> ratios;
    for (const double percent : {0.5, 1.0, 2.0, 6.0})
      ratios.push_back(
          *log_ratio(drawn(random, normal(8, percent), 3), drawn(random, normal(4, percent), 3)));
    count += holds(geometric_mean(ratios).interval(), 2);
  }
  EXPECT_GE(count, 0.985 * kRuns);
}

TEST(RecoveredInterval, IsWorkedOutByHand) {
  // Both ends a factor of 1.1 away: sqrt(2) * log(1.1) to each side.
  const auto found = recovered_ratio_interval({20, {20 / 1.1, 20 * 1.1}}, {10, {10 / 1.1, 10 * 1.1}});
  ASSERT_TRUE(found);
  EXPECT_NEAR(found->low, 2 * std::pow(1.1, -std::sqrt(2.0)), 1e-12);
  EXPECT_NEAR(found->high, 2 * std::pow(1.1, std::sqrt(2.0)), 1e-12);
}

TEST(RecoveredInterval, HoldsTheTrueRatioIn99Of100Comparisons) {
  std::mt19937 random(13);
  int count = 0;
  for (int run = 0; run < kRuns; ++run) {
    const auto estimate = [&](double mean) {
      std::vector<double> launches;
      for (int i = 0; i < 3; ++i) launches.push_back(normal(mean, 1)(random));
      return MeanEstimate{mean_of(launches), *mean_interval(launches)};
    };
    const MeanEstimate above = estimate(30), below = estimate(20);
    count += holds(*recovered_ratio_interval(above, below), 1.5);
  }
  EXPECT_GE(count, 0.985 * kRuns);
}

TEST(RecoveredInterval, IsAbsentForWhatIsNoInterval) {
  const MeanEstimate good{10, {9, 11}};
  const double nan = std::numeric_limits<double>::quiet_NaN(),
               infinite = std::numeric_limits<double>::infinity();
  for (const MeanEstimate& bad :
       {MeanEstimate{10, {0, 11}}, MeanEstimate{10, {-1, 11}}, MeanEstimate{10, {11, 12}},
        MeanEstimate{10, {8, 9}}, MeanEstimate{10, {9, infinite}}, MeanEstimate{nan, {9, 11}},
        MeanEstimate{10, {nan, 11}}, MeanEstimate{}}) {
    EXPECT_FALSE(recovered_ratio_interval(good, bad));
    EXPECT_FALSE(recovered_ratio_interval(bad, good));
  }
}

}  // namespace
}  // namespace eb
