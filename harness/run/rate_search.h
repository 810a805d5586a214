#pragma once
// The highest rate of queries at which a percentile of their latencies stays below a target. Pure but for the
// windows that it asks for.
#include <cstdint>
#include <functional>
#include <optional>

#include "harness/base/result.h"
#include "harness/core/scenario.h"
#include "harness/run/drive.h"

namespace eb {

struct RateGoal {
  std::int64_t target_ns = 0;
  double percentile = kTargetPercentile;
};

// Whether a window shows that the goal is held: by the bound at 99 % confidence, or by the point where there
// are too few queries for a bound.
bool is_held(const RateGoal& goal, const LatencyLog& latencies);

// What a search tries.
struct RateTry {
  double rate_qps = 0;
  WindowRule rule{};
  Patience patience{};
  bool is_final = false;  // its window is kept if it holds the goal
};
using TryRate = std::function<Result<Window>(const RateTry&)>;

struct FoundRate {
  Window window{};
  double rate_qps = 0;
  std::optional<double> failed_qps{};  // the lowest rate above it that was tried and did not hold the goal
};

// Short windows, in sum about as long as `rule` asks for, find the rate to some percent: a bracket from
// `guess_qps`, then bisection until both ends are within 2 %. Their share of queries above the target must be
// that which the last window can prove to be low enough. Where a short window would have fewer than 100
// queries it could not tell, and the guess stands: it should be a good one. The last window is as `rule` says
// and must hold the goal; else a lower rate has its turn, a few times. `device` where no rate was found.
// `last_rule`, where there is one, is asked before each such window and is heeded instead of `rule`: it knows
// how much time is left.
Result<FoundRate> find_highest_rate(const RateGoal& goal, double guess_qps, const WindowRule& rule,
                                    const TryRate& try_rate,
                                    const std::function<WindowRule()>& last_rule = {});

}  // namespace eb
