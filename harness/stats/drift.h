#pragma once
// What changed for good while a window lasted: pure functions of what was seen in it, in order.
#include <cstdint>
#include <optional>
#include <span>

namespace eb {

struct Slowdown {
  double first_p50_ns = 0, last_p50_ns = 0;  // before and after the change
};

// Whether a window has a first part in which runs were faster than in all of the rest, by a tenth or more. Of
// 16 blocks of queries, each one of the rest has a slower median than each one of the first part, and a
// slower one by a twentieth than three quarters of those; both parts have three blocks or more. Blocks in
// any order would pass in 1 of 180 windows. So a machine that is now fast and now slow has no slowdown.
// Nothing for fewer than 64 queries.
std::optional<Slowdown> find_slowdown(std::span<const std::int64_t> latencies_ns);

// Whether a quantity that was looked at in even intervals grew steadily: in each quarter of the time by at
// least half of a quarter of all that it grew. False for fewer than 5 looks.
bool is_steady_growth(std::span<const double> looks);

}  // namespace eb
