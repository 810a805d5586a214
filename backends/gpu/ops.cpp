#include "backends/gpu/ops.h"

#include <array>

#include "backends/gpu/loops.h"

namespace eb::gpu {
namespace {

constexpr std::array kFamilies = {conv_ops,    matmul_ops,    pool_ops,      elementwise_ops, reduce_ops,
                                  softmax_ops, normalize_ops, movement_ops,  window_ops,      join_ops,
                                  gather_ops,  resize_ops,    recurrent_ops, quantize_ops};

Refusal refuse_shape(const Value& value) {
  if (value.rank() > kMaxRank) return "more than 8 dimensions";
  constexpr std::int64_t kMaxElements = std::int64_t{1} << 30;  // 32-bit addresses in the kernels
  std::int64_t product = 1;
  for (const std::int64_t dim : value.shape) {
    if (dim < 0) return "shape is not known";
    // An optional input may be given as an empty constant.
    if (dim == 0) return value.is_constant() ? Refusal() : Refusal("empty tensor");
    if (dim > kMaxElements || (product *= dim) > kMaxElements) return "tensor too large";
  }
  return {};
}

}  // namespace

const OpRow* find_op(const Node& node) {
  const std::string_view domain = node.domain == "ai.onnx" ? std::string_view() : node.domain;
  for (const auto family : kFamilies)
    for (const OpRow& row : family())
      if (row.op_type == node.op_type && row.domain == domain) return &row;
  return nullptr;
}

Refusal refusal(const Graph& graph, const Node& node) {
  const OpRow* row = find_op(node);
  if (!row) return "no such operator";
  for (const auto& ids : {node.inputs, node.outputs})
    for (const ValueId id : ids)
      if (id != kNoValue)
        if (auto reason = refuse_shape(graph.value(id))) return reason;
  if (auto reason = row->refuse(graph, node)) return reason;
  if (loop_rounds(graph, node) > kMaxRounds) return "sums of too many elements";
  return {};
}

}  // namespace eb::gpu
