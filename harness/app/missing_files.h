#pragma once
#include <string>
#include <vector>

#include "harness/app/commands.h"
#include "harness/app/progress.h"
#include "harness/run/plan.h"

namespace eb {

// Loads what the manifests of these workloads name by URL and is not here yet. What cannot be loaded is said
// on standard error; its cells are `unavailable` then.
void load_missing_files(const RunCommand& command, const std::vector<PlannedWorkload>& workloads,
                        ProgressLine& line);

// "loading own/net: 3.4 of 13.8 MB"; 0 of all where that is not known.
std::string loading_text(const std::string& workload, std::uint64_t done_bytes, std::uint64_t all_bytes);

}  // namespace eb
