#include "harness/stats/latency_summary.h"

#include <algorithm>

#include "harness/stats/percentile.h"

namespace eb {

LatencyPoints points_of(const LatencyLog& all) {
  const auto n = static_cast<std::size_t>(all.count());
  const std::size_t taken = std::min(n, kMostRanks);
  std::vector<std::size_t> wanted;
  for (const double p : kPercentiles) {
    wanted.push_back(percentile_index(n, p));
    wanted.push_back(bound_index(n, p).value_or(n - 1));
  }
  for (int percent = 0; percent <= 100; ++percent) wanted.push_back(percentile_index(n, percent / 100.0));
  for (std::size_t i = 0; i < taken; ++i) wanted.push_back((2 * i + 1) * n / (2 * taken));
  const std::vector<double> values = all.at_indices_ns(wanted);
  LatencyPoints points;
  points.mean_ns = all.mean_ns();
  std::span<const double> rest = values;
  for (std::size_t i = 0; i < kPercentiles.size(); ++i, rest = rest.subspan(2)) {
    points.point_ns[i] = rest[0];
    if (bound_index(n, kPercentiles[i])) points.bound_ns[i] = rest[1];
  }
  const std::span<const double> quantiles = rest.first(rest.size() - taken);
  points.quantiles_ns.assign(quantiles.begin(), quantiles.end());
  points.deviation_ns = median_absolute_deviation(rest.last(taken));
  return points;
}

std::optional<SerialCorrelation> correlation_of(std::span<const LatencyLog* const> launches) {
  std::vector<Series> series;
  for (const LatencyLog* launch : launches) {
    const auto latencies = launch->first_ns();
    if (const auto correlation = serial_correlation(latencies))
      series.push_back({*correlation, static_cast<double>(latencies.size())});
  }
  if (series.empty()) return std::nullopt;
  return pooled(series);
}

std::optional<Interval> launch_interval(std::span<const double> of_launches) {
  if (of_launches.size() < kFewestLaunches) return std::nullopt;
  const Interval interval = *mean_interval(of_launches);
  return Interval{std::max(0.0, interval.low), interval.high};
}

}  // namespace eb
