#pragma once
// When warming up may end.
#include <cstdint>
#include <span>

namespace eb {

// Whether latencies have settled: the medians of the last two thirds, each a third of `latencies_ns` long,
// differ by at most 3 %. The first third is whatever came before. False for fewer than 24.
bool is_stationary(std::span<const std::int64_t> latencies_ns);

}  // namespace eb
