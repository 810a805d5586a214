#include "harness/stats/parts.h"

#include <algorithm>
#include <array>
#include <vector>

#include "harness/stats/interval.h"
#include "harness/stats/knee.h"
#include "harness/stats/percentile.h"

namespace eb {
namespace {

constexpr std::size_t kFewestJudged = 3;
constexpr double kSteady = 1.0 / 3;  // of the parts, the last ones

std::span<const double> last_third(std::span<const double> parts) {
  const auto count = static_cast<std::size_t>(static_cast<double>(parts.size()) * kSteady);
  return parts.last(std::max<std::size_t>(1, count));
}

}  // namespace

bool is_part(std::size_t index, std::int64_t wanted_ns, std::int64_t part_ns) {
  return index == 0 || 2 * wanted_ns >= part_ns;
}

double part_speed_sps(std::int64_t samples, std::int64_t duration_ns) {
  return static_cast<double>(samples) * 1e9 / static_cast<double>(std::max<std::int64_t>(1, duration_ns));
}

std::optional<PartLatencies> part_latencies(const LatencyLog& log) {
  const auto count = static_cast<std::size_t>(log.count());
  if (count == 0) return std::nullopt;
  const auto values = log.at_indices_ns(
      std::array{percentile_index(count, 0.5), std::min(percentile_index(count, 0.9), count - 1)});
  return PartLatencies{values[0], values[1]};
}

std::optional<SteadyState> steady_state(std::span<const double> p50_ms,
                                        std::span<const double> throughput_sps) {
  std::vector<double> slowness(p50_ms.begin(), p50_ms.end());
  if (slowness.empty())
    for (const double speed : throughput_sps) slowness.push_back(1 / speed);
  if (slowness.size() < kFewestJudged || throughput_sps.empty()) return std::nullopt;
  const double steady = median_of(last_third(slowness));
  if (!(steady > 0)) return std::nullopt;
  SteadyState state{100 * slowness.front() / steady, median_of(last_third(throughput_sps))};
  if (!p50_ms.empty()) state.latency_ms = steady;
  state.knee = find_knee(slowness);
  return state;
}

}  // namespace eb
