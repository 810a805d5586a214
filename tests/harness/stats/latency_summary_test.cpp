#include "harness/stats/latency_summary.h"

#include <gtest/gtest.h>

namespace eb {
namespace {

LatencyLog log_of(std::initializer_list<std::int64_t> latencies_ns) {
  LatencyLog log;
  for (const std::int64_t latency : latencies_ns) log.add(latency);
  return log;
}

TEST(PointsOf, OneToAThousand) {
  LatencyLog log;
  for (std::int64_t i = 1000; i > 0; --i) log.add(i);
  const LatencyPoints points = points_of(log);
  EXPECT_DOUBLE_EQ(points.mean_ns, 500.5);
  EXPECT_EQ(points.point_ns, (std::array<double, 4>{501, 901, 951, 991}));
  for (std::size_t i = 0; i < kPercentiles.size(); ++i) {
    ASSERT_TRUE(points.bound_ns[i]);
    EXPECT_GT(*points.bound_ns[i], points.point_ns[i]);
  }
  ASSERT_EQ(points.quantiles_ns.size(), 101u);
  EXPECT_EQ(points.quantiles_ns.front(), 1);
  EXPECT_EQ(points.quantiles_ns[50], points.point_ns[0]);
  EXPECT_EQ(points.quantiles_ns.back(), 1000);
}

TEST(PointsOf, BoundsAreAbsentForTooFew) {
  const LatencyPoints points = points_of(log_of({5}));
  EXPECT_EQ(points.point_ns, (std::array<double, 4>{5, 5, 5, 5}));
  for (const auto& bound : points.bound_ns) EXPECT_FALSE(bound);
  EXPECT_EQ(points.deviation_ns, 0);
}

TEST(PointsOf, DeviationIsOfListsAndOfHistograms) {
  EXPECT_DOUBLE_EQ(points_of(log_of({1, 2, 4, 9, 900})).deviation_ns, 3);
  LatencyLog long_log;
  for (std::int64_t i = 0; i <= 1'200'000; ++i) long_log.add(10'000'000 + i);
  ASSERT_FALSE(long_log.is_exact());
  EXPECT_NEAR(points_of(long_log).deviation_ns, 300'000, 20'000) << "bins are up to 0.1 % of 10 ms";
}

TEST(CorrelationOf, IsOfEachLaunchByItself) {
  LatencyLog rising, falling;
  for (std::int64_t i = 0; i < 100; ++i) rising.add(i), falling.add(1000 - i);
  const LatencyLog few = log_of({1, 2});
  const LatencyLog* const all[] = {&rising, &falling, &few};
  const auto correlation = correlation_of(all);
  ASSERT_TRUE(correlation);
  EXPECT_GT(correlation->lag1, 0.9);
  EXPECT_FALSE(correlation_of(std::span(all).last(1)));
  EXPECT_FALSE(correlation_of({}));
}

TEST(LaunchInterval, TakesThreeAndStaysAboveZero) {
  EXPECT_FALSE(launch_interval(std::vector<double>{1, 2}));
  const auto interval = launch_interval(std::vector<double>{10, 11, 12});
  ASSERT_TRUE(interval);
  EXPECT_NEAR(interval->low, 11 - 5.730111, 1e-6);
  EXPECT_NEAR(interval->high, 11 + 5.730111, 1e-6);
  EXPECT_EQ(launch_interval(std::vector<double>{1, 2, 3})->low, 0);
}

}  // namespace
}  // namespace eb
