#include "harness/stats/stationary.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace eb {
namespace {

double median(std::span<const std::int64_t> values) {
  std::vector<std::int64_t> sorted(values.begin(), values.end());
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
  std::nth_element(sorted.begin(), middle, sorted.end());
  return static_cast<double>(*middle);
}

}  // namespace

bool is_stationary(std::span<const std::int64_t> latencies_ns) {
  constexpr std::size_t kLeastThird = 8;  // a median of fewer is mostly noise
  constexpr double kLargestChange =
      0.03;  // well under what warming up costs, well over what a median jitters
  const std::size_t third = latencies_ns.size() / 3;
  if (third < kLeastThird) return false;
  const double before = median(latencies_ns.subspan(latencies_ns.size() - 2 * third, third));
  const double now = median(latencies_ns.last(third));
  return std::abs(now - before) <= kLargestChange * before;
}

}  // namespace eb
