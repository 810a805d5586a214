#pragma once
// From the launches of a cell to its record: the statistics, and whether it may be ranked. Pure.
#include <string>
#include <vector>

#include "harness/core/ranking.h"
#include "harness/core/record.h"
#include "harness/core/workload.h"
#include "harness/run/plan.h"
#include "harness/stats/latency_log.h"

namespace eb {

// What one launch of a cell came to: the child's record, and its latencies (none for a block).
struct Launch {
  RunRecord record{};
  LatencyLog latencies{};
};

// One record for all launches. Latencies are pooled; window, queries and samples are sums; start-up times
// medians; memory the highest; power as pool_power has it; parts of a sustained window those of the first
// launch. `open_ms` is of the launches with a cold cache or of the others, whichever are
// more. The first launch that is not ok decides the status.
RunRecord summarize(const std::vector<Launch>& launches, const WorkloadInfo& info, const Tier& tier,
                    const HostVerdict& host);

}  // namespace eb
