#pragma once
// A Conv or ConvTranspose node with everything resolved, and the ways to compute it. Used by ops/conv*.cpp
// and the tuner only.
#include <vector>

#include "backends/gpu/ops/matrix.h"
#include "backends/gpu/ops/window.h"

namespace eb::gpu {

struct Convolution {
  // weights: [Co][Ci / groups][taps]; transposed: [Ci][Co / groups][taps]
  ValueId x = kNoValue, weights = kNoValue, bias = kNoValue;
  Window window{};
  std::int64_t inputs = 1, outputs = 1, groups = 1;
  std::int64_t blocks = 1;  // groups of the node that are one here, whose weights are block-diagonal

  std::int64_t group_inputs() const { return inputs / groups; }
  std::int64_t group_outputs() const { return outputs / groups; }
};

Convolution convolution_of(const Graph& graph, const Node& node);
ProductShape product_shape_of(const Convolution& conv);

// The operator's own bias and the epilogue's, both constant, one number an output; zeros where there is none.
std::vector<float> constant_bias(Planner& planner, ValueId own, std::int64_t outputs);
// Activation codes and numbers of the epilogue, and where `y` and the residual are: in the layout and store
// given.
void set_epilogue(Planner& planner, Product& product, Layout layout, Store store);

void emit_winograd(Planner& planner, const Convolution& conv, int tile_size, const Tile& tile);
void emit_depthwise(Planner& planner, const Convolution& conv);
Status emit_conv_transpose(Planner& planner, const Node& node);
// Any convolution, from flat tensors; `transposed`: ConvTranspose.
void emit_direct(Planner& planner, const Convolution& conv, bool transposed);

}  // namespace eb::gpu
