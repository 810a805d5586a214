#pragma once
// How long a kernel's loops can get. Mesa's driver for processors (llvmpipe) ends the loops of a work-item
// after 65,535 rounds in all, and says nothing: a longer sum would be wrong. On a GPU such an item is too
// long, too: drivers end it.
#include <cstdint>

#include "backends/gpu/graph.h"

namespace eb::gpu {

inline constexpr std::int64_t kMaxRounds = 60'000;

// Rounds of the longest item of the node's kernels, at most; 1 where they do not grow with the shapes.
std::int64_t loop_rounds(const Graph& graph, const Node& node);

}  // namespace eb::gpu
