#pragma once
// What the latencies of a cell come to: pure functions, of a run when it measures and of whoever checks it
// afterwards.
#include <array>
#include <optional>
#include <span>
#include <vector>

#include "harness/stats/dependence.h"
#include "harness/stats/interval.h"
#include "harness/stats/latency_log.h"

namespace eb {

inline constexpr std::array<double, 4> kPercentiles = {0.50, 0.90, 0.95, 0.99};

struct LatencyPoints {
  double mean_ns = 0;
  std::array<double, 4> point_ns{};                 // of kPercentiles
  std::array<std::optional<double>, 4> bound_ns{};  // upper ones, at kConfidence
  std::vector<double> quantiles_ns{};               // 101: at 0, 1, 2 ... 100 %
  double deviation_ns = 0;                          // median absolute one; see kMostRanks
};
// Of more latencies than this, the deviation is that of evenly spaced ranks, off by less than a
// ten-thousandth of them.
inline constexpr std::size_t kMostRanks = 20'000;
// `all`: not empty.
LatencyPoints points_of(const LatencyLog& all);

// Of each launch by itself, since between launches nothing follows anything; of a log that is too long to be
// kept whole, its first part.
std::optional<SerialCorrelation> correlation_of(std::span<const LatencyLog* const> launches);

// Student's interval over launches of what is never negative; absent for fewer than 3: two values have one
// degree of freedom, and an interval of 64 standard errors to each side says nothing.
inline constexpr std::size_t kFewestLaunches = 3;
std::optional<Interval> launch_interval(std::span<const double> of_launches);

}  // namespace eb
