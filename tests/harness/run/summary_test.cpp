#include "harness/run/summary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace eb {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const Tier kTier{"quick", 128, 10, 1};

// A launch that took `count` latencies of 1, 2, 3 ... ms, in no order, in a window of `window_s`.
Launch launch(int count, double window_s = 10) {
  Launch made;
  made.record.workload = "vision/a";
  made.record.placement_evidence = "assigned";
  made.record.queries = count;
  made.record.samples = count;
  made.record.window_s = window_s;
  made.record.warmup_queries = 5;
  std::vector<std::int64_t> latencies_ns;
  for (int i = count; i > 0; --i) latencies_ns.push_back(i * 1'000'000);
  std::shuffle(latencies_ns.begin(), latencies_ns.end(), std::mt19937(1));
  for (const std::int64_t latency : latencies_ns) made.latencies.add(latency);
  return made;
}

Launch block(std::int64_t samples, double window_s) {
  Launch made = launch(0, window_s);
  made.record.queries = 1;
  made.record.samples = samples;
  return made;
}

TEST(Summarize, PercentilesAndBoundsOfOneLaunch) {
  const RunRecord record = summarize({launch(1024)}, {}, kTier, {});
  EXPECT_EQ(record.status, RunStatus::ok);
  // Index i holds i + 1 ms; indices as in the table of bounds.
  EXPECT_DOUBLE_EQ(record.latency_p50_ms.value(), 513);
  EXPECT_DOUBLE_EQ(record.latency_p90_ms.value(), 922);
  EXPECT_DOUBLE_EQ(record.latency_p90_bound_ms.value(), 945);
  EXPECT_DOUBLE_EQ(record.latency_p99_ms.value(), 1014);
  EXPECT_DOUBLE_EQ(record.latency_p99_bound_ms.value(), 1022);
  EXPECT_DOUBLE_EQ(record.latency_mean_ms.value(), 512.5);
  EXPECT_DOUBLE_EQ(record.throughput_sps.value(), 102.4);
}

Launch two_speeds(std::int64_t first_ms, std::int64_t last_ms) {
  Launch made = launch(0);
  made.record.queries = made.record.samples = 200;
  for (int i = 0; i < 200; ++i) made.latencies.add((i < 80 ? first_ms : last_ms) * 1'000'000);
  return made;
}

TEST(Summarize, ADeviceThatBecomesSlowerIsOkWithAWarning) {
  const RunRecord record = summarize({two_speeds(15, 30)}, {}, kTier, {});
  EXPECT_EQ(record.status, RunStatus::ok);
  EXPECT_THAT(record.warnings,
              Contains("the device became slower within the window: p50 15 ms at first, 30 ms "
                       "at the end (throttling, or other work on this machine?)"));
  EXPECT_THAT(summarize({two_speeds(30, 15)}, {}, kTier, {}).warnings,
              Not(Contains(HasSubstr("became slower"))));
}

TEST(Summarize, AQueueThatGrowsIsNoDeviceThatBecomesSlower) {
  Launch growing = two_speeds(15, 30);
  growing.record.target_rate_qps = 100;
  growing.record.achieved_rate_qps = 60;
  EXPECT_THAT(summarize({growing}, {}, kTier, {}).warnings, Not(Contains(HasSubstr("became slower"))));
  growing.record.achieved_rate_qps = 99;
  EXPECT_THAT(summarize({growing}, {}, kTier, {}).warnings, Contains(HasSubstr("became slower")));
}

TEST(Summarize, OfSeveralLaunchesTheWorstSlowdownIsNamedAndTheyAreCounted) {
  const RunRecord record =
      summarize({two_speeds(10, 12), two_speeds(9, 9), two_speeds(8, 16)}, {}, kTier, {});
  EXPECT_THAT(
      record.warnings,
      Contains(HasSubstr("within the windows of 2 of 3 launches: p50 8 ms at first, 16 ms at the end")));
}

TEST(Summarize, QuantilesForPlotsRunFromTheLeastToTheMost) {
  const RunRecord record = summarize({launch(1024)}, {}, kTier, {});
  ASSERT_EQ(record.latency_quantiles_ms.size(), 101u);
  EXPECT_TRUE(std::is_sorted(record.latency_quantiles_ms.begin(), record.latency_quantiles_ms.end()));
  EXPECT_EQ(record.latency_quantiles_ms.front(), 1);
  EXPECT_EQ(record.latency_quantiles_ms.back(), 1024);
  EXPECT_EQ(record.latency_quantiles_ms[50], record.latency_p50_ms);
  EXPECT_EQ(record.latency_quantiles_ms[99], record.latency_p99_ms);
}

TEST(Summarize, BoundsAreAbsentBelowTheirNumbersOfQueries) {
  const auto present = [](int queries) {
    const RunRecord r = summarize({launch(queries)}, {}, kTier, {});
    EXPECT_TRUE(r.latency_p99_ms) << "the point is always there";
    return std::vector<bool>{r.latency_p50_bound_ms.has_value(), r.latency_p90_bound_ms.has_value(),
                             r.latency_p95_bound_ms.has_value(), r.latency_p99_bound_ms.has_value()};
  };
  EXPECT_THAT(present(10), ElementsAre(false, false, false, false));
  EXPECT_THAT(present(11), ElementsAre(true, false, false, false));
  EXPECT_THAT(present(63), ElementsAre(true, false, false, false));
  EXPECT_THAT(present(64), ElementsAre(true, true, false, false));
  EXPECT_THAT(present(130), ElementsAre(true, true, true, false));
  EXPECT_THAT(present(661), ElementsAre(true, true, true, false));
  EXPECT_THAT(present(662), ElementsAre(true, true, true, true));
}

TEST(Summarize, PoolsLatenciesAndSumsWindowsOfLaunches) {
  Launch slow = launch(64, 6);
  slow.latencies = {};
  for (int i = 0; i < 64; ++i) slow.latencies.add(100'000'000);
  const RunRecord record = summarize({launch(64, 4), slow}, {}, kTier, {});
  EXPECT_EQ(record.launches, 2);
  EXPECT_EQ(record.queries, 128);
  EXPECT_EQ(record.samples, 128);
  EXPECT_EQ(record.warmup_queries, 10);
  EXPECT_DOUBLE_EQ(record.window_s.value(), 10);
  EXPECT_DOUBLE_EQ(record.throughput_sps.value(), 12.8);
  EXPECT_DOUBLE_EQ(record.latency_p50_ms.value(), 100);
  EXPECT_DOUBLE_EQ(record.latency_mean_ms.value(), (32.5 * 64 + 100 * 64) / 128);
  EXPECT_EQ(record.tier, "quick") << "both launches together are enough";
}

TEST(Summarize, StartUpTimesAreMediansAndMemoryIsTheHighest) {
  std::vector<Launch> launches = {launch(128), launch(128), launch(128)};
  const double open[] = {30, 10, 20};
  for (std::size_t i = 0; i < 3; ++i) {
    launches[i].record.open_ms = open[i];
    launches[i].record.first_inference_ms = open[i] * 2;
    launches[i].record.warmup_ms = open[i] * 3;
    launches[i].record.peak_memory_mb = open[i] + 100;
    launches[i].record.memory_growth_mb = -open[i];
  }
  RunRecord record = summarize(launches, {}, kTier, {});
  EXPECT_EQ(record.open_ms, 20);
  EXPECT_EQ(record.first_inference_ms, 40);
  EXPECT_EQ(record.warmup_ms, 60);
  EXPECT_EQ(record.peak_memory_mb, 130);
  EXPECT_EQ(record.memory_growth_mb, -10);
  launches.pop_back();
  record = summarize(launches, {}, kTier, {});
  EXPECT_EQ(record.open_ms, 20) << "of two: the middle between them";
}

TEST(Summarize, OpeningIsToldForTheStateOfTheCacheThatMostLaunchesSaw) {
  std::vector<Launch> launches = {launch(128), launch(128), launch(128)};
  const double open[] = {900, 10, 20};
  const char* cache[] = {"cold", "warm", "warm"};
  for (std::size_t i = 0; i < 3; ++i) {
    launches[i].record.open_ms = open[i];
    launches[i].record.cache = cache[i];
  }
  RunRecord record = summarize(launches, {}, kTier, {});
  EXPECT_EQ(record.cache, "warm");
  EXPECT_EQ(record.open_ms, 15);
  launches[1].record.cache = "cold";
  record = summarize(launches, {}, kTier, {});
  EXPECT_EQ(record.cache, "cold");
  EXPECT_EQ(record.open_ms, 455);
}

TEST(Summarize, WhatNoLaunchMeasuredStaysAbsent) {
  const RunRecord record = summarize({launch(128)}, {}, kTier, {});
  EXPECT_FALSE(record.open_ms);
  EXPECT_FALSE(record.peak_memory_mb);
  EXPECT_FALSE(record.effective_tops);
  EXPECT_FALSE(record.real_time_factor);
  EXPECT_FALSE(record.mean_power_w);
}

TEST(Summarize, TopsAndRealTimeFactorFollowFromTheirParts) {
  Launch one = launch(128, 10);
  one.record.gops_per_sample = 50;
  WorkloadInfo info;
  info.sample_ms = 32;
  const RunRecord record = summarize({one}, info, kTier, {});
  EXPECT_DOUBLE_EQ(record.effective_tops.value(), 50e9 * 12.8 / 1e12);
  EXPECT_DOUBLE_EQ(record.real_time_factor.value(), 64.5 / 32);
}

TEST(Summarize, ABlockHasThroughputAndNoLatencies) {
  const RunRecord record = summarize({block(600, 5), block(400, 5)}, {}, kTier, {});
  EXPECT_DOUBLE_EQ(record.throughput_sps.value(), 100);
  EXPECT_EQ(record.queries, 2);
  EXPECT_FALSE(record.latency_mean_ms);
  EXPECT_FALSE(record.latency_p50_ms);
  EXPECT_FALSE(record.latency_p50_bound_ms);
  EXPECT_THAT(record.latency_quantiles_ms, IsEmpty());
  EXPECT_EQ(record.tier, "quick") << "samples are its evidence, not queries";
  EXPECT_TRUE(record.ranked);
  EXPECT_EQ(summarize({block(127, 10)}, {}, kTier, {}).tier, "trial");
}

TEST(Summarize, TheFirstLaunchThatIsNotOkDecides) {
  std::vector<Launch> launches = {launch(128), launch(3), launch(3)};
  launches[0].record.raw_files = {"raw/1.lat"};
  launches[1].record.status = RunStatus::crashed;
  launches[1].record.reason = "the second died";
  launches[2].record.status = RunStatus::timeout;
  const RunRecord record = summarize(launches, {}, kTier, {});
  EXPECT_EQ(record.status, RunStatus::crashed);
  EXPECT_EQ(record.reason, "the second died");
  EXPECT_FALSE(record.latency_p50_ms);
  EXPECT_FALSE(record.throughput_sps);
  EXPECT_THAT(record.raw_files, IsEmpty());
  EXPECT_FALSE(record.ranked);
  EXPECT_THAT(record.unranked_reasons, Contains("status is crashed"));
}

TEST(Summarize, IsATrialWhenQueriesOrWindowFallShort) {
  const RunRecord few = summarize({launch(127, 10)}, {}, kTier, {});
  EXPECT_EQ(few.tier, "trial");
  EXPECT_EQ(few.status, RunStatus::ok);
  EXPECT_FALSE(few.ranked);
  EXPECT_THAT(few.unranked_reasons,
              ElementsAre(HasSubstr("trial: 127 queries in 10.0 s; tier quick asks for 128 in 10 s")));
  EXPECT_EQ(summarize({launch(128, 9.9)}, {}, kTier, {}).tier, "trial");
  EXPECT_EQ(summarize({launch(128, 9.9999)}, {}, kTier, {}).tier, "quick") << "thirds of ten seconds add up";
}

TEST(Summarize, FewerLaunchesThanTheTierAsksForAreNotRanked) {
  const Tier three{"standard", 128, 10, 3};
  const RunRecord record = summarize({launch(128), launch(128)}, {}, three, {});
  EXPECT_EQ(record.tier, "standard");
  EXPECT_FALSE(record.ranked);
  EXPECT_THAT(record.unranked_reasons, ElementsAre("2 launches; tier standard asks for 3"));
  EXPECT_TRUE(summarize({launch(128), launch(128), launch(128)}, {}, three, {}).ranked);
}

TEST(Summarize, IsRankedOnlyWithoutAReasonNotTo) {
  EXPECT_TRUE(summarize({launch(128)}, {}, kTier, {}).ranked);
  EXPECT_THAT(summarize({launch(128)}, {}, kTier, {}).unranked_reasons, IsEmpty());
  Launch users = launch(128);
  users.record.unranked_reasons = {"a user's model"};
  EXPECT_FALSE(summarize({users}, {}, kTier, {}).ranked);
  EXPECT_FALSE(summarize({launch(128)}, {}, kTier, {{}, {"busy machine"}}).ranked);
  EXPECT_TRUE(summarize({launch(128)}, {}, kTier, {{"governor"}, {}}).ranked) << "a warning alone does not";
  Launch unplaced = launch(128);
  unplaced.record.placement_evidence.clear();
  EXPECT_FALSE(summarize({unplaced}, {}, kTier, {}).ranked);
}

TEST(Summarize, AuditsArePassedWhenEveryLaunchPassedThem) {
  std::vector<Launch> launches = {launch(128), launch(128)};
  launches[0].record.audits = {"seed", "cache", "name"};
  launches[1].record.audits = {"seed", "name", "accuracy"};
  EXPECT_THAT(summarize(launches, {}, kTier, {}).audits, ElementsAre("seed", "name"));
}

TEST(Summarize, AnAuditedTierIsRankedWithAllAuditsOnly) {
  const Tier audited{"official", 128, 10, 1, true};
  Launch one = launch(128);
  one.record.audits = {"seed", "cache", "accuracy"};
  EXPECT_THAT(summarize({one}, {}, audited, {}).unranked_reasons,
              ElementsAre("audit name was not run; tier official asks for it"));
  one.record.audits = {"seed", "cache", "name", "accuracy"};
  EXPECT_TRUE(summarize({one}, {}, audited, {}).ranked);
}

TEST(Summarize, CollectsWarningsReasonsAndRawFilesOnceEach) {
  std::vector<Launch> launches = {launch(128), launch(128)};
  launches[0].record.warnings = {"hot"};
  launches[1].record.warnings = {"hot", "slow first run"};
  launches[0].record.raw_files = {"raw/1.lat"};
  launches[1].record.raw_files = {"raw/2.lat"};
  const RunRecord record = summarize(launches, {}, kTier, {{"busy", "hot"}, {"busy machine"}});
  EXPECT_THAT(record.warnings, ElementsAre("hot", "slow first run", "busy"));
  EXPECT_THAT(record.raw_files, ElementsAre("raw/1.lat", "raw/2.lat"));
  EXPECT_THAT(record.unranked_reasons, ElementsAre("busy machine"));
}

TEST(Summarize, AVerifiedCellHasNoTierAndNoTimes) {
  Launch verified;
  verified.record.workload = "vision/a";
  verified.record.quality = 0.99;
  verified.record.placement_evidence = "assigned";
  const RunRecord record = summarize({verified}, {}, kTier, {});
  EXPECT_EQ(record.status, RunStatus::ok);
  EXPECT_EQ(record.tier, "");
  EXPECT_FALSE(record.throughput_sps);
  EXPECT_THAT(record.unranked_reasons, ElementsAre("verified, not measured"));
}

}  // namespace
}  // namespace eb
