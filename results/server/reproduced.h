#pragma once
// When a result counts as reproduced: a run that another key signed has a cell in common (same workload and
// model, precision, device, backend, scenario, tier and threads), both sides state an interval there (so
// three launches or more), and in every such cell the intervals overlap. Then both runs are reproduced. Keys
// cost nothing, so it says that somebody repeated it, not who; `audited` is for that.
#include <string>
#include <vector>

#include "results/store/store.h"

namespace eb::board {

struct SignedRun {
  std::string run_id{}, key_id{};
  const Run& run;
};

// The ids of the unverified runs that `run` and a stored run of another key raise, its own among them; empty
// where it repeats none.
Result<std::vector<std::string>> repeated_runs(Store& store, const SignedRun& run);

// Whether two runs agree as above; false where they have no such cell in common.
bool repeats(const Run& run, const Run& other);

}  // namespace eb::board
