#include "harness/run/cell_noise.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace eb {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// 100 latencies of 0.900, 0.902 ... 1.098 times `ms`, fast and slow ones in turn.
LatencyLog log_of(double ms) {
  LatencyLog log;
  for (int i = 0; i < 100; ++i) log.add(static_cast<std::int64_t>(ms * 1e6 * (0.9 + 0.002 * (i * 37 % 100))));
  return log;
}

std::vector<LatencyLog> logs_of(const std::vector<double>& ms) {
  std::vector<LatencyLog> logs;
  for (const double one : ms) logs.push_back(log_of(one));
  return logs;
}

TEST(CellNoise, EachPercentileHasItsFloor) {
  const CellNoise noise = judge_noise({}, logs_of({10.1, 9.9, 10, 10, 9.9, 10.1}), {2.0, 3.0});
  for (const auto& floor : {noise.p50, noise.p90, noise.mean}) {
    ASSERT_TRUE(floor);
    EXPECT_NEAR(floor->floor_percent, 11.46, 0.01);
    EXPECT_NEAR(floor->launch_sd_percent, 0.894, 0.001);
  }
  EXPECT_THAT(noise.busy_reasons, IsEmpty());
}

TEST(CellNoise, ATailThatDiffersIsInItsOwnFloorOnly) {
  std::vector<LatencyLog> logs(6);
  for (std::int64_t launch = 0; launch < 6; ++launch)
    for (int i = 0; i < 100; ++i)
      logs[static_cast<std::size_t>(launch)].add(i % 5 == 0 ? 2'000'000 + 300'000 * (launch % 3) : 1'000'000);
  const CellNoise noise = judge_noise({}, logs, {});
  EXPECT_EQ(noise.p50->floor_percent, 0);
  EXPECT_GT(noise.p90->floor_percent, 20);
  EXPECT_GT(noise.mean->floor_percent, 2);
  EXPECT_LT(noise.mean->floor_percent, noise.p90->floor_percent);
}

TEST(CellNoise, AMachineIsBusyWhenItsProcessorsWereOrItsLaunchesSpread) {
  const std::vector<double> same(6, 10.0);
  EXPECT_THAT(judge_noise({}, logs_of(same), {11, 1}).busy_reasons,
              ElementsAre(HasSubstr("11 % busy before the first launch")));
  EXPECT_THAT(judge_noise({}, logs_of(same), {1, 40}).busy_reasons,
              ElementsAre(HasSubstr("40 % busy after the last launch")));
  EXPECT_THAT(judge_noise({}, logs_of({10, 12, 10, 12, 14, 10}), {}).busy_reasons,
              ElementsAre(HasSubstr("p50 of equal launches has a standard deviation of 14")));
  EXPECT_THAT(judge_noise({}, logs_of(same), {}).busy_reasons, IsEmpty()) << "what is not known is no reason";
}

TEST(CellNoise, ALaunchThatBecameSlowerIsCounted) {
  std::vector<LatencyLog> logs = logs_of(std::vector<double>(5, 10.0));
  logs.emplace_back();
  for (int i = 0; i < 100; ++i) logs.back().add(i < 50 ? 10'000'000 : 15'000'000);
  EXPECT_THAT(judge_noise({}, logs, {}).busy_reasons,
              testing::Contains("1 of 6 launches became slower while they lasted"));
}

}  // namespace
}  // namespace eb
