#pragma once
// Which nodes ride in the epilogue of a convolution or matrix product: a bias, a residual, an activation; and
// which quantized ones are computed in whole numbers. Pure.
#include <optional>
#include <vector>

#include "backends/gpu/graph.h"
#include "backends/gpu/quantized.h"

namespace eb::gpu {

enum class Activation : std::uint8_t {
  none,
  clamp,       // to [a, b]; either may be infinite
  leaky_relu,  // a: slope
  sigmoid,
  tanh,
  hard_sigmoid,  // a: alpha, b: beta
  hard_swish,
  silu,  // x * sigmoid(x)
};

struct Epilogue {
  ValueId bias = kNoValue;      // constant, one an output channel; beside the operator's own
  ValueId residual = kNoValue;  // of the output's shape, added before the activation
  Activation activation = Activation::none;
  float a = 0, b = 0;
  ValueId output = kNoValue;  // what the last fused node writes
};

// One entry a node of the graph that has work to do (fold.h), in the order in which they are to be emitted:
// the order of the graph, but a node that takes others into its epilogue stands where the last of them stood.
struct FusedNode {
  int node = 0;
  Epilogue epilogue{};
  // To be computed in whole numbers. The nodes around it that make and take reals are not emitted for it; of
  // the epilogue it has a clamp, in reals, at most.
  std::optional<Quantized> quantized{};
};
enum class Arithmetic : std::uint8_t { reals, whole_numbers };  // what a quantized graph is computed in
std::vector<FusedNode> fuse(const Graph& graph, Arithmetic arithmetic = Arithmetic::reals);

}  // namespace eb::gpu
