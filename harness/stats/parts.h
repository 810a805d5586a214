#pragma once
// What the parts of a long window come to: pure functions, of a run when it measures and of whoever checks it
// afterwards.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "harness/stats/latency_log.h"

namespace eb {

// Whether a window is told as a part: a rest that was to be shorter than half of one is not, unless it is the
// first.
bool is_part(std::size_t index, std::int64_t wanted_ns, std::int64_t part_ns);

double part_speed_sps(std::int64_t samples, std::int64_t duration_ns);

struct PartLatencies {
  double p50_ns = 0, p90_ns = 0;
};
// Absent for a block, which has no latencies.
std::optional<PartLatencies> part_latencies(const LatencyLog& log);

// The last third of the parts, against the first of them.
struct SteadyState {
  double retention_percent = 0, throughput_sps = 0;
  std::optional<double> latency_ms{};  // absent for a block
  std::optional<std::size_t> knee{};   // the first part of those that are slower for good
};
// Latency decides; where there is none, throughput. Absent for fewer than three parts, and where the last
// ones took no time.
std::optional<SteadyState> steady_state(std::span<const double> p50_ms,
                                        std::span<const double> throughput_sps);

}  // namespace eb
