#include "harness/run/timed_window.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/run/rate_search.h"
#include "harness/stats/percentile.h"
#include "harness/stats/queue.h"

namespace eb {
namespace {

constexpr double kInstantMs = 100;
constexpr double kLateShare = 0.05;  // of the window's schedule: more, and queries were served too slowly
constexpr double kLagShare = 0.05;   // of a latency that the generator's lag may be without a warning

double mean_ns(std::span<const std::int64_t> values) {
  double sum_ns = 0;
  for (const std::int64_t value : values) sum_ns += static_cast<double>(value);
  return std::max(1.0, sum_ns / static_cast<double>(values.size()));
}

std::size_t expected_queries(double rate_qps, const WindowRule& rule) {
  const auto by_time =
      static_cast<std::size_t>(rate_qps * 1.25 * static_cast<double>(rule.min_duration_ns) * 1e-9);
  return std::max<std::size_t>(by_time, rule.min_queries) + 64;
}

// One query after the other, or all at once.
Result<Window> drive_unscheduled(const TimedJob& job, Scenario& scenario) {
  const std::size_t runs_in_turn = job.load.lanes / job.load.threads;
  const double query_ns = mean_ns(job.warm_ns) * static_cast<double>(runs_in_turn);
  const std::size_t expected = expected_queries(1e9 / query_ns, job.wanted.rule);
  job.on_begin(expected);
  if (scenario.is_block()) return drive_block(scenario, job.session, job.lanes, job.clock, job.pulse);
  if (job.lanes.size() == 1)
    return drive_queries(scenario, job.session, job.lanes[0], job.clock, expected, job.pulse);
  return drive_groups(scenario, job.session, job.lanes, job.load.threads, {job.clock, expected, job.pulse});
}

Result<Window> drive_at(const TimedJob& job, const WindowRule& rule, const LoadOptions& load,
                        std::optional<Patience> patience = {}) {
  EB_GET(const auto scenario, make_scenario(job.wanted.name, rule, load));
  Pulse pulse = job.pulse;
  pulse.begin(job.clock.now_ns());
  return drive_schedule(*scenario, job.session, job.lanes,
                        {job.clock, expected_queries(*load.rate_qps, rule), pulse}, patience);
}

Result<Window> drive_at_found_rate(const TimedJob& job, double target_ms, RunRecord& record) {
  const RateGoal goal{static_cast<std::int64_t>(target_ms * 1e6)};
  // The last two thirds: the first run may be a hundred times slower.
  const auto warm_ns = job.warm_ns.subspan(job.warm_ns.size() / 3);
  const double capacity_qps = 1e9 * static_cast<double>(job.lanes.size()) / mean_ns(warm_ns);
  constexpr double kHalfLoad = 0.5;  // where to look when no rate is expected to do
  const double guess_qps = predicted_rate_qps(warm_ns, job.lanes.size(), {goal.percentile, goal.target_ns})
                               .value_or(kHalfLoad * capacity_qps);
  const TryRate try_rate = [&](const RateTry& next) -> Result<Window> {
    LoadOptions load = job.wanted.load;
    load.rate_qps = next.rate_qps;
    if (!next.is_final) return drive_at(job, next.rule, load, next.patience);
    ++load.seed;  // not the arrivals by which the rate was chosen
    job.on_begin(expected_queries(next.rate_qps, next.rule));
    return drive_at(job, next.rule, load, next.patience);
  };
  EB_GET(FoundRate found, find_highest_rate(goal, guess_qps, job.wanted.rule, try_rate, job.last_rule));
  record.target_rate_qps = found.rate_qps;
  record.rate_too_high_qps = found.failed_qps;
  return std::move(found.window);
}

Result<Window> drive_scheduled(const TimedJob& job, double latency_target_ms, RunRecord& record) {
  if (job.wanted.name == "server") record.latency_target_ms = latency_target_ms;
  if (is_search(job.wanted)) return drive_at_found_rate(job, latency_target_ms, record);
  LoadOptions load = job.wanted.load;
  load.rate_qps = load.rate_qps.value_or(kPacedRateQps);
  record.target_rate_qps = load.rate_qps;
  job.on_begin(expected_queries(*load.rate_qps, job.wanted.rule));
  return drive_at(job, job.wanted.rule, load);
}

double quantile_ns(const LatencyLog& log, double p) {
  const std::size_t index = percentile_index(static_cast<std::size_t>(log.count()), p);
  return log.at_indices_ns(std::span(&index, 1))[0];
}

void add_wake_lags(const Window& window, RunRecord& record) {
  if (window.wake_lags.count() == 0) return;
  constexpr double kPerUs = 1e-3;
  const double p50_ns = quantile_ns(window.wake_lags, 0.50), p99_ns = quantile_ns(window.wake_lags, 0.99);
  record.wake_lag_p50_us = p50_ns * kPerUs;
  record.wake_lag_p99_us = p99_ns * kPerUs;
  const double latency_p50_ns = quantile_ns(window.latencies, 0.50);
  const double latency_p99_ns = quantile_ns(window.latencies, 0.99);
  if (p50_ns <= kLagShare * latency_p50_ns && p99_ns <= kLagShare * latency_p99_ns) return;
  record.warnings.push_back(fmt::format(
      "queries started late though a worker was idle: p50 {:.3g} us and p99 {:.3g} us after they were due "
      "(timers of this system, or other work on this machine); that is part of the latencies",
      p50_ns * kPerUs, p99_ns * kPerUs));
}

void judge_pace(const TimedJob& job, const Window& window, RunRecord& record) {
  const auto late_ns = static_cast<double>(window.duration_ns - window.last_due_ns);
  constexpr double kRuns = 5;  // a backlog, and no single slow run
  if (late_ns <= kLateShare * static_cast<double>(window.last_due_ns) ||
      late_ns <= kRuns * mean_ns(job.warm_ns))
    return;
  record.warnings.push_back(
      fmt::format("queries came faster than they were served ({:.4g} a second were due, {:.4g} were done): "
                  "latencies depend on how long the window was",
                  *record.target_rate_qps, *record.achieved_rate_qps));
  record.unranked_reasons.emplace_back("queries came faster than they were served");
}

}  // namespace

double default_latency_target_ms(const WorkloadInfo& info) {
  return std::min(info.sample_ms.value_or(kInstantMs), kInstantMs);
}

Result<Window> time_window(const TimedJob& job, double latency_target_ms, RunRecord& record) {
  EB_GET(const auto scenario, make_scenario(job.wanted.name, job.wanted.rule, job.wanted.load));
  if (!scenario->is_block()) record.samples_per_query = scenario->samples_per_query();
  auto window = scenario->is_scheduled() ? drive_scheduled(job, latency_target_ms, record)
                                         : drive_unscheduled(job, *scenario);
  job.on_end();
  if (!window || !scenario->is_scheduled() || window->duration_ns <= 0) return window;
  record.achieved_rate_qps =
      static_cast<double>(window->queries) * 1e9 / static_cast<double>(window->duration_ns);
  add_wake_lags(*window, record);
  judge_pace(job, *window, record);
  return window;
}

}  // namespace eb
