#include "harness/stats/stationary.h"

#include <cmath>

#include "harness/stats/percentile.h"

namespace eb {
bool is_stationary(std::span<const std::int64_t> latencies_ns) {
  constexpr std::size_t kLeastThird = 8;  // a median of fewer is mostly noise
  constexpr double kLargestChange =
      0.03;  // well under what warming up costs, well over what a median jitters
  const std::size_t third = latencies_ns.size() / 3;
  if (third < kLeastThird) return false;
  const double before = median_ns(latencies_ns.subspan(latencies_ns.size() - 2 * third, third));
  const double now = median_ns(latencies_ns.last(third));
  return std::abs(now - before) <= kLargestChange * before;
}

}  // namespace eb
