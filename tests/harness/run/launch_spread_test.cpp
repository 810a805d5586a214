#include "harness/run/launch_spread.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace eb {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const Tier kTier{"quick", 10, 1, 1};

Launch launch_of(const std::vector<std::int64_t>& latencies_ns) {
  Launch made;
  made.record.workload = "vision/a";
  made.record.placement_evidence = "assigned";
  made.record.queries = made.record.samples = static_cast<std::int64_t>(latencies_ns.size());
  made.record.window_s = 10;
  for (const std::int64_t latency : latencies_ns) made.latencies.add(latency);
  return made;
}

// Latencies around `mean_ms`, independent, or with the correlation `rho` with the one before.
Launch noisy(double mean_ms, std::size_t queries, double rho = 0) {
  std::mt19937 random(7);
  std::normal_distribution<double> normal(0, 1);
  std::vector<std::int64_t> latencies;
  for (double state = 0; latencies.size() < queries;) {
    state = rho * state + std::sqrt(1 - rho * rho) * normal(random);
    latencies.push_back(static_cast<std::int64_t>(1e6 * (mean_ms + 0.1 * state)));
  }
  return launch_of(latencies);
}

RunRecord summarized(const std::vector<Launch>& launches) {
  return summarize(launches, {}, kTier, {});
}

TEST(LaunchSpread, IntervalOfTheMeanOverThreeLaunches) {
  const RunRecord record = summarized({launch_of({9'000'000, 11'000'000}), launch_of({11'000'000}),
                                       launch_of({11'000'000, 12'000'000, 13'000'000})});
  // Launch means 10, 11, 12, whatever their lengths.
  EXPECT_NEAR(record.latency_mean_low_ms.value(), 11 - 5.730111, 1e-6);
  EXPECT_NEAR(record.latency_mean_high_ms.value(), 11 + 5.730111, 1e-6);
  EXPECT_DOUBLE_EQ(record.latency_launch_sd_ms.value(), 1);
  // 2, 1 and 3 samples in 10 s.
  EXPECT_EQ(record.throughput_low_sps.value(), 0) << "a rate below 0 is none";
  EXPECT_NEAR(record.throughput_high_sps.value(), 0.2 + 0.5730111, 1e-6);
}

TEST(LaunchSpread, TwoLaunchesAreTooFewForAnInterval) {
  const RunRecord record = summarized({noisy(10, 100), noisy(11, 100)});
  EXPECT_FALSE(record.latency_mean_low_ms);
  EXPECT_FALSE(record.latency_mean_high_ms);
  EXPECT_FALSE(record.latency_launch_sd_ms);
  EXPECT_FALSE(record.throughput_low_sps);
  EXPECT_TRUE(record.latency_mad_ms);
}

TEST(LaunchSpread, ABlockHasAnIntervalOfThroughputOnly) {
  std::vector<Launch> blocks(3, launch_of({}));
  for (int i = 0; i < 3; ++i) blocks[static_cast<std::size_t>(i)].record.samples = 1000 + 10 * i;
  const RunRecord record = summarized(blocks);
  EXPECT_NEAR(record.throughput_low_sps.value(), 101 - 5.730111, 1e-6);
  EXPECT_NEAR(record.throughput_high_sps.value(), 101 + 5.730111, 1e-6);
  EXPECT_FALSE(record.latency_mean_low_ms);
  EXPECT_FALSE(record.latency_mad_ms);
  EXPECT_FALSE(record.latency_autocorrelation);
}

TEST(LaunchSpread, IndependentLatenciesGiveNoWarning) {
  const RunRecord record = summarized({noisy(10, 1024)});
  EXPECT_LT(std::abs(record.latency_autocorrelation.value()), 0.1);
  EXPECT_THAT(record.warnings, IsEmpty());
}

TEST(LaunchSpread, CorrelatedLatenciesGiveAWarningThatSaysWhatItMeans) {
  const RunRecord record = summarized({noisy(10, 1024, 0.6)});
  EXPECT_NEAR(record.latency_autocorrelation.value(), 0.6, 0.1);
  EXPECT_THAT(record.warnings, ElementsAre(AllOf(HasSubstr("consecutive latencies are correlated (0."),
                                                 HasSubstr("below 0.08"), HasSubstr("bounds of percentiles"),
                                                 HasSubstr("--launches 3"))));
  EXPECT_TRUE(record.ranked) << "a warning alone does not";
}

TEST(LaunchSpread, WhatIsProvenButHarmlessGivesNoWarning) {
  const RunRecord record = summarized({noisy(10, 20'000, 0.06)});
  EXPECT_GT(record.latency_autocorrelation.value(), 0.03) << "twenty thousand queries prove it";
  EXPECT_THAT(record.warnings, IsEmpty());
}

TEST(LaunchSpread, LaunchesThatDifferAreNotALongMemory) {
  // In one series the step from 10 to 20 ms would be a correlation of nearly 1.
  const RunRecord record = summarized({noisy(10, 500), noisy(20, 500)});
  EXPECT_LT(record.latency_autocorrelation.value(), 0.1);
  EXPECT_THAT(record.warnings, IsEmpty());
}

}  // namespace
}  // namespace eb
