#include <gtest/gtest.h>

#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "harness/run/drive.h"
#include "harness/stats/percentile.h"
#include "tests/support/fake_session.h"
#include "tests/support/tree.h"

namespace eb {
namespace {

using test::FakeBinding;
using test::FakeClock;
using test::FakeModel;
using test::FakeSession;

constexpr std::int64_t kMs = 1'000'000;
constexpr std::int64_t kSecond = 1000 * kMs;

// Queries due when a test says so.
class Timetable final : public Scenario {
 public:
  explicit Timetable(std::vector<std::int64_t> due_ns) : due_ns_(std::move(due_ns)) {}
  std::string_view name() const override { return "timetable"; }
  bool is_block() const override { return false; }
  bool is_scheduled() const override { return true; }
  std::int64_t spin_ns() const override { return 77; }
  std::optional<Query> next(const Progress& progress) override {
    seen.push_back(progress.elapsed_ns);
    if (progress.issued >= due_ns_.size()) return std::nullopt;
    return Query{due_ns_[progress.issued]};
  }
  std::vector<std::int64_t> seen{};

 private:
  std::vector<std::int64_t> due_ns_;
};

std::vector<LoadedLane> lanes_of(Session& session, std::size_t count) {
  std::vector<LoadedLane> lanes;
  for (std::size_t i = 0; i < count; ++i)
    lanes.push_back({*Lane::create({}, session, 2, 1), std::vector<char>(2, 1)});
  return lanes;
}

std::vector<std::int64_t> list(const LatencyLog& log) {
  return {log.first_ns().begin(), log.first_ns().end()};
}

class DriveSchedule : public ::testing::Test {
 protected:
  DriveSchedule() { model_.clock = &clock_; }

  Result<Window> drive(Scenario& scenario, std::optional<Patience> patience = {}, Pulse pulse = {}) {
    FakeSession session(model_);
    auto lanes = lanes_of(session, 1);
    begin_ns_ = clock_.now_ns();
    auto window = drive_schedule(scenario, session, lanes, {clock_, 10, std::move(pulse)}, patience);
    runs_ = session.runs;
    return window;
  }

  FakeClock clock_;
  FakeModel model_;  // 1 ms a run
  std::int64_t begin_ns_ = 0;
  std::uint64_t runs_ = 0;
};

TEST_F(DriveSchedule, AQueryWaitsUntilItIsDue) {
  Timetable table({10 * kMs, 50 * kMs});
  const auto window = drive(table);
  ASSERT_TRUE(window);
  EXPECT_EQ(clock_.waits_ns, (std::vector<std::int64_t>{begin_ns_ + 10 * kMs, begin_ns_ + 50 * kMs}));
  EXPECT_EQ(clock_.spins_ns, (std::vector<std::int64_t>{77, 77})) << "as the scenario allows";
  EXPECT_EQ(list(window->latencies), (std::vector<std::int64_t>{kMs, kMs})) << "waiting is not latency";
  EXPECT_EQ(window->duration_ns, 51 * kMs);
  EXPECT_EQ(window->last_due_ns, 50 * kMs);
  EXPECT_EQ(window->queries, 2u);
  EXPECT_EQ(window->samples, 2u);
}

TEST_F(DriveSchedule, TheLatencyOfALateQueryStartsWhenItWasDue) {
  model_.cost_ns = [](std::uint64_t run) { return run == 0 ? 30 * kMs : kMs; };
  Timetable table({10 * kMs, 12 * kMs, 14 * kMs, 100 * kMs});
  const auto window = drive(table);
  ASSERT_TRUE(window);
  // Done at 40, 41, 42 and 101 ms.
  EXPECT_EQ(list(window->latencies), (std::vector<std::int64_t>{30 * kMs, 29 * kMs, 28 * kMs, kMs}));
  EXPECT_EQ(table.seen, (std::vector<std::int64_t>{0, 40 * kMs, 41 * kMs, 42 * kMs, 101 * kMs}));
}

TEST_F(DriveSchedule, TheLagOfAnIdleWorkerIsInTheLatencyAndBesideIt) {
  clock_.wake_lag_ns = 60'000;
  model_.cost_ns = [](std::uint64_t run) { return run == 1 ? 30 * kMs : kMs; };
  Timetable table({10 * kMs, 20 * kMs, 25 * kMs, 100 * kMs});
  const auto window = drive(table);
  ASSERT_TRUE(window);
  EXPECT_EQ(list(window->latencies),
            (std::vector<std::int64_t>{kMs + 60'000, 30 * kMs + 60'000, 26 * kMs + 60'000, kMs + 60'000}));
  EXPECT_EQ(list(window->wake_lags), (std::vector<std::int64_t>(3, 60'000)))
      << "the third waited in the queue: no lag of ours";
}

TEST_F(DriveSchedule, AnErrorInTheMiddleEndsTheWindow) {
  model_.fails_at = 2;
  Timetable table({1, 2, 3, 4, 5});
  const auto window = drive(table);
  ASSERT_FALSE(window);
  EXPECT_EQ(window.error().message, "the fake device is gone");
  EXPECT_EQ(runs_, 3u);
}

TEST_F(DriveSchedule, PatienceEndsWhatCanOnlyGetWorse) {
  model_.cost_ns = [](std::uint64_t run) { return run % 2 ? 5 * kMs : kMs; };
  std::vector<std::int64_t> due_ns;
  for (int i = 1; i <= 100; ++i) due_ns.push_back(i * 10 * kMs);
  Timetable patient(due_ns), impatient(due_ns);
  EXPECT_EQ(drive(patient, Patience{2 * kMs, 50})->queries, 100u) << "50 are over, and may be";
  EXPECT_EQ(drive(impatient, Patience{2 * kMs, 9})->queries, 20u) << "the tenth was one too many";
}

TEST_F(DriveSchedule, ALongWaitIsNoRunThatHangs) {
  std::vector<std::pair<bool, std::int64_t>> said;
  Pulse pulse([&](bool is_running) { said.emplace_back(is_running, (clock_.now_ns() - begin_ns_) / kMs); });
  Timetable table({500 * kMs, 90 * kSecond, 90 * kSecond + kMs});
  ASSERT_TRUE(drive(table, {}, pulse));
  EXPECT_EQ(said, (std::vector<std::pair<bool, std::int64_t>>{{false, 501}, {true, 90'000}}));
}

TEST(DriveSchedules, WorkersTakeEachQueryOfTheQueueOnce) {
  FakeModel model;
  std::mutex mutex;
  std::map<std::thread::id, int> runs_of;
  model.compute = [&](FakeBinding&) {
    const std::lock_guard lock(mutex);
    ++runs_of[std::this_thread::get_id()];
  };
  for (const std::size_t workers : {1u, 2u, 5u}) {
    FakeSession session(model);
    auto lanes = lanes_of(session, workers);
    const auto clock = make_steady_clock();
    const auto paced =
        make_scenario("paced", {.min_queries = 2000, .min_duration_ns = 0, .max_duration_ns = 1000 * kSecond},
                      {.rate_qps = 100'000});
    runs_of.clear();
    const auto window = drive_schedule(**paced, session, lanes, {*clock, 2000});
    ASSERT_TRUE(window);
    EXPECT_EQ(window->queries, 2000u);
    EXPECT_EQ(session.runs, 2000u);
    EXPECT_EQ(window->latencies.count(), 2000u);
    EXPECT_LE(window->wake_lags.count(), 2000u);
    EXPECT_LE(runs_of.size(), workers);
    for (const std::int64_t latency_ns : window->latencies.first_ns()) ASSERT_GE(latency_ns, 0);
  }
}

TEST(DriveSchedules, AnErrorOfOneWorkerStopsAll) {
  FakeModel model;
  model.fails_at = 50;
  FakeSession session(model);
  auto lanes = lanes_of(session, 4);
  const auto clock = make_steady_clock();
  const auto paced = make_scenario("paced", {.min_queries = 1'000'000'000}, {.rate_qps = 100'000});
  const auto window = drive_schedule(**paced, session, lanes, {*clock, 10});
  ASSERT_FALSE(window);
  EXPECT_EQ(window.error().message, "the fake device is gone");
  EXPECT_LE(session.runs, 50u + 4u) << "each may finish what it began";
}

// The times of the same queries, by an equation instead of a clock: Lindley's.
std::vector<std::int64_t> lindley_ns(const std::vector<std::int64_t>& due_ns,
                                     const std::vector<std::int64_t>& service_ns) {
  std::vector<std::int64_t> times_ns;
  std::int64_t free_at_ns = 0;
  for (std::size_t i = 0; i < due_ns.size(); ++i) {
    free_at_ns = std::max(free_at_ns, due_ns[i]) + service_ns[i];
    times_ns.push_back(free_at_ns - due_ns[i]);
  }
  return times_ns;
}

double percentile_ms(std::vector<std::int64_t> values_ns, double p) {
  std::sort(values_ns.begin(), values_ns.end());
  return static_cast<double>(values_ns[percentile_index(values_ns.size(), p)]) * 1e-6;
}

// 1 % of the runs stall for 20 ms; so those that arrive meanwhile are late, too, though their own runs are
// not. Who measures from the start of a run sees a p90 of 1 ms.
TEST_F(DriveSchedule, StallsUnderPoissonLoadShowTheTrueP90) {
  constexpr double kRateQps = 500;
  const LoadOptions load = {.rate_qps = kRateQps, .seed = 42};
  const WindowRule rule = {.min_queries = 50'000, .min_duration_ns = 0, .max_duration_ns = 1000 * kSecond};
  const auto stalls = [](std::uint64_t run) { return run * 2'654'435'761u % 100 == 0 ? 20 * kMs : kMs; };
  model_.cost_ns = stalls;
  const auto server = *make_scenario("server", rule, load);
  const auto window = drive(*server);
  ASSERT_TRUE(window);
  const auto arrivals = *make_scenario("server", rule, load);
  std::vector<std::int64_t> due_ns, service_ns;
  while (const auto query = arrivals->next({due_ns.size(), 0})) due_ns.push_back(query->due_ns);
  for (std::size_t run = 0; run < due_ns.size(); ++run) service_ns.push_back(stalls(run));
  const auto truth_ns = lindley_ns(due_ns, service_ns);
  EXPECT_EQ(list(window->latencies), truth_ns);
  const double p90_ms = percentile_ms(list(window->latencies), 0.90);
  EXPECT_EQ(p90_ms, percentile_ms(truth_ns, 0.90));
  EXPECT_EQ(percentile_ms(service_ns, 0.90), 1) << "what coordinated omission would say";
  EXPECT_GT(p90_ms, 5) << "what users see";
}

}  // namespace
}  // namespace eb
