#pragma once
// Which samples a window runs over, and how many at once: preloaded, so that no window waits for a file.
#include <filesystem>
#include <vector>

#include "harness/base/result.h"
#include "harness/core/backend.h"
#include "harness/core/workload.h"
#include "harness/run/drive.h"

namespace eb {

struct Load {
  std::int64_t batch = 1;   // samples a run
  std::size_t lanes = 1;    // with inputs, outputs and state of their own
  std::size_t threads = 1;  // runs at a time
};

// A block, and the samples of a query of several, are a batch where the graph has a batch dimension on every
// input; else each has a lane and they are run by several threads at once, as far as the session and the
// processor allow. Scheduled queries have `streams` workers, as far as the session allows.
Load choose_load(const Workload& workload, const Session& session, const Scenario& scenario, int streams);

// Fills the lanes: the first samples of the workload, as many as fit the memory; streams are dealt out whole.
Result<std::vector<LoadedLane>> load_lanes(const Workload& workload, Session& session, const Load& load);

// Memory traffic that one sample can't do without: the model's file, which a whole batch shares, the inputs,
// and the outputs of the last run of the lane's first slot, if there was one.
double least_traffic_bytes(const std::filesystem::path& model, Lane& lane, std::int64_t batch);

}  // namespace eb
