#include "harness/run/launch_spread.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/stats/dependence.h"
#include "harness/stats/interval.h"

namespace eb {
namespace {

// Two values have one degree of freedom: an interval of 64 standard errors to each side says nothing.
constexpr std::size_t kFewestLaunches = 3;
// Of more latencies, evenly spaced ranks: a median of so many is off by less than a ten-thousandth of them.
constexpr std::size_t kMostRanks = 20'000;
// What a window of a hundred thousand queries can prove to be there may be too little to matter: here the
// queries are worth a fifth less.
constexpr double kLeastHarmfulCorrelation = 0.1;

double deviation_ns(const LatencyLog& all) {
  const auto count = static_cast<std::size_t>(all.count());
  const std::size_t taken = std::min(count, kMostRanks);
  std::vector<std::size_t> ranks;
  ranks.reserve(taken);
  for (std::size_t i = 0; i < taken; ++i) ranks.push_back((2 * i + 1) * count / (2 * taken));
  return median_absolute_deviation(all.at_indices_ns(ranks));
}

// Of each launch by itself: between launches nothing follows anything. Of a log that is too long to be kept
// whole, its first part.
void add_correlation(const std::vector<Launch>& launches, RunRecord& record) {
  std::vector<Series> series;
  for (const Launch& launch : launches) {
    const auto latencies = launch.latencies.first_ns();
    if (const auto correlation = serial_correlation(latencies))
      series.push_back({*correlation, static_cast<double>(latencies.size())});
  }
  if (series.empty()) return;
  const SerialCorrelation all = pooled(series);
  record.latency_autocorrelation = all.lag1;
  if (!all.rejects_independence() || all.lag1 < kLeastHarmfulCorrelation) return;
  record.warnings.push_back(fmt::format(
      "consecutive latencies are correlated ({:.2f}; independent ones stay below {:.2f}): queries tell about "
      "as much as {:.0f} % as many independent ones, so the bounds of percentiles hold less often than their "
      "99 % confidence says; the interval of the mean (--launches 3 or more) does not assume independence",
      all.lag1, all.threshold(), effective_count(100, all.lag1)));
}

struct IntervalMembers {
  RunRecord::Number RunRecord::*low;
  RunRecord::Number RunRecord::*high;
};

void add_interval(const std::vector<double>& of_launches, const IntervalMembers& members, RunRecord& record) {
  if (of_launches.size() < kFewestLaunches) return;
  const Interval interval = *mean_interval(of_launches);
  record.*members.low = std::max(0.0, interval.low);  // times and rates are not negative
  record.*members.high = interval.high;
}

}  // namespace

void add_spread(const std::vector<Launch>& launches, const LatencyLog& all, RunRecord& record) {
  std::vector<double> means_ms, throughputs_sps;
  for (const Launch& launch : launches) {
    if (launch.latencies.count() > 0) means_ms.push_back(launch.latencies.mean_ns() * 1e-6);
    if (launch.record.samples && launch.record.window_s.value_or(0) > 0)
      throughputs_sps.push_back(static_cast<double>(*launch.record.samples) / *launch.record.window_s);
  }
  add_interval(means_ms, {&RunRecord::latency_mean_low_ms, &RunRecord::latency_mean_high_ms}, record);
  add_interval(throughputs_sps, {&RunRecord::throughput_low_sps, &RunRecord::throughput_high_sps}, record);
  if (means_ms.size() >= kFewestLaunches) record.latency_launch_sd_ms = standard_deviation(means_ms);
  if (all.count() == 0) return;
  record.latency_mad_ms = deviation_ns(all) * 1e-6;
  add_correlation(launches, record);
}

}  // namespace eb
