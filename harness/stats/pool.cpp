#include "harness/stats/pool.h"

#include <algorithm>
#include <vector>

#include "harness/stats/interval.h"
#include "harness/stats/latency_summary.h"

namespace eb {

std::optional<double> weighted_mean(std::span<const double> values, std::span<const double> weights) {
  double sum = 0, all = 0;
  for (std::size_t i = 0; i < std::min(values.size(), weights.size()); ++i) {
    sum += values[i] * weights[i];
    all += weights[i];
  }
  return all > 0 ? std::optional(sum / all) : std::nullopt;
}

std::optional<Estimate> pooled_estimate(std::span<const Estimate> launches, std::span<const double> weights) {
  std::vector<double> points, lows, highs;
  for (const Estimate& launch : launches) {
    points.push_back(launch.point);
    if (launch.low) lows.push_back(*launch.low);
    if (launch.high) highs.push_back(*launch.high);
  }
  const auto point = weighted_mean(points, weights);
  if (!point) return std::nullopt;
  std::optional<double> half_width;
  if (lows.size() == points.size() && highs.size() == points.size())
    half_width = (*weighted_mean(highs, weights) - *weighted_mean(lows, weights)) / 2;
  if (points.size() >= kFewestLaunches) {
    const Interval spread = *mean_interval(points);
    half_width = std::max(half_width.value_or(0), (spread.high - spread.low) / 2);
  }
  if (!half_width) return Estimate{*point};
  return Estimate{*point, *point - *half_width, *point + *half_width};
}

}  // namespace eb
