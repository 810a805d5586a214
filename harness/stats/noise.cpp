#include "harness/stats/noise.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace eb {

std::optional<NoiseFloor> noise_floor(std::span<const double> in_order) {
  constexpr std::size_t kFewestPairs = 3;  // two pairs have one degree of freedom
  const std::size_t pairs = in_order.size() / 2;
  const auto values = in_order.first(2 * pairs);
  const auto is_positive = [](double value) { return value > 0 && std::isfinite(value); };
  if (pairs < kFewestPairs || !std::all_of(values.begin(), values.end(), is_positive)) return std::nullopt;
  std::vector<double> differences;
  for (std::size_t i = 0; i < 2 * pairs; i += 2) {
    const double middle = (values[i] + values[i + 1]) / 2;
    differences.push_back(100 * (values[i + 1] - values[i]) / middle);
  }
  const Interval interval = *mean_interval(differences);
  return NoiseFloor{mean_of(differences), interval, std::max(std::abs(interval.low), std::abs(interval.high)),
                    100 * standard_deviation(values) / mean_of(values)};
}

}  // namespace eb
