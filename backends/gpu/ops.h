#pragma once
// The operators that the GPU engine has: one row each, in the file of its family. To add one: a row, a kernel
// if none of ours does the work, and a row of tests.
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "backends/gpu/graph.h"
#include "backends/gpu/plan.h"

namespace eb::gpu {

// Why a node cannot run here, in a few words ("int64 arithmetic", "axes are not constant"); nothing where it
// can.
using Refusal = std::optional<std::string>;

struct OpRow {
  std::string_view op_type;
  std::string_view domain;  // "" is ONNX's own
  // Looks at types, shapes, attributes and constants only. All shapes are known, no tensor is empty, ranks
  // are at most kMaxRank: that was checked before.
  Refusal (*refuse)(const Graph& graph, const Node& node);
  // Adds the calls that write the node's outputs.
  Status (*emit)(Planner& planner, const Node& node);
};

inline constexpr std::size_t kMaxRank = 8;

std::span<const OpRow> conv_ops();    // ops/conv.cpp: Conv, ConvTranspose
std::span<const OpRow> matmul_ops();  // ops/matmul.cpp: Gemm, MatMul
std::span<const OpRow> pool_ops();    // ops/pool.cpp: MaxPool, AveragePool, GlobalAveragePool, GlobalMaxPool
std::span<const OpRow> elementwise_ops();  // ops/elementwise.cpp: unary, binary, Where, Cast, activations
std::span<const OpRow> reduce_ops();       // ops/reduce.cpp: Reduce*, ArgMax, ArgMin
std::span<const OpRow> softmax_ops();      // ops/softmax.cpp: Softmax, LogSoftmax, Hardmax, LpNormalization
std::span<const OpRow> normalize_ops();    // ops/normalize.cpp: LayerNormalization, BatchNormalization, ...
std::span<const OpRow> movement_ops();   // ops/movement.cpp: Reshape, Flatten, Squeeze, Unsqueeze, Transpose
std::span<const OpRow> window_ops();     // ops/movement_window.cpp: Slice, Split, Pad
std::span<const OpRow> join_ops();       // ops/movement_join.cpp: Concat, Tile, DepthToSpace, SpaceToDepth
std::span<const OpRow> gather_ops();     // ops/gather.cpp: Gather*, OneHot, Trilu, CumSum
std::span<const OpRow> resize_ops();     // ops/resize.cpp: Resize, Upsample
std::span<const OpRow> recurrent_ops();  // ops/recurrent.cpp: LSTM, GRU
std::span<const OpRow> quantize_ops();   // ops/quantize.cpp: QuantizeLinear, DequantizeLinear

// The row of a node's operator; null if there is none.
const OpRow* find_op(const Node& node);
// Why a node is not for this engine: no such operator, free or empty or too many dimensions, or the row's own
// reason.
Refusal refusal(const Graph& graph, const Node& node);

}  // namespace eb::gpu
