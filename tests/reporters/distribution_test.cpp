#include "reporters/distribution.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace eb {
namespace {

std::vector<double> ramp(double from, double to) {
  std::vector<double> values;
  for (int i = 0; i <= 100; ++i) values.push_back(from + (to - from) * i / 100);
  return values;
}

double sum(const Histogram& histogram) {
  return std::accumulate(histogram.shares.begin(), histogram.shares.end(), histogram.share_above);
}

TEST(ReportDistribution, RefusesWhatAreNoQuantiles) {
  EXPECT_FALSE(Quantiles::from({}));
  std::vector<double> values = ramp(1, 2);
  EXPECT_TRUE(Quantiles::from(values));
  values.pop_back();
  EXPECT_FALSE(Quantiles::from(values));  // 100
  values = ramp(2, 1);
  EXPECT_FALSE(Quantiles::from(values));  // falling
  values = ramp(-1, 1);
  EXPECT_FALSE(Quantiles::from(values));
  values = ramp(1, 2);
  values[100] = std::numeric_limits<double>::infinity();
  EXPECT_FALSE(Quantiles::from(values));
  values[100] = std::nan("");
  EXPECT_FALSE(Quantiles::from(values));
  values[100] = 1e300;
  EXPECT_FALSE(Quantiles::from(values));
}

TEST(ReportDistribution, InterpolatesBothWays) {
  const auto values = ramp(10, 20);
  const auto quantiles = Quantiles::from(values);
  ASSERT_TRUE(quantiles);
  EXPECT_DOUBLE_EQ(quantiles->at(0), 10);
  EXPECT_DOUBLE_EQ(quantiles->at(50.5), 15.05);
  EXPECT_DOUBLE_EQ(quantiles->at(100), 20);
  EXPECT_DOUBLE_EQ(quantiles->at(200), 20);
  EXPECT_DOUBLE_EQ(quantiles->share_below(9), 0);
  EXPECT_DOUBLE_EQ(quantiles->share_below(12.55), 0.255);
  EXPECT_DOUBLE_EQ(quantiles->share_below(20), 1);
}

TEST(ReportDistribution, TiesAreOneStep) {
  auto values = ramp(1, 2);
  for (std::size_t i = 20; i <= 60; ++i) values[i] = values[20];
  const auto quantiles = Quantiles::from(values);
  ASSERT_TRUE(quantiles);
  EXPECT_LT(quantiles->share_below(std::nextafter(values[20], 0)), 0.21);
  EXPECT_DOUBLE_EQ(quantiles->share_below(values[20]), 0.6);
}

TEST(ReportDistribution, EvenQuantilesMakeAnEvenHistogram) {
  const auto values = ramp(1, 2);
  const Histogram histogram = make_histogram(*Quantiles::from(values), 10);
  ASSERT_EQ(histogram.shares.size(), 10U);
  for (const double share : histogram.shares) EXPECT_NEAR(share, 0.1, 1e-9);
  EXPECT_NEAR(sum(histogram), 1, 1e-12);
}

TEST(ReportDistribution, ALongTailIsCutAndCounted) {
  auto values = ramp(1, 2);
  values[100] = 1000;
  const Histogram histogram = make_histogram(*Quantiles::from(values), 20);
  EXPECT_LT(histogram.low + 20 * histogram.bin_width, 3);
  EXPECT_NEAR(histogram.share_above, 0.01, 0.001);
  EXPECT_NEAR(sum(histogram), 1, 1e-12);
}

TEST(ReportDistribution, EqualLatenciesAreOneBar) {
  const std::vector<double> zeros(101, 0.0), same(101, 7.5);
  for (const auto& values : {zeros, same}) {
    const Histogram histogram = make_histogram(*Quantiles::from(values), 8);
    EXPECT_GT(histogram.bin_width, 0);
    EXPECT_NEAR(sum(histogram), 1, 1e-12);
    EXPECT_EQ(std::count_if(histogram.shares.begin(), histogram.shares.end(), [](double s) { return s > 0; }),
              1);
  }
}

}  // namespace
}  // namespace eb
