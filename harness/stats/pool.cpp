#include "harness/stats/pool.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "harness/stats/interval.h"
#include "harness/stats/latency_summary.h"

namespace eb {
namespace {

struct Ends {
  std::vector<double> points{}, lows{}, highs{};
};

Ends ends_of(std::span<const Estimate> launches) {
  Ends ends;
  for (const Estimate& launch : launches) {
    ends.points.push_back(launch.point);
    if (launch.low) ends.lows.push_back(*launch.low);
    if (launch.high) ends.highs.push_back(*launch.high);
  }
  return ends;
}

// The mean one of the launches, where each has one.
std::optional<double> half_width_of(const Ends& ends, std::span<const double> weights) {
  if (ends.lows.size() != ends.points.size() || ends.highs.size() != ends.points.size()) return std::nullopt;
  return (*weighted_mean(ends.highs, weights) - *weighted_mean(ends.lows, weights)) / 2;
}

Estimate estimate_of(double point, const std::optional<double>& half_width) {
  if (!half_width) return {point};
  return {point, point - *half_width, point + *half_width};
}

}  // namespace

std::optional<double> weighted_mean(std::span<const double> values, std::span<const double> weights) {
  double sum = 0, all = 0;
  for (std::size_t i = 0; i < std::min(values.size(), weights.size()); ++i) {
    sum += values[i] * weights[i];
    all += weights[i];
  }
  return all > 0 ? std::optional(sum / all) : std::nullopt;
}

std::optional<Estimate> pooled_estimate(std::span<const Estimate> launches, std::span<const double> weights) {
  const Ends ends = ends_of(launches);
  const auto point = weighted_mean(ends.points, weights);
  if (!point) return std::nullopt;
  auto half_width = half_width_of(ends, weights);
  if (ends.points.size() >= kFewestLaunches) {
    const Interval spread = *mean_interval(ends.points);
    half_width = std::max(half_width.value_or(0), (spread.high - spread.low) / 2);
  }
  return estimate_of(*point, half_width);
}

std::optional<Estimate> mean_estimate(std::span<const Estimate> launches) {
  const std::vector<double> even(launches.size(), 1);
  const Ends ends = ends_of(launches);
  const auto point = weighted_mean(ends.points, even);
  if (!point) return std::nullopt;
  auto half_width = half_width_of(ends, even);
  if (half_width) *half_width /= std::sqrt(static_cast<double>(launches.size()));
  return estimate_of(*point, half_width);
}

}  // namespace eb
