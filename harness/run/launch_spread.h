#pragma once
// What a cell's latencies say about themselves: whether they are independent, and how well its launches
// agree. Pure.
#include <vector>

#include "harness/core/record.h"
#include "harness/run/summary.h"

namespace eb {

// Adds the serial correlation of latencies with a warning where it spoils the bounds, and for 3 launches or
// more the intervals of mean latency and throughput. What there is too little of, or a block has not, stays
// absent.
void add_spread(const std::vector<Launch>& launches, RunRecord& record);

}  // namespace eb
