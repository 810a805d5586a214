// Of harness/run/measure.cpp and timed_window.cpp: queries of several samples, and those that come when they
// come.
#include <set>

#include "harness/run/time_budget.h"
#include "harness/stats/latency_log.h"
#include "tests/harness/run/measure_fixture.h"

namespace eb {
namespace {

using test::FakeBinding;
using test::kMs;
using test::wanted;
using ::testing::Contains;
using ::testing::Each;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr std::int64_t kSecond = 1000 * kMs;

class MeasureLoad : public test::MeasureFixture {
 protected:
  RunRecord measure_as(std::string scenario, const LoadOptions& load = {},
                       std::int64_t window_ns = 10 * kSecond) {
    job_.scenarios = {wanted(std::move(scenario))};
    job_.scenarios[0].load = load;
    job_.scenarios[0].rule.min_duration_ns = window_ns;
    job_.scenarios[0].rule.max_duration_ns = 600 * kSecond;
    return measure_one();
  }
  std::vector<std::int64_t> latencies() {
    const auto log = LatencyLog::from_bytes(tree_.read(job_.scenarios[0].raw_file), "raw");
    EXPECT_TRUE(log);
    return {log->first_ns().begin(), log->first_ns().end()};
  }
};

TEST_F(MeasureLoad, MultiStreamRunsEightSamplesAQuery) {
  const RunRecord r = measure_as("multi-stream", {}, 80 * kMs);
  EXPECT_EQ(r.status, RunStatus::ok) << r.reason;
  EXPECT_EQ(r.samples_per_query, 8);
  EXPECT_EQ(r.queries, 10);
  EXPECT_EQ(r.samples, 80);
  EXPECT_EQ(r.batch, 1);
  EXPECT_EQ(r.concurrency, 1);
  EXPECT_THAT(latencies(), Each(Eq(8 * kMs)));
  EXPECT_FALSE(r.target_rate_qps || r.achieved_rate_qps || r.wake_lag_p50_us);
}

TEST_F(MeasureLoad, MultiStreamIsABatchWhereTheGraphHasOne) {
  driver_.model.inputs = {{"x", DType::f32, {-1, 2}, {"n", ""}}};
  driver_.model.outputs = {{"y", DType::f32, {-1, 2}, {"n", ""}}};
  task_.info.batch_dim = "n";
  const RunRecord r = measure_as("multi-stream", {}, 80 * kMs);
  EXPECT_EQ(r.status, RunStatus::ok) << r.reason;
  EXPECT_EQ(r.batch, 8);
  EXPECT_EQ(r.samples, 8 * *r.queries);
  EXPECT_THAT(latencies(), Each(Eq(kMs)));
}

TEST_F(MeasureLoad, PacedIsAsFastAsItIsToldAndNeverSpins) {
  clock_.wake_lag_ns = 70'000;
  const RunRecord r = measure_as("paced", {.rate_qps = 50});
  EXPECT_EQ(r.status, RunStatus::ok) << r.reason;
  EXPECT_EQ(r.queries, 501);
  EXPECT_EQ(r.target_rate_qps, 50);
  EXPECT_NEAR(*r.achieved_rate_qps, 50, 0.1);
  EXPECT_GE(*r.window_s, 10) << "as its tier asks";
  EXPECT_EQ(r.wake_lag_p50_us, 70);
  EXPECT_EQ(r.wake_lag_p99_us, 70);
  EXPECT_THAT(clock_.spins_ns, Each(Eq(0)));
  EXPECT_THAT(r.warnings, Contains(HasSubstr("queries started late though a worker was idle: p50 70 us")));
  EXPECT_FALSE(r.latency_target_ms);
}

TEST_F(MeasureLoad, LagThatIsSmallIsNoWarning) {
  clock_.wake_lag_ns = 7'000;
  const RunRecord r = measure_as("paced");
  EXPECT_EQ(r.wake_lag_p99_us, 7);
  EXPECT_THAT(r.warnings, IsEmpty());
}

TEST_F(MeasureLoad, QueriesThatComeTooFastAreServedAllAndWarnedOf) {
  const RunRecord r = measure_as("paced", {.rate_qps = 2000});
  EXPECT_EQ(r.status, RunStatus::ok) << r.reason;
  EXPECT_EQ(r.queries, 20'001);
  EXPECT_NEAR(*r.achieved_rate_qps, 1000, 1);
  EXPECT_THAT(r.warnings, Contains(HasSubstr("came faster than they were served (2000 a second were due")));
  EXPECT_THAT(r.unranked_reasons, Contains("queries came faster than they were served"));
  EXPECT_NEAR(static_cast<double>(latencies().back()), 10e9, 0.1e9);
}

TEST_F(MeasureLoad, AServerWithARateHasATarget) {
  const RunRecord r = measure_as("server", {.rate_qps = 500});
  EXPECT_EQ(r.status, RunStatus::ok) << r.reason;
  EXPECT_NEAR(static_cast<double>(*r.queries), 5000, 300);
  EXPECT_EQ(r.target_rate_qps, 500);
  EXPECT_EQ(r.latency_target_ms, 100) << "unless told otherwise";
  EXPECT_FALSE(r.rate_too_high_qps);
  EXPECT_THAT(clock_.spins_ns, Each(Eq(200'000)));
  task_.info.sample_ms = 32;
  EXPECT_EQ(measure_as("server", {.rate_qps = 500}).latency_target_ms, 32) << "the next one is there then";
  EXPECT_EQ(measure_as("server", {.rate_qps = 500, .latency_target_ms = 7}).latency_target_ms, 7);
}

TEST_F(MeasureLoad, AServerWithoutARateFindsIt) {
  const RunRecord r = measure_as("server", {.latency_target_ms = 5}, 200 * kSecond);
  EXPECT_EQ(r.status, RunStatus::ok) << r.reason;
  EXPECT_NEAR(*r.target_rate_qps, 560, 40) << "of an M/D/1 queue, by Erlang's formula";
  ASSERT_TRUE(r.rate_too_high_qps);
  EXPECT_GT(*r.rate_too_high_qps, *r.target_rate_qps);
  EXPECT_EQ(latencies().size(), static_cast<std::size_t>(*r.queries)) << "of the last window only";
  EXPECT_NEAR(*r.window_s, 200, 0.1);
}

TEST_F(MeasureLoad, ATargetThatCannotBeHeldFailsWithoutASpeed) {
  const RunRecord r = measure_as("server", {.latency_target_ms = 0.5});
  EXPECT_EQ(r.status, RunStatus::failed);
  EXPECT_THAT(r.reason, HasSubstr("no rate of queries holds p99 <= 0.5 ms"));
  EXPECT_FALSE(r.window_s || r.queries || r.target_rate_qps || r.achieved_rate_qps);
  EXPECT_THAT(r.raw_files, IsEmpty());
}

TEST_F(MeasureLoad, StreamsAreWhatTheSessionAllows) {
  driver_.model.in_flight = 1;
  const RunRecord one = measure_as("paced", {.rate_qps = 100, .streams = 3}, kSecond);
  EXPECT_EQ(one.concurrency, 1);
  EXPECT_THAT(one.warnings, Contains("--streams 3: the session takes no more than 1 at a time"));
  driver_.model.in_flight = 2;
  const RunRecord two = measure_as("paced", {.rate_qps = 100, .streams = 2}, kSecond);
  EXPECT_EQ(two.concurrency, 2);
  EXPECT_THAT(two.warnings, Not(Contains(HasSubstr("--streams"))));
}

TEST_F(MeasureLoad, AllWindowsEndWithinTheSlot) {
  job_.scenarios.clear();
  for (const char* name : {"single-stream", "server", "paced"}) {
    job_.scenarios.push_back(wanted(name));
    job_.scenarios.back().rule = {
        .min_queries = 128, .min_duration_ns = 10 * kSecond, .max_duration_ns = 600 * kSecond};
    job_.scenarios.back().load.latency_target_ms = 5;
  }
  job_.slot_s = 9;
  const std::int64_t begin_ns = clock_.now_ns();
  const auto records = measure_all();
  ASSERT_EQ(records.size(), 3u);
  for (const RunRecord& r : records) {
    EXPECT_EQ(r.status, RunStatus::ok) << r.reason;
    EXPECT_GT(*r.window_s, 1);
  }
  EXPECT_NEAR(static_cast<double>(clock_.now_ns() - begin_ns) * 1e-9, 9, 0.45);
}

TEST_F(MeasureLoad, ASearchThatComesLastUsesItsSlot) {
  job_.scenarios = {wanted("server")};
  job_.scenarios[0].rule = {
      .min_queries = 128, .min_duration_ns = 10 * kSecond, .max_duration_ns = 600 * kSecond};
  job_.scenarios[0].load.latency_target_ms = 5;
  job_.slot_s = 8;
  const std::int64_t begin_ns = clock_.now_ns();
  const auto records = measure_all();
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].status, RunStatus::ok) << records[0].reason;
  const double took_s = static_cast<double>(clock_.now_ns() - begin_ns) * 1e-9;
  EXPECT_GT(took_s, 0.85 * 8);
  EXPECT_LT(took_s, 1.03 * 8);
}

// Runs of 131 ms, every other of which a busy machine doubles and more.
TEST_F(MeasureLoad, LongRunsOfUnevenLengthEndWithinTheSlot) {
  driver_.model.cost_ns = [](std::uint64_t run) { return (run % 3 == 0 ? 310 : 131) * kMs + run % 7 * kMs; };
  job_.scenarios = {wanted("single-stream")};
  job_.scenarios[0].rule = {
      .min_queries = 128, .min_duration_ns = 10 * kSecond, .max_duration_ns = 600 * kSecond};
  for (const double slot_s : {6.0, 8.5, 9.25}) {
    job_.slot_s = slot_s + 3.5;  // what opening and judging need here
    const std::int64_t begin_ns = clock_.now_ns();
    const RunRecord r = measure_one();
    EXPECT_EQ(r.status, RunStatus::ok) << r.reason;
    EXPECT_LE(static_cast<double>(clock_.now_ns() - begin_ns) * 1e-9, *job_.slot_s);
    EXPECT_GT(*r.window_s, 1);
  }
}

TEST_F(MeasureLoad, ASlotThatIsTooLargeStretchesNothing) {
  job_.scenarios[0].rule.min_duration_ns = 10 * kSecond;
  job_.slot_s = 500;
  EXPECT_NEAR(*measure_one().window_s, 10, 0.1);
}

}  // namespace
}  // namespace eb
