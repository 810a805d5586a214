#pragma once
// Computes on the host, once, what depends on constants only: weights that a model keeps quantized,
// transposed or in another type. The runtime leaves a DequantizeLinear of weights in place, for providers
// that want the integers. Pure.
#include <cstddef>
#include <vector>

#include "backends/gpu/graph.h"

namespace eb::gpu {

// The bytes of constants that were not constants before. The graph borrows them; moving them is harmless.
using FoldedBytes = std::vector<std::vector<std::byte>>;

// The outputs of nodes that can be folded become constants. The nodes stay, for who looks for what a constant
// was made of; a plan leaves them out.
[[nodiscard]] FoldedBytes fold_constants(Graph& graph);

}  // namespace eb::gpu
