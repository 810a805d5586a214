// Of harness/run/measure.cpp: warming up, and how scenarios load the session.
#include <algorithm>
#include <mutex>
#include <thread>

#include "harness/stats/latency_log.h"
#include "tests/harness/run/measure_fixture.h"

namespace eb {
namespace {

using test::FakeBinding;
using test::kMs;
using test::wanted;
using ::testing::Each;
using ::testing::Eq;
using ::testing::IsEmpty;

class MeasureScenario : public test::MeasureFixture {};

TEST_F(MeasureScenario, WarmsUpAtLeastSoLongAndUntilItIsSteady) {
  const RunRecord steady = measure_one();
  EXPECT_EQ(steady.warmup_queries, 200) << "200 ms of 1 ms";
  EXPECT_EQ(steady.warmup_ms, 200);
  driver_.model.cost_ns = [](std::uint64_t run) {
    return run < 300 ? 400 * kMs / static_cast<std::int64_t>(20 + run) : kMs;
  };
  const RunRecord ramping = measure_one();
  EXPECT_GT(ramping.warmup_queries, 300);
  EXPECT_LT(ramping.warmup_ms, 5000);
  const auto log = LatencyLog::from_bytes(tree_.read("single-stream.lat"), "raw");
  ASSERT_TRUE(log);
  EXPECT_THAT(log->first_ns(), Each(Eq(kMs))) << "no query of the ramp is in the window";
}

TEST_F(MeasureScenario, GivesUpWarmingUpAfterAWhile) {
  driver_.model.cost_ns = [](std::uint64_t run) { return kMs + static_cast<std::int64_t>(run) * 20'000; };
  const RunRecord never_steady = measure_one();
  EXPECT_EQ(never_steady.status, RunStatus::ok);
  EXPECT_GE(never_steady.warmup_ms, 5000);
  EXPECT_LT(never_steady.warmup_ms, 5100);
}

TEST_F(MeasureScenario, ASlowModelWarmsUpOnce) {
  driver_.model.cost_ns = [](std::uint64_t) { return 6000 * kMs; };
  job_.scenarios[0].rule.min_queries = 2;
  const RunRecord r = measure_one();
  EXPECT_EQ(r.warmup_queries, 1);
  EXPECT_EQ(r.queries, 2);
}

TEST_F(MeasureScenario, OfflineRunsSeveralAtOnceWhereTheSessionAllows) {
  job_.scenarios = {wanted("offline")};
  driver_.model.in_flight = 2;
  const RunRecord r = measure_one();
  EXPECT_EQ(r.status, RunStatus::ok) << r.reason;
  EXPECT_EQ(r.queries, 1);
  EXPECT_GE(r.samples, 50);
  EXPECT_EQ(r.batch, 1);
  EXPECT_EQ(r.concurrency, std::min(2, static_cast<int>(std::max(1u, std::thread::hardware_concurrency()))));
  EXPECT_THAT(r.raw_files, IsEmpty());
  driver_.model.in_flight = 1;
  EXPECT_EQ(measure_one().concurrency, 1);
}

// The samples in each run's input, seen from within the session.
struct Seen {
  std::mutex mutex{};
  std::map<std::thread::id, std::vector<std::vector<float>>> by_thread{};
  std::function<void(FakeBinding&)> looking() {
    return [this](FakeBinding& b) {
      const auto x = b.inputs[0].as<float>();
      const std::lock_guard lock(mutex);
      by_thread[std::this_thread::get_id()].emplace_back(x.begin(), x.end());
    };
  }
  bool holds(const std::vector<float>& input) {
    for (const auto& [thread, inputs] : by_thread)
      if (std::find(inputs.begin(), inputs.end(), input) != inputs.end()) return true;
    return false;
  }
};

TEST_F(MeasureScenario, OfflineFillsABatchWhereTheGraphHasOne) {
  job_.scenarios = {wanted("offline")};
  driver_.model.inputs = {{"x", DType::f32, {-1, 2}, {"n", ""}}};
  driver_.model.outputs = {{"y", DType::f32, {-1, 2}, {"n", ""}}};
  task_.info.batch_dim = "n";
  Seen seen;
  driver_.model.compute = seen.looking();
  const RunRecord r = measure_one();
  EXPECT_EQ(r.status, RunStatus::ok) << r.reason;
  EXPECT_EQ(r.batch, 8);
  EXPECT_EQ(r.concurrency, 1);
  EXPECT_EQ(r.samples, 8 * 50);
  EXPECT_TRUE(seen.holds({0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7}));
  EXPECT_TRUE(seen.holds({8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13, 14, 14, 15, 15}));
}

TEST_F(MeasureScenario, FewerSamplesThanABatchAreRepeated) {
  job_.scenarios = {wanted("offline")};
  driver_.model.inputs = {{"x", DType::f32, {-1, 1}, {"n", ""}}};
  driver_.model.outputs = {{"y", DType::f32, {-1, 1}, {"n", ""}}};
  task_.info.batch_dim = "n";
  Seen seen;
  driver_.model.compute = seen.looking();
  task_.samples = 5;
  EXPECT_EQ(measure_one().status, RunStatus::ok);
  EXPECT_TRUE(seen.holds({0, 1, 2, 3, 4, 0, 1, 2}));
  task_.samples = 11;
  EXPECT_EQ(measure_one().status, RunStatus::ok);
  EXPECT_TRUE(seen.holds({8, 9, 10, 0, 1, 2, 3, 4}));
}

TEST_F(MeasureScenario, AnInputWithoutABatchDimensionIsNotCutIntoPieces) {
  job_.scenarios = {wanted("offline")};
  driver_.model.inputs = {{"x", DType::f32, {-1, 1}, {"n", ""}}, {"threshold", DType::f32, {}}};
  driver_.model.outputs = {{"y", DType::f32, {-1, 1}, {"n", ""}}};
  task_.info.batch_dim = "n";
  const RunRecord r = measure_one();
  EXPECT_EQ(r.status, RunStatus::ok) << r.reason;
  EXPECT_EQ(r.batch, 1);
}

TEST_F(MeasureScenario, OfflineKeepsAStreamOnOneLane) {
  const auto placement = driver_.model.placement;
  driver_.model = test::counting_model();
  driver_.model.clock = &clock_;
  driver_.model.placement = placement;
  driver_.model.in_flight = 2;
  driver_.model.cost_ns = [](std::uint64_t) { return 100'000; };
  task_.info.state = {{"stateN", "state"}};
  task_.stream_length = 4;
  job_.scenarios = {wanted("offline")};
  Seen seen;
  driver_.model.compute = seen.looking();
  EXPECT_EQ(measure_one().status, RunStatus::ok);
  for (const auto& [thread, inputs] : seen.by_thread)
    for (std::size_t i = 1; i < inputs.size(); ++i) {
      const int sample = static_cast<int>(inputs[i][0]);
      if (sample % 4 == 0) continue;
      ASSERT_EQ(inputs[i - 1][0], static_cast<float>(sample - 1)) << "a stream was torn apart";
    }
}

TEST_F(MeasureScenario, OfflineTakesFewerStreamsThanLanes) {
  task_.samples = 1;
  driver_.model.in_flight = 16;
  job_.scenarios = {wanted("offline")};
  EXPECT_EQ(measure_one().status, RunStatus::ok);
  EXPECT_THAT(task_.loads, Each(Eq(0u)));
}

TEST_F(MeasureScenario, NoMoreSamplesAreHeldThanAWindowNeeds) {
  task_.samples = 5000;
  task_.has_judge = false;
  EXPECT_EQ(measure_one().status, RunStatus::ok);
  EXPECT_EQ(*std::max_element(task_.loads.begin(), task_.loads.end()), 1023u);
}

TEST_F(MeasureScenario, ASustainedWindowIsToldInParts) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  job_.scenarios = {{"single-stream",
                     {.min_queries = 1, .min_duration_ns = 10 * kSecond, .max_duration_ns = 10 * kSecond},
                     "s.lat",
                     {},
                     kSecond}};
  const RunRecord record = measure_one();
  EXPECT_EQ(record.status, RunStatus::ok) << record.reason;
  EXPECT_EQ(record.part_p50_ms.size(), 10u);
  EXPECT_EQ(record.part_throughput_sps.size(), 10u);
  EXPECT_EQ(record.part_s, 1);
  EXPECT_EQ(facts_["single-stream"].part_ns, kSecond);
  ASSERT_EQ(facts_["single-stream"].parts.size(), 10u);
  EXPECT_EQ(facts_["single-stream"].parts[3], (PartFacts{kSecond, kSecond, 1000, 1000}));
  EXPECT_DOUBLE_EQ(*record.window_s, 10);
  EXPECT_EQ(record.queries, 10'000);
  EXPECT_THAT(windows_, ::testing::ElementsAre("begin single-stream", "end single-stream"));
}

TEST_F(MeasureScenario, TheMetersEffectIsMeasuredAfterTheWindowAndOnlyWhenAskedFor) {
  EXPECT_FALSE(measure_one().meter_overhead);
  job_.measures_meter_effect = true;
  const RunRecord record = measure_one();
  EXPECT_EQ(record.status, RunStatus::ok) << record.reason;
  EXPECT_NEAR(*record.meter_overhead, 1, 1e-9);
  EXPECT_LE(*record.meter_overhead_low, *record.meter_overhead_high);
  EXPECT_EQ(facts_["single-stream"].meter_ratios.size(), 12u);
  ASSERT_GT(windows_.size(), 3u);
  EXPECT_EQ(windows_[1], "end single-stream");
  EXPECT_EQ(windows_[2], "meter");
}

}  // namespace
}  // namespace eb
