#pragma once
// Which of two ways to run is faster, on a machine whose speed changes by the second: they take turns of a
// few runs each, and only neighbouring turns are compared.
#include <cstddef>
#include <cstdint>
#include <functional>

#include "harness/base/result.h"

namespace eb {

// Prepares a run, does it, and gives the nanoseconds of the run alone. `turn` counts from 0; `run` within the
// turn.
using TimedRun = std::function<Result<std::int64_t>(std::size_t turn, std::size_t run)>;

struct RaceRule {
  std::size_t turns = 24;  // of each way, beside a first one that only warms up
  std::size_t fewest_turns = 12;
  std::size_t fewest_runs = 1, most_runs = 16;  // a turn
  std::int64_t turn_ns = 5'000'000;          // as many runs as fit, so that a turn is shorter than a change
  std::int64_t longest_ns = 20'000'000'000;  // then no more turns than the fewest
};

struct RaceResult {
  double ratio = 1;        // time of a run of `suspect` to one of `honest`: the median over pairs of turns
  double ratio_bound = 1;  // which the true median does not exceed, at 99 % confidence
  std::size_t turns = 0;   // pairs that were compared
};

// Who goes first changes with every pair.
Result<RaceResult> race(const TimedRun& suspect, const TimedRun& honest, const RaceRule& rule = {});

}  // namespace eb
