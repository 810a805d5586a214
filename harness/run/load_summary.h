#pragma once
// How queries came in all launches of a cell, and whether its latency target was held. Pure.
#include <vector>

#include "harness/core/record.h"
#include "harness/run/summary.h"

namespace eb {

// After the latencies of all launches are in the record. A target that is not shown to be held is a reason
// not to rank.
void add_load(const std::vector<Launch>& launches, RunRecord& record);

}  // namespace eb
