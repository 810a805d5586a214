#pragma once
// Runs until a session is as fast as it will be.
#include <cstdint>
#include <vector>

#include "harness/base/clock.h"
#include "harness/base/result.h"
#include "harness/run/loading.h"
#include "harness/run/pulse.h"

namespace eb {

struct WarmUp {
  std::vector<std::int64_t> latencies_ns{};  // of each run, in order; not empty
  std::int64_t duration_ns = 0;
};

inline constexpr std::int64_t kLongestWarmUpNs = 5'000'000'000;
inline constexpr std::int64_t kShortestWarmUpNs = 200'000'000;

// How long it may take where `share_s` are left for it and the window after it: half of that at most, so that
// a machine that never settles still gets its window.
std::int64_t longest_warm_up_ns(double share_s);

// Runs the samples of a lane in turn until their latencies are stationary, at most for `longest_ns`; 24 runs
// have the time that they need, up to kLongestWarmUpNs.
Result<WarmUp> warm_up(Session& session, LoadedLane& loaded, Clock& clock, std::int64_t longest_ns,
                       Pulse pulse);

// The longest of the latencies in the second half.
std::int64_t slowest_warm_ns(const WarmUp& warm);

}  // namespace eb
