#pragma once
// Percentiles of latencies: the point, and the upper bound that holds at a stated confidence.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace eb {

inline constexpr double kConfidence = 0.99;

// Index of the point percentile in ascending order, 0-based: floor(n * p), as LoadGen takes it. n > 0, 0 <= p
// <= 1.
std::size_t percentile_index(std::size_t n, double p);

// The upper one of two middles. Not of nothing.
double median_ns(std::span<const std::int64_t> latencies_ns);

// The smallest h such that at most `over` of h + over latencies exceed the p-quantile with probability at
// most 1 - confidence: the least h with I_p(h, over + 1) <= 1 - confidence (regularised incomplete beta
// function).
std::uint64_t required_under(std::uint64_t over, double p, double confidence = kConfidence);

// Index in ascending order, 0-based, of an upper bound of the p-quantile at that confidence, for n
// independent latencies: n - t with the largest t such that required_under(t) + t <= n. Absent when n is too
// small (t < 1). Formula and test vectors: MLPerf LoadGen's early stopping, with the exact binomial sum in
// its place.
std::optional<std::size_t> bound_index(std::size_t n, double p, double confidence = kConfidence);

}  // namespace eb
