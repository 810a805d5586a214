#include "harness/stats/parts.h"

#include <gtest/gtest.h>

#include <vector>

namespace eb {
namespace {

TEST(Parts, ARestOfLessThanHalfIsNone) {
  EXPECT_TRUE(is_part(1, 30, 60));
  EXPECT_FALSE(is_part(1, 29, 60));
  EXPECT_TRUE(is_part(0, 1, 60)) << "there is no other";
}

TEST(Parts, HaveSpeedAndLatencies) {
  EXPECT_DOUBLE_EQ(part_speed_sps(30, 2'000'000'000), 15);
  EXPECT_DOUBLE_EQ(part_speed_sps(1, 0), 1e9);
  LatencyLog log;
  EXPECT_FALSE(part_latencies(log));
  for (int i = 1; i <= 100; ++i) log.add(i);
  EXPECT_EQ(part_latencies(log)->p50_ns, 51);
  EXPECT_EQ(part_latencies(log)->p90_ns, 91);
}

TEST(SteadyState, IsTheLastThirdAgainstTheFirst) {
  const std::vector<double> p50_ms = {10, 10, 15, 20, 20, 20}, speed_sps = {100, 100, 70, 50, 50, 50};
  const auto steady = steady_state(p50_ms, speed_sps);
  ASSERT_TRUE(steady);
  EXPECT_DOUBLE_EQ(steady->retention_percent, 50);
  EXPECT_EQ(steady->latency_ms, 20);
  EXPECT_DOUBLE_EQ(steady->throughput_sps, 50);
  const auto block = steady_state({}, speed_sps);
  EXPECT_DOUBLE_EQ(block->retention_percent, 50);
  EXPECT_FALSE(block->latency_ms);
}

TEST(SteadyState, IsNotOfTooLittle) {
  EXPECT_FALSE(steady_state({}, {}));
  EXPECT_FALSE(steady_state(std::vector<double>{1, 2, 3}, {}));
  EXPECT_FALSE(steady_state(std::vector<double>{1, 2}, std::vector<double>{1, 2}));
  EXPECT_FALSE(steady_state(std::vector<double>{1, 0, 0}, std::vector<double>{1, 2, 3}));
}

}  // namespace
}  // namespace eb
