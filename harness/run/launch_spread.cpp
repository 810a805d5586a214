#include "harness/run/launch_spread.h"

#include <fmt/format.h>

#include "harness/stats/latency_summary.h"

namespace eb {
namespace {

// What a window of a hundred thousand queries can prove to be there may be too little to matter: here the
// queries are worth a fifth less.
constexpr double kLeastHarmfulCorrelation = 0.1;

void add_correlation(const std::vector<Launch>& launches, RunRecord& record) {
  std::vector<const LatencyLog*> logs;
  logs.reserve(launches.size());
  for (const Launch& launch : launches) logs.push_back(&launch.latencies);
  const auto all = correlation_of(logs);
  if (!all) return;
  record.latency_autocorrelation = all->lag1;
  if (!all->rejects_independence() || all->lag1 < kLeastHarmfulCorrelation) return;
  record.warnings.push_back(fmt::format(
      "consecutive latencies are correlated ({:.2f}; independent ones stay below {:.2f}): queries tell about "
      "as much as {:.0f} % as many independent ones, so the bounds of percentiles hold less often than their "
      "99 % confidence says; the interval of the mean (--launches 3 or more) does not assume independence",
      all->lag1, all->threshold(), effective_count(100, all->lag1)));
}

struct IntervalMembers {
  RunRecord::Number RunRecord::*low;
  RunRecord::Number RunRecord::*high;
};

void add_interval(const std::vector<double>& of_launches, const IntervalMembers& members, RunRecord& record) {
  const auto interval = launch_interval(of_launches);
  if (!interval) return;
  record.*members.low = interval->low;
  record.*members.high = interval->high;
}

}  // namespace

void add_spread(const std::vector<Launch>& launches, RunRecord& record) {
  std::vector<double> means_ms, throughputs_sps;
  for (const Launch& launch : launches) {
    if (launch.latencies.count() > 0) means_ms.push_back(launch.latencies.mean_ns() * 1e-6);
    if (launch.record.samples && launch.record.window_s.value_or(0) > 0)
      throughputs_sps.push_back(static_cast<double>(*launch.record.samples) / *launch.record.window_s);
  }
  add_interval(means_ms, {&RunRecord::latency_mean_low_ms, &RunRecord::latency_mean_high_ms}, record);
  add_interval(throughputs_sps, {&RunRecord::throughput_low_sps, &RunRecord::throughput_high_sps}, record);
  if (means_ms.size() >= kFewestLaunches) record.latency_launch_sd_ms = standard_deviation(means_ms);
  add_correlation(launches, record);
}

}  // namespace eb
