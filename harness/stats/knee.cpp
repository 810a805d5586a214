#include "harness/stats/knee.h"

#include <algorithm>
#include <cmath>

#include "harness/stats/interval.h"

namespace eb {
namespace {

constexpr std::size_t kFewest = 6, kFewestBefore = 1, kFewestAfter = 2;
constexpr std::size_t kFitted = 3;  // a level, and a line's height and slope
constexpr double kLeastSlowdown = 1.05, kDeviations = 4;

double squares_of_level(std::span<const double> values) {
  const double mean = mean_of(values);
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return squares;
}

// Of the best straight line.
double squares_of_line(std::span<const double> values) {
  const auto n = static_cast<double>(values.size());
  const double mean = mean_of(values), middle = (n - 1) / 2;
  double along = 0, across = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double x = static_cast<double>(i) - middle;
    along += x * x;
    across += x * (values[i] - mean);
  }
  return squares_of_level(values) - across * across / along;
}

}  // namespace

std::optional<std::size_t> find_knee(std::span<const double> slowness) {
  const std::size_t n = slowness.size();
  if (n < kFewest || std::any_of(slowness.begin(), slowness.end(), [](double v) { return !(v > 0); }))
    return std::nullopt;
  std::size_t best = 0;
  double least = 0;
  for (std::size_t at = kFewestBefore; at + kFewestAfter <= n; ++at) {
    const double squares = squares_of_level(slowness.first(at)) + squares_of_line(slowness.subspan(at));
    if (best != 0 && squares >= least) continue;
    best = at;
    least = squares;
  }
  const std::size_t last = n / 3;
  const double level = mean_of(slowness.first(best)), end = median_of(slowness.last(last));
  const double deviation = std::sqrt(std::max(0.0, least) / static_cast<double>(n - kFitted));
  const double of_difference =
      deviation * std::sqrt(1 / static_cast<double>(best) + 1 / static_cast<double>(last));
  if (end < kLeastSlowdown * level || end < level + kDeviations * of_difference) return std::nullopt;
  return best;
}

}  // namespace eb
