#pragma once
// What a queue does to latencies: Poisson arrivals, served in order of arrival. A pure simulation, seeded.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace eb {

struct QueueGoal {
  double p = 0.99;             // of the times from arrival to completion
  std::int64_t target_ns = 0;  // that this quantile may reach
};

// The highest rate, in queries a second, at which `servers` servers keep the goal, if each query takes as
// long as one of `service_ns`, drawn at random. Good for a guess: 20,000 queries are simulated, which leaves
// some percent of error. Absent if no rate keeps it, or without service times.
std::optional<double> predicted_rate_qps(std::span<const std::int64_t> service_ns, std::size_t servers,
                                         const QueueGoal& goal);

}  // namespace eb
