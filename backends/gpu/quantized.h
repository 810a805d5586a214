#pragma once
// Quantized graphs: operators between DequantizeLinear and QuantizeLinear, which can be computed in whole
// numbers. Pure.
#include <optional>
#include <vector>

#include "backends/gpu/graph.h"

namespace eb::gpu {

// What a whole number stands for: (number - zero) * scale. Numbers are 0 to 255; one of i8 is kept 128
// higher.
struct Steps {
  float scale = 1;
  float zero = 0;
};
// Of a QuantizeLinear or DequantizeLinear between f32 and u8 or i8, if it has one constant scale and zero
// point.
std::optional<Steps> steps_of(const Graph& graph, const Node& node);

// The weights of a Conv, Gemm or MatMul as they were before a DequantizeLinear that was folded (fold.h).
struct QuantizedWeights {
  ValueId numbers = kNoValue;   // constant
  std::int64_t zero = 0;        // of the numbers: for all channels
  std::vector<float> scales{};  // one, or one an output channel
};

// An operator in whole numbers: how its inputs and its output (Epilogue::output) are quantized.
struct Quantized {
  ValueId x = kNoValue, other = kNoValue;  // u8 or i8; `other` is the second summand of an Add
  Steps x_steps{}, other_steps{}, y_steps{};
  QuantizedWeights weights{};
};

// Which node writes each value.
std::vector<const Node*> producers_of(const Graph& graph);

// The node in whole numbers but for y_steps, if its inputs are quantized and it is one that can be: a Conv of
// one group, a Gemm or MatMul whose weights are constant, an Add of two tensors of one shape.
std::optional<Quantized> quantized_inputs(const Graph& graph, const std::vector<const Node*>& producers,
                                          const Node& node);

}  // namespace eb::gpu
