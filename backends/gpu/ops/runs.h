#pragma once
// Runs of channels in memory, whole vectors apart: what the kernels that work along a run (softmax_rows,
// norm_rows, reduce_rows) take. They mind the last vector of a run, so that padding may hold anything.
#include <cstdint>
#include <vector>

#include "backends/gpu/plan.h"

namespace eb::gpu {

struct Runs {
  Place place{};
  std::int64_t count = 0, channels = 0, pitch = 0;
};

// Whether a run is short enough for a group of items (loops.h).
bool fits_a_group(const Planner& planner, std::int64_t channels);
Runs runs_of(const Place& rows_or_image);
// A dense [count, channels] as runs: the place itself where channels are whole vectors, else a copy.
Runs runs_of_flat(Planner& planner, const Place& flat, std::int64_t count, std::int64_t channels);
Runs new_runs(Planner& planner, std::int64_t count, std::int64_t channels);
// To write a dense [count, channels]: the place itself, or runs that `finish_flat` copies to it.
Runs new_runs_for_flat(Planner& planner, const Place& flat, std::int64_t count, std::int64_t channels);
void finish_flat(Planner& planner, const Runs& runs, const Place& flat);

Param vector_address(const Planner& planner, const Place& place);
Param vectors_of(const Planner& planner, std::int64_t floats);

// A work-item a run on CPUs, unless it would be a long one (loops.h); a group a run elsewhere: the kernel's
// GROUP. The kernel begins with `across` and `count`, as in call_items, and counts groups if GROUP.
void call_runs(Planner& planner, KernelDesc kernel, std::vector<Place> buffers, std::vector<Param> params,
               const Runs& runs);

}  // namespace eb::gpu
