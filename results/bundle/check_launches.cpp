// What launches say themselves of their queries' wake-up and of being metered.
#include <fmt/format.h>

#include <algorithm>

#include "harness/stats/interval.h"
#include "harness/stats/latency_log.h"
#include "harness/stats/pool.h"
#include "results/bundle/check.h"

namespace eb {
namespace {

using Number = RunRecord::Number;

constexpr std::string_view kLaunches = "its launches";

void flag_older(std::string_view name, Findings& findings) {
  findings.flag(
      fmt::format("{} cannot be computed anew: its launches, of an older edgebench, do not tell it", name));
}

Estimate effect_of(std::span<const double> ratios) {
  const auto interval = mean_interval(ratios);
  if (!interval) return {mean_of(ratios)};
  return {mean_of(ratios), interval->low, interval->high};
}

}  // namespace

void check_wake_lags(const RecordCase& one, Findings& findings) {
  const RunRecord& record = one.record;
  Number p50_us, p99_us;  // of the launch where it was most
  for (const LaunchFacts* launch : one.launches) {
    if (!launch->wake_lags) continue;
    p50_us = std::max(p50_us.value_or(0), launch->wake_lags->p50_us);
    p99_us = std::max(p99_us.value_or(0), launch->wake_lags->p99_us);
  }
  const bool is_stated = record.wake_lag_p50_us || record.wake_lag_p99_us;
  if (!p50_us && is_stated && record.target_rate_qps) return flag_older("wake_lag_p99_us", findings);
  findings.expect("wake_lag_p50_us", record.wake_lag_p50_us, p50_us, kLaunches);
  findings.expect("wake_lag_p99_us", record.wake_lag_p99_us, p99_us, kLaunches);
}

void check_longest_lag(const LaunchFacts& launch, const LatencyLog& log, Findings& findings) {
  if (!launch.wake_lags) return;
  const std::size_t last = static_cast<std::size_t>(log.count()) - 1;
  const double longest_us = log.at_indices_ns(std::span(&last, 1))[0] * 1e-3;
  if (launch.wake_lags->p99_us > longest_us * (1 + kTolerance))
    findings.refuse(fmt::format("a launch has a wake_lag_p99_us of {:.6g}, its longest latency is {:.6g} us",
                                launch.wake_lags->p99_us, longest_us));
}

void check_meter_effect(const RecordCase& one, Findings& findings) {
  const RunRecord& record = one.record;
  std::vector<Estimate> effects;
  for (const LaunchFacts* launch : one.launches)
    if (!launch->within.meter_ratios.empty()) effects.push_back(effect_of(launch->within.meter_ratios));
  if (effects.empty() && record.meter_overhead) return flag_older("meter_overhead", findings);
  const auto all = effects.size() == one.launches.size() ? mean_estimate(effects) : std::nullopt;
  findings.expect("meter_overhead", record.meter_overhead, all ? Number(all->point) : std::nullopt,
                  kLaunches);
  findings.expect("meter_overhead_low", record.meter_overhead_low, all ? all->low : std::nullopt, kLaunches,
                  kTolerance, 1);
  findings.expect("meter_overhead_high", record.meter_overhead_high, all ? all->high : std::nullopt,
                  kLaunches, kTolerance, 1);
}

}  // namespace eb
