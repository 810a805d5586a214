#include "results/compare/compare.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "tests/results/compare/runs.h"

namespace eb {
namespace {

using namespace test;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Verdict = CompareVerdict;

constexpr const char* kFace = "vision/face-detection";
constexpr const char* kVoice = "speech/voice-activity";

RunComparison compared(std::vector<RunRecord> first, std::vector<RunRecord> other,
                       const CompareOptions& options = {}) {
  return compare_runs(named("A", std::move(first)), named("B", std::move(other)), options);
}

Comparison only_cell(const RunRecord& first, const RunRecord& other, const CompareOptions& options = {}) {
  const RunComparison found = compared({first}, {other}, options);
  EXPECT_EQ(found.cells.size(), 1u);
  return found.cells.empty() ? Comparison{} : found.cells[0];
}

TEST(Compare, SaysFasterSlowerOrNeither) {
  const RunRecord base = cell(kFace, {10, 10.1, 9.9});
  const Comparison faster = only_cell(base, cell(kFace, {5, 5.05, 4.95}));
  EXPECT_EQ(faster.verdict, Verdict::faster);
  EXPECT_NEAR(faster.speed->value, 2, 1e-9);
  EXPECT_GT(faster.speed->interval->low, 1);
  EXPECT_EQ(faster.metric, "latency_mean_ms");
  EXPECT_EQ(only_cell(base, cell(kFace, {20, 20.2, 19.8})).verdict, Verdict::slower);
  EXPECT_EQ(only_cell(base, cell(kFace, {10.2, 9.9, 10})).verdict, Verdict::no_difference);
  EXPECT_EQ(verdict_name(Verdict::no_difference), "no significant difference");
}

TEST(Compare, ComparesThroughputOfOffline) {
  RunRecord first = cell(kFace, {}), other = first;
  first.scenario = other.scenario = "offline";
  first.latency_mean_ms = other.latency_mean_ms = std::nullopt;
  set_throughputs(first, {100, 101, 99});
  set_throughputs(other, {300, 303, 297});
  const Comparison found = only_cell(first, other);
  EXPECT_EQ(found.verdict, Verdict::faster);
  EXPECT_EQ(found.metric, "throughput_sps");
  EXPECT_NEAR(found.speed->value, 3, 1e-9);
  // The same launches as latencies have the same relative spread, so the interval is the same.
  const Comparison latency = only_cell(cell(kFace, {300, 303, 297}), cell(kFace, {100, 101, 99}));
  EXPECT_NEAR(found.speed->interval->low, latency.speed->interval->low, 1e-9);
}

TEST(Compare, TheLowEndOfAThroughputThatWasCutAtZeroDoesNotNarrowIt) {
  RunRecord first = cell(kFace, {});
  first.scenario = "offline";
  RunRecord other = first;
  set_throughputs(first, {100, 10, 190});
  ASSERT_EQ(*first.throughput_low_sps, 0);
  set_throughputs(other, {100, 101, 99});
  const Comparison found = only_cell(first, other),
                   latency = only_cell(cell(kFace, {100, 101, 99}), cell(kFace, {100, 10, 190}));
  EXPECT_NEAR(found.speed->interval->high, latency.speed->interval->high, 1e-6);
}

TEST(Compare, FewerThanThreeLaunchesASideAreNotEnough) {
  const Comparison found = only_cell(cell(kFace, {10, 11, 12}), cell(kFace, {5, 5.1}));
  EXPECT_EQ(found.verdict, Verdict::too_few_launches);
  EXPECT_THAT(found.reason, HasSubstr("3 launches against 2 launches"));
  EXPECT_FALSE(found.speed->interval);
  EXPECT_EQ(only_cell(cell(kFace, {10}), cell(kFace, {5})).verdict, Verdict::too_few_launches);
}

TEST(Compare, RatesThatWereSearchedOnceHaveNoInterval) {
  RunRecord first = cell(kFace, {10, 10.1, 9.9}), other = first;
  first.scenario = other.scenario = "server";
  first.target_rate_qps = 100;
  other.target_rate_qps = 150;
  const Comparison found = only_cell(first, other);
  EXPECT_EQ(found.verdict, Verdict::too_few_launches);
  EXPECT_EQ(found.metric, "target_rate_qps");
  EXPECT_NEAR(found.speed->value, 1.5, 1e-12);
  EXPECT_THAT(found.reason, HasSubstr("--rate"));
  other.target_rate_qps = 100;
  EXPECT_EQ(only_cell(first, other).metric, "latency_mean_ms") << "of one rate";
}

TEST(Compare, RefusesOtherTiersAndLoadsUnlessForcedAndMarksIt) {
  const RunRecord base = cell(kFace, {10, 10.1, 9.9});
  RunRecord tier = base, samples = base, paced = base;
  tier.tier = "quick";
  samples.samples_per_query = 8;
  paced.scenario = "paced";
  paced.target_rate_qps = 30;
  RunRecord slower_pace = paced;
  slower_pace.target_rate_qps = 10;
  RunRecord server = base;
  server.scenario = "server";
  server.latency_target_ms = 10;
  RunRecord other_target = server;
  other_target.latency_target_ms = 100;
  const struct {
    RunRecord first, other;
    const char* reason;
  } rows[] = {{base, tier, "tier standard against quick"},
              {base, samples, "1 samples a query against 8"},
              {paced, slower_pace, "30 queries/s against 10"},
              {server, other_target, "10 ms against 100 ms"}};
  for (const auto& row : rows) {
    const Comparison refused = only_cell(row.first, row.other);
    EXPECT_EQ(refused.verdict, Verdict::not_comparable) << row.reason;
    EXPECT_THAT(refused.reason, HasSubstr(row.reason));
    EXPECT_FALSE(refused.speed);
    EXPECT_FALSE(refused.is_forced);
    const Comparison forced = only_cell(row.first, row.other, {true, false});
    EXPECT_EQ(forced.verdict, Verdict::no_difference) << row.reason;
    EXPECT_TRUE(forced.is_forced);
    EXPECT_THAT(forced.reason, HasSubstr("forced: "));
  }
}

RunRecord with_energy(double value, double half, const std::string& scope) {
  RunRecord record = cell(kFace, {10, 10.1, 9.9});
  record.energy_per_sample_mj = value;
  record.energy_per_sample_low_mj = value - half;
  record.energy_per_sample_high_mj = value + half;
  record.power_scope = scope;
  return record;
}

TEST(Compare, EnergyHasItsOwnIntervalAndScope) {
  const Comparison less = only_cell(with_energy(20, 0.2, "package"), with_energy(10, 0.1, "package"));
  ASSERT_TRUE(less.energy);
  EXPECT_NEAR(less.energy->value, 2, 1e-12);
  EXPECT_EQ(verdict_of(*less.energy), Verdict::faster);
  EXPECT_EQ(less.verdict, Verdict::no_difference) << "which is of speed";
  const Comparison refused = only_cell(with_energy(20, 0.2, "package"), with_energy(10, 0.1, "system"));
  EXPECT_FALSE(refused.energy);
  EXPECT_THAT(refused.energy_reason, HasSubstr("power of package against that of system"));
  EXPECT_TRUE(refused.speed);
  const Comparison forced =
      only_cell(with_energy(20, 0.2, "package"), with_energy(10, 0.1, "system"), {true, false});
  EXPECT_TRUE(forced.energy);
  EXPECT_THAT(forced.energy_reason, HasSubstr("forced"));
  RunRecord bare = with_energy(10, 0.1, "package");
  bare.energy_per_sample_low_mj.reset();
  EXPECT_FALSE(only_cell(with_energy(20, 0.2, "package"), bare).energy->interval);
}

TEST(Compare, QualityOfOneMetricIsSubtracted) {
  RunRecord first = cell(kFace, {10}), other = first;
  first.quality = 0.97;
  other.quality = 0.96;
  first.quality_metric = other.quality_metric = "accuracy";
  EXPECT_NEAR(*only_cell(first, other).quality_change, -0.01, 1e-12);
  other.quality_metric = "word-error-rate";
  EXPECT_FALSE(only_cell(first, other).quality_change);
}

TEST(Compare, MatchesByKeyAndLeavesTheRestOver) {
  RunRecord one = cell(kFace, {10, 10, 10}), two = cell(kFace, {7, 7, 7}), gpu = cell(kFace, {3, 3, 3});
  two.threads = 4;
  gpu.backend = "vulkan";
  RunRecord crashed = cell(kVoice, {1, 1, 1});
  crashed.status = RunStatus::crashed;
  const RunComparison found = compared({one, two, gpu, cell(kVoice, {1, 1, 1})}, {two, one, crashed});
  ASSERT_EQ(found.cells.size(), 2u);
  EXPECT_EQ(found.cells[0].other.threads, 2) << "the same number of threads";
  EXPECT_EQ(found.cells[1].other.threads, 4);
  EXPECT_THAT(found.only_first,
              ElementsAre("speech/voice-activity, cpu:0, fp32, single-stream: the other is crashed",
                          "vision/face-detection, vulkan:0, fp32, single-stream"));
  EXPECT_THAT(found.only_other, IsEmpty());
}

TEST(Compare, ACellBesideAnotherIsNoPartnerOfTheSameAlone) {
  RunRecord beside = cell("vision/a", {8, 8, 8});
  beside.beside = "speech/b@cpu";
  const auto found = compare_runs(named("A", {beside, cell("vision/a", {4, 4, 4})}),
                                  named("B", {cell("vision/a", {4, 4, 4})}), {});
  ASSERT_EQ(found.cells.size(), 1u);
  EXPECT_EQ(found.cells[0].first.beside, "");
  EXPECT_THAT(found.only_first, ElementsAre(::testing::HasSubstr("beside speech/b@cpu")));
}

TEST(Compare, ThreadsThatDifferAreMatchedWhenNothingElseIs) {
  RunRecord other = cell(kFace, {5, 5, 5});
  other.threads = 4;
  EXPECT_EQ(only_cell(cell(kFace, {10, 10, 10}), other).verdict, Verdict::faster);
}

TEST(Compare, WrongAnswersHaveNoSpeed) {
  RunRecord wrong = cell(kFace, {1, 1, 1});
  wrong.status = RunStatus::wrong;
  const RunComparison found = compared({cell(kFace, {10, 10, 10})}, {wrong});
  EXPECT_THAT(found.cells, IsEmpty());
  EXPECT_THAT(found.only_first, ElementsAre(HasSubstr("the other is wrong")));
  EXPECT_THAT(compared({wrong}, {wrong}).only_first, IsEmpty()) << "nobody has lost anything";
}

TEST(Compare, AcrossDevicesTheFastestOfEachSideStandsForIt) {
  RunRecord slow = cell(kFace, {20, 20, 20}), fast = cell(kFace, {4, 4, 4});
  fast.backend = "vulkan";
  RunRecord npu = cell(kFace, {2, 2, 2});
  npu.backend = "npu";
  npu.device = "hailo:0";
  EXPECT_THAT(compared({slow, fast}, {npu}).cells, IsEmpty());
  const RunComparison found = compared({slow, fast}, {npu}, {false, true});
  ASSERT_EQ(found.cells.size(), 1u);
  EXPECT_NEAR(found.cells[0].speed->value, 2, 1e-9);
  EXPECT_EQ(device_name_of(found.cells[0]), "vulkan:0 / npu:hailo:0");
}

TEST(Compare, GeometricMeansAreOfTasksAndPrecisions) {
  RunRecord voice8 = cell(kVoice, {6, 6, 6});
  voice8.precision = "int8";
  const std::vector<RunRecord> first = {cell(kFace, {8, 8, 8}), cell(kVoice, {8, 8, 8}), voice8};
  const std::vector<RunRecord> other = {cell(kFace, {4, 4, 4}), cell(kVoice, {1, 1, 1}), voice8};
  const RunComparison found = compared(first, other);
  ASSERT_EQ(found.groups.size(), 5u);
  EXPECT_EQ(found.groups[0].precision, "fp32");
  EXPECT_EQ(found.groups[0].task, "");
  EXPECT_EQ(found.groups[0].cells, 2u);
  EXPECT_NEAR(found.groups[0].ratio.value, 4, 1e-9) << "sqrt(2 * 8)";
  EXPECT_EQ(found.groups[1].task, "face-detection");
  EXPECT_NEAR(found.groups[3].ratio.value, 1, 1e-12) << "int8";
  ASSERT_TRUE(found.groups[0].ratio.interval);
  auto few = other;
  set_latencies(few[0], {4, 4});
  few[0].latency_launch_sd_ms.reset();
  EXPECT_FALSE(compared(first, few).groups[0].ratio.interval) << "one of two is not sure";
}

TEST(Compare, SlowerByMoreThanALimitMeansTheWholeInterval) {
  EXPECT_TRUE(is_slower_by({0.9, Interval{0.88, 0.92}}, 3));
  EXPECT_FALSE(is_slower_by({0.9, Interval{0.85, 0.98}}, 3)) << "perhaps only 2 %";
  EXPECT_TRUE(is_slower_by({0.9, Interval{0.85, 0.98}}, 1));
  EXPECT_FALSE(is_slower_by({0.9, std::nullopt}, 0)) << "nobody knows";
  EXPECT_FALSE(is_slower_by({1.1, Interval{1.05, 1.2}}, 0));
}

TEST(Compare, TellsWhatDiffersInTheContexts) {
  const RunComparison found = compare_runs(
      named("A", {}, {{"started_at", "x"}, {"governor", "performance"}, {"cpu_cores", 4}}),
      named("B", {}, {{"started_at", "y"}, {"governor", "powersave"}, {"cpu_cores", 4}, {"new", 1}}), {});
  ASSERT_EQ(found.context.size(), 2u);
  EXPECT_EQ(found.context[0].key, "governor");
  EXPECT_EQ(found.context[1].key, "new");
  EXPECT_TRUE(found.context[1].first.is_null());
}

TEST(Compare, HostileNumbersAreNotCompared) {
  const double nan = std::numeric_limits<double>::quiet_NaN(),
               infinite = std::numeric_limits<double>::infinity();
  const RunRecord good = cell(kFace, {10, 10.1, 9.9});
  for (const double bad : {nan, infinite, 0.0, -1.0}) {
    RunRecord record = good;
    record.latency_mean_ms = bad;
    EXPECT_THAT(compared({good}, {record}).cells, IsEmpty()) << bad;
  }
  RunRecord record = good;
  record.launches = std::numeric_limits<std::int64_t>::max();
  EXPECT_TRUE(only_cell(good, record).speed->interval);
  record.launches = -5;
  EXPECT_EQ(only_cell(good, record).verdict, Verdict::too_few_launches);
  record = good;
  record.latency_launch_sd_ms = nan;
  EXPECT_EQ(only_cell(good, record).verdict, Verdict::too_few_launches);
  EXPECT_THAT(compare_runs(named("A", {}, "no object"), named("B", {}, 3), {}).context, IsEmpty());
}

TEST(Compare, EqualRunsDifferInOneOfAHundredCells) {
  std::mt19937 random(21);
  for (const int launches : {3, 5}) {
    std::vector<RunRecord> first, other;
    for (int i = 0; i < 10'000; ++i) {
      const std::string name = "user/" + std::to_string(i);
      first.push_back(cell(name, drawn_launches(random, 5, 1.5, launches)));
      other.push_back(cell(name, drawn_launches(random, 5, 1.5, launches)));
      first.back().task = other.back().task = "one";
    }
    const RunComparison found = compared(first, other);
    ASSERT_EQ(found.cells.size(), 10'000u);
    const auto same = std::count_if(found.cells.begin(), found.cells.end(), [](const Comparison& one) {
      return one.verdict == Verdict::no_difference;
    });
    EXPECT_GE(same, 9'850) << launches << " launches a side";
  }
}

}  // namespace
}  // namespace eb
