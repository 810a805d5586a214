#pragma once
// The window of a scenario, by whatever drives it; where a rate must be found first, by finding it.
#include <functional>
#include <span>

#include "harness/core/record.h"
#include "harness/core/workload.h"
#include "harness/run/drive.h"
#include "harness/run/job.h"
#include "harness/run/loading.h"

namespace eb {

struct TimedJob {
  const ScenarioJob& wanted;
  Session& session;
  std::span<LoadedLane> lanes;
  const Load& load;
  Clock& clock;
  std::span<const std::int64_t> warm_ns;  // what single runs took, once warm; not empty
  Pulse pulse{};
  // Right before a window that counts, with about how many queries it will have; and right after it. Where a
  // window shows that a rate is too high there is no end, but another beginning.
  std::function<void(std::size_t expected_queries)> on_begin{};
  std::function<void()> on_end{};
  // Of a window at a rate that was looked for, when it is about to begin; empty: as wanted.
  std::function<WindowRule()> last_rule{};
};

// The latency that `server` holds unless told otherwise: how long a sample lasts, where samples follow each
// other in real time, but no more than 100 ms, which is LoadGen's, and about what people take for at once.
double default_latency_target_ms(const WorkloadInfo& info);

// Adds to the record how queries came: rates, target, lag of the generator, with warnings.
Result<Window> time_window(const TimedJob& job, double latency_target_ms, RunRecord& record);

}  // namespace eb
