#include "harness/stats/pool.h"

#include <gtest/gtest.h>

#include <vector>

namespace eb {
namespace {

using Values = std::vector<double>;
using Estimates = std::vector<Estimate>;

TEST(WeightedMean, WeighsEach) {
  EXPECT_DOUBLE_EQ(*weighted_mean(Values{1, 4}, Values{2, 1}), 2);
  EXPECT_FALSE(weighted_mean(Values{}, Values{}));
  EXPECT_FALSE(weighted_mean(Values{1}, Values{0}));
}

TEST(PooledEstimate, OfOneIsThatOne) {
  const auto one = pooled_estimate(Estimates{{20, 19.5, 20.5}}, Values{100});
  EXPECT_DOUBLE_EQ(one->point, 20);
  EXPECT_DOUBLE_EQ(*one->low, 19.5);
  EXPECT_DOUBLE_EQ(*one->high, 20.5);
}

TEST(PooledEstimate, WithoutAnIntervalOfEachHasNone) {
  const auto two = pooled_estimate(Estimates{{10, 9.0, 11.0}, {40}}, Values{2, 1});
  EXPECT_DOUBLE_EQ(two->point, 20);
  EXPECT_FALSE(two->low || two->high);
  EXPECT_FALSE(pooled_estimate(Estimates{}, Values{}));
}

TEST(PooledEstimate, IsNoSurerThanTheMeterNorThanTheLaunches) {
  const auto agreeing =
      pooled_estimate(Estimates{{10, 9.0, 11.0}, {10, 9.0, 11.0}, {10, 9.0, 11.0}}, Values{1, 1, 1});
  EXPECT_DOUBLE_EQ(*agreeing->high, 11);
  const auto apart = pooled_estimate(Estimates{{10}, {11}, {12}}, Values{1, 1, 1});
  EXPECT_NEAR(*apart->low, 11 - 5.730111, 1e-6);
  EXPECT_NEAR(*apart->high, 11 + 5.730111, 1e-6);
}

TEST(MeanEstimate, IsSurerWithEveryLaunch) {
  const Estimate one{2, 1, 3};
  EXPECT_FALSE(mean_estimate({}));
  const auto alone = mean_estimate(std::vector{one});
  EXPECT_DOUBLE_EQ(*alone->low, 1);
  const auto four = mean_estimate(std::vector(4, one));
  EXPECT_DOUBLE_EQ(four->point, 2);
  EXPECT_DOUBLE_EQ(*four->low, 1.5);
  EXPECT_DOUBLE_EQ(*four->high, 2.5);
  EXPECT_FALSE(mean_estimate(std::vector{one, Estimate{2}})->low) << "not each has one";
}

}  // namespace
}  // namespace eb
