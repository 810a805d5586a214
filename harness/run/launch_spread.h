#pragma once
// What a cell's latencies say about themselves: how far they spread, whether they are independent, and how
// well its launches agree. Pure.
#include <vector>

#include "harness/core/record.h"
#include "harness/run/summary.h"
#include "harness/stats/latency_log.h"

namespace eb {

// Adds the median absolute deviation of `all` latencies, their serial correlation with a warning where it
// spoils the bounds, and for 3 launches or more the intervals of mean latency and throughput. What there is
// too little of, or a block has not, stays absent.
void add_spread(const std::vector<Launch>& launches, const LatencyLog& all, RunRecord& record);

}  // namespace eb
