#include "harness/stats/noise.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <vector>

namespace eb {
namespace {

using Values = std::vector<double>;

TEST(NoiseFloor, IsWorkedOutByHandForThreePairs) {
  // Differences of -2, 0 and +2 %: mean 0, standard deviation 2, 9.924843 * 2 / sqrt(3) to each side.
  const auto found = noise_floor(Values{101, 99, 100, 100, 99, 101});
  ASSERT_TRUE(found);
  EXPECT_NEAR(found->difference_percent, 0, 1e-12);
  EXPECT_NEAR(found->interval_percent.low, -11.460222, 1e-5);
  EXPECT_NEAR(found->interval_percent.high, 11.460222, 1e-5);
  EXPECT_NEAR(found->floor_percent, 11.460222, 1e-5);
  EXPECT_NEAR(found->launch_sd_percent, 0.894427, 1e-6);
}

TEST(NoiseFloor, ASlowChangeOfTheMachineIsInBothOfAPair) {
  const auto found = noise_floor(Values{100, 100, 150, 150, 200, 200});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->floor_percent, 0);
  EXPECT_GT(found->launch_sd_percent, 20) << "and is told all the same";
}

TEST(NoiseFloor, WhatIsAlwaysThereIsPartOfTheFloor) {
  const auto found = noise_floor(Values{100, 110, 100, 110, 100, 110});
  ASSERT_TRUE(found);
  EXPECT_NEAR(found->difference_percent, 1000.0 / 105, 1e-9);
  EXPECT_NEAR(found->floor_percent, 1000.0 / 105, 1e-9);
}

TEST(NoiseFloor, LeavesOutALaunchWithoutAPartner) {
  const auto six = noise_floor(Values{101, 99, 100, 100, 99, 101}),
             seven = noise_floor(Values{101, 99, 100, 100, 99, 101, 500});
  ASSERT_TRUE(six && seven);
  EXPECT_EQ(six->floor_percent, seven->floor_percent);
  EXPECT_EQ(six->launch_sd_percent, seven->launch_sd_percent);
}

TEST(NoiseFloor, IsAbsentWithoutThreePairsOfPositiveNumbers) {
  EXPECT_FALSE(noise_floor(Values{}));
  EXPECT_FALSE(noise_floor(Values{1, 1, 1, 1, 1}));
  EXPECT_FALSE(noise_floor(Values{1, 1, 1, 1, 1, 0}));
  EXPECT_FALSE(noise_floor(Values{1, 1, 1, 1, 1, -1}));
  EXPECT_FALSE(noise_floor(Values{1, 1, 1, 1, 1, std::numeric_limits<double>::infinity()}));
  EXPECT_FALSE(noise_floor(Values{1, 1, 1, 1, 1, std::numeric_limits<double>::quiet_NaN()}));
}

TEST(NoiseFloor, ADifferenceOfEqualThingsIsAboveItInOneOfAHundredComparisons) {
  std::mt19937 random(3);
  std::normal_distribution<double> launch(100, 1);
  constexpr int kRuns = 10'000;
  int covered = 0;
  for (int run = 0; run < kRuns; ++run) {
    Values values(10);
    for (double& value : values) value = launch(random);
    const auto found = noise_floor(values);
    covered += found->interval_percent.low <= 0 && 0 <= found->interval_percent.high;
  }
  EXPECT_GE(covered, 0.985 * kRuns);
  EXPECT_LE(covered, 0.995 * kRuns);
}

}  // namespace
}  // namespace eb
