#include "harness/run/warm_up.h"

#include <algorithm>

#include "harness/stats/stationary.h"

namespace eb {
namespace {

constexpr std::size_t kFirstLook = 24;  // runs; then at half as many again, and so on

}  // namespace

std::int64_t longest_warm_up_ns(double share_s) {
  const double half_ns = 0.5e9 * share_s;
  if (half_ns >= static_cast<double>(kLongestWarmUpNs)) return kLongestWarmUpNs;
  return std::max(static_cast<std::int64_t>(half_ns), kShortestWarmUpNs);
}

Result<WarmUp> warm_up(Session& session, LoadedLane& loaded, Clock& clock, std::int64_t longest_ns,
                       Pulse pulse) {
  WarmUp warm;
  const std::int64_t begin_ns = clock.now_ns();
  std::size_t look_at = kFirstLook;
  for (std::size_t slot = 0;; slot = (slot + 1) % loaded.lane.slots()) {
    if (loaded.starts_stream[slot]) loaded.lane.start_stream();
    const std::int64_t start_ns = clock.now_ns();
    EB_OK(session.run(loaded.lane.binding(slot)));
    const std::int64_t end_ns = clock.now_ns();
    loaded.lane.finish_run();
    pulse.beat(end_ns);
    warm.latencies_ns.push_back(end_ns - start_ns);
    warm.duration_ns = end_ns - begin_ns;
    if (warm.duration_ns >= kLongestWarmUpNs) return warm;
    if (warm.latencies_ns.size() < kFirstLook || warm.duration_ns < kShortestWarmUpNs) continue;
    if (warm.duration_ns >= longest_ns) return warm;
    if (warm.latencies_ns.size() < look_at) continue;
    if (is_stationary(warm.latencies_ns)) return warm;
    look_at = warm.latencies_ns.size() * 3 / 2;
  }
}

std::int64_t slowest_warm_ns(const WarmUp& warm) {
  const auto& all = warm.latencies_ns;
  return *std::max_element(all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2), all.end());
}

}  // namespace eb
