#include "backends/gpu/fold.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <string_view>

namespace eb::gpu {
namespace {

using Bytes = std::vector<std::byte>;

Bytes bytes_of(const std::vector<float>& reals) {
  Bytes bytes(reals.size() * sizeof(float));
  if (!reals.empty()) std::memcpy(bytes.data(), reals.data(), bytes.size());
  return bytes;
}

// How many elements of `shape` lie behind one another for each step along `axis`.
std::int64_t stride_of(const Shape& shape, std::size_t axis) {
  std::int64_t stride = 1;
  for (std::size_t i = axis + 1; i < shape.size(); ++i) stride *= shape[i];
  return stride;
}

std::optional<Bytes> dequantized(const Graph& graph, const Node& node) {
  const Value& x = graph.value(node.inputs[0]);
  if (graph.value(node.outputs[0]).type != Type::f32 || node.integer("block_size", 0) != 0) return {};
  const std::vector<float> scales = graph.constant_reals(node.input(1));
  const std::vector<std::int64_t> zeros = graph.constant_integers(node.input(2));
  const int axis = scales.size() == 1 ? 0 : normal_axis(node.integer("axis", 1), x.rank());
  const auto at_axis = static_cast<std::size_t>(axis);
  const std::int64_t count = static_cast<std::int64_t>(scales.size());
  const bool fits = count == 1 || (axis >= 0 && x.shape[at_axis] == count);
  if (!fits || (!zeros.empty() && zeros.size() != scales.size())) return {};
  const std::int64_t stride = stride_of(x.shape, at_axis);
  const std::vector<std::int64_t> steps = graph.constant_integers(node.inputs[0]);
  std::vector<float> reals(steps.size());
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const auto channel = static_cast<std::size_t>(static_cast<std::int64_t>(i) / stride % count);
    reals[i] = static_cast<float>(steps[i] - (zeros.empty() ? 0 : zeros[channel])) * scales[channel];
  }
  return bytes_of(reals);
}

std::optional<Bytes> cast(const Graph& graph, const Node& node) {
  if (graph.value(node.outputs[0]).type != Type::f32) return {};
  return bytes_of(graph.constant_reals(node.inputs[0]));
}

std::optional<Bytes> transposed(const Graph& graph, const Node& node) {
  const Value& x = graph.value(node.inputs[0]);
  const Shape& shape = graph.value(node.outputs[0]).shape;
  std::vector<std::int64_t> order = node.integers("perm");
  if (order.empty())
    for (std::size_t i = x.rank(); i-- > 0;) order.push_back(static_cast<std::int64_t>(i));
  if (order.size() != x.rank() || shape.size() != x.rank()) return {};
  std::vector<std::int64_t> strides;  // in x, by axis of the output
  for (std::size_t i = 0; i < order.size(); ++i) {
    const int axis = normal_axis(order[i], x.rank());
    if (axis < 0 || x.shape[static_cast<std::size_t>(axis)] != shape[i]) return {};
    strides.push_back(stride_of(x.shape, static_cast<std::size_t>(axis)));
  }
  const std::size_t bytes = type_bytes(x.type);
  Bytes made(x.constant->size());
  for (std::int64_t i = 0; i < elements(shape); ++i) {
    std::int64_t rest = i, from = 0;
    for (std::size_t axis = shape.size(); axis-- > 0;) {
      from += rest % shape[axis] * strides[axis];
      rest /= shape[axis];
    }
    std::memcpy(made.data() + static_cast<std::size_t>(i) * bytes,
                x.constant->data() + static_cast<std::size_t>(from) * bytes, bytes);
  }
  return made;
}

std::optional<Bytes> copied(const Graph& graph, const Node& node) {
  const auto bytes = *graph.value(node.inputs[0]).constant;
  return Bytes(bytes.begin(), bytes.end());
}

struct Fold {
  std::string_view op_type;
  // Nothing where it is not for the host. Every input is a constant.
  std::optional<Bytes> (*compute)(const Graph& graph, const Node& node);
};
constexpr std::array kFolds = {
    Fold{"DequantizeLinear", dequantized},
    Fold{"Cast", cast},
    Fold{"Transpose", transposed},
    Fold{"Reshape", copied},
    Fold{"Squeeze", copied},
    Fold{"Unsqueeze", copied},
    Fold{"Flatten", copied},
    Fold{"Identity", copied},
};

const Fold* fold_of(const Graph& graph, const Node& node) {
  const bool ours = node.domain.empty() || node.domain == "ai.onnx" ||
                    (node.domain == "com.microsoft" && node.op_type == "DequantizeLinear");
  const auto is_constant = [&](ValueId id) { return id == kNoValue || graph.value(id).is_constant(); };
  if (!ours || node.input(0) == kNoValue || node.output(0) == kNoValue || node.outputs.size() != 1 ||
      !std::all_of(node.inputs.begin(), node.inputs.end(), is_constant))
    return nullptr;
  const auto* const found = std::find_if(kFolds.begin(), kFolds.end(),
                                         [&](const Fold& fold) { return fold.op_type == node.op_type; });
  return found == kFolds.end() ? nullptr : found;
}

}  // namespace

FoldedBytes fold_constants(Graph& graph) {
  FoldedBytes folded;
  for (const Node& node : graph.nodes) {
    const Fold* const fold = fold_of(graph, node);
    if (!fold) continue;
    Value& made = graph.values[static_cast<std::size_t>(node.outputs[0])];
    auto bytes = fold->compute(graph, node);
    const auto wanted = static_cast<std::size_t>(elements(made.shape)) * type_bytes(made.type);
    if (!bytes || bytes->size() != wanted) continue;
    folded.push_back(*std::move(bytes));
    made.constant = std::span<const std::byte>(folded.back());
  }
  return folded;
}

}  // namespace eb::gpu
