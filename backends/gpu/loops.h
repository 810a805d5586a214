#pragma once
// How long a kernel's loops can get. Mesa's driver for processors (llvmpipe) ends the loops of a work-item
// after 65,535 rounds in all, and says nothing: a longer sum would be wrong. On a GPU such an item is too
// long, too: drivers end it. So long sums are cut: into parts (ops/reduce.h), over the items of a group
// (ops/runs.h), or into products that are added (ops/matrix.h).
#include <cstdint>

#include "backends/gpu/graph.h"

namespace eb::gpu {

inline constexpr std::int64_t kMaxRounds = 60'000;

// Rounds that the kernels along runs take for one: maximum, sum and result; or mean, deviation and result.
inline constexpr std::int64_t rounds_of_run(std::int64_t channels, std::int64_t vector_floats) {
  constexpr std::int64_t kPasses = 3;
  return kPasses * ((channels + vector_floats - 1) / vector_floats);
}
// Items that share a run which is too long for one.
inline constexpr std::int64_t kItemsOfLongRun = 256;

// Rounds of the longest item of the node's kernels, at most, where they cannot be cut; 1 where they can, or
// do not grow with the shapes.
std::int64_t loop_rounds(const Graph& graph, const Node& node);

}  // namespace eb::gpu
