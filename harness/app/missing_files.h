#pragma once
#include <vector>

#include "harness/app/commands.h"
#include "harness/app/progress.h"
#include "harness/run/plan.h"

namespace eb {

// Loads what the manifests of these workloads name by URL and is not here yet. What cannot be loaded is said
// on standard error; its cells are `unavailable` then.
void load_missing_files(const RunCommand& command, const std::vector<PlannedWorkload>& workloads,
                        ProgressLine& line);

}  // namespace eb
