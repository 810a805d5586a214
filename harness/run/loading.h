#pragma once
// Which samples a window runs over, and how many at once: preloaded, so that no window waits for a file.
#include <vector>

#include "harness/base/result.h"
#include "harness/core/backend.h"
#include "harness/core/workload.h"
#include "harness/run/drive.h"

namespace eb {

struct Load {
  std::int64_t batch = 1;  // samples a run
  std::size_t lanes = 1;   // runs at a time
};

// A block is batched where the graph has a batch dimension on every input, else it is run by several threads
// at once.
Load choose_load(const Workload& workload, const Session& session, bool is_block);

// Fills the lanes: the first samples of the workload, as many as fit the memory; streams are dealt out whole.
Result<std::vector<LoadedLane>> load_lanes(const Workload& workload, Session& session, const Load& load);

}  // namespace eb
