#include "backends/gpu/loops.h"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <string_view>

namespace eb::gpu {
namespace {

// Values of the innermost axis are taken so many at a time, on devices of short vectors.
constexpr std::int64_t kVector = 4;
// Maximum, sum and result; or mean, deviation and result.
constexpr std::int64_t kPasses = 3;

const Shape& input_shape(const Graph& graph, const Node& node) {
  return graph.value(node.input(0)).shape;
}

std::int64_t product(Shape::const_iterator first, Shape::const_iterator last) {
  return std::accumulate(first, last, std::int64_t{1}, [](std::int64_t a, std::int64_t b) { return a * b; });
}

std::int64_t axis_of(const Node& node, const Shape& shape, std::int64_t otherwise) {
  return std::max(normal_axis(node.integer("axis", otherwise), shape.size()), 0);
}

std::int64_t reduction(const Graph& graph, const Node& node) {
  const Shape& shape = input_shape(graph, node);
  auto axes = node.integers("axes");
  if (axes.empty() && node.input(1) != kNoValue) axes = graph.constant_integers(node.input(1));
  std::vector<bool> is_reduced(shape.size(), axes.empty());
  for (const std::int64_t axis : axes)
    if (const int at = normal_axis(axis, shape.size()); at >= 0)
      is_reduced[static_cast<std::size_t>(at)] = true;
  std::int64_t elements = 1;
  for (std::size_t i = 0; i < shape.size(); ++i) elements *= is_reduced[i] ? shape[i] : 1;
  const auto first = std::find(is_reduced.begin(), is_reduced.end(), true);
  const bool is_inner = std::find(first, is_reduced.end(), false) == is_reduced.end();
  const std::int64_t passes = node.op_type == "ReduceLogSumExp" ? 2 : 1;
  return passes * (is_inner ? (elements + kVector - 1) / kVector : elements);
}

std::int64_t along_axis(const Graph& graph, const Node& node) {
  const Shape& shape = input_shape(graph, node);
  if (shape.empty()) return 1;
  const bool is_arg = node.op_type.starts_with("Arg");
  const auto axis = static_cast<std::size_t>(axis_of(node, shape, is_arg ? 0 : -1));
  return (is_arg ? 1 : kPasses) * shape[axis];
}

// Before version 13 all axes from the given one on are one.
std::int64_t softmax(const Graph& graph, const Node& node) {
  const Shape& shape = input_shape(graph, node);
  if (shape.empty()) return 1;
  const bool is_old = node.since_version < 13;
  const std::int64_t axis = axis_of(node, shape, is_old ? 1 : -1);
  const std::int64_t elements =
      is_old ? product(shape.begin() + axis, shape.end()) : shape[static_cast<std::size_t>(axis)];
  const bool is_inner = is_old || static_cast<std::size_t>(axis) + 1 == shape.size();
  return kPasses * (is_inner ? (elements + kVector - 1) / kVector : elements);
}

std::int64_t layer(const Graph& graph, const Node& node) {
  const Shape& shape = input_shape(graph, node);
  return kPasses * product(shape.begin() + axis_of(node, shape, -1), shape.end()) / kVector;
}

std::int64_t instance(const Graph& graph, const Node& node) {
  const Shape& shape = input_shape(graph, node);
  const std::int64_t runs = shape.size() < 2 ? 1 : shape[0] * node.integer("num_groups", shape[1]);
  return kPasses * elements(shape) / std::max<std::int64_t>(runs, 1) / kVector;
}

std::int64_t mean_variance(const Graph& graph, const Node& node) {
  const Shape& shape = input_shape(graph, node);
  return shape.size() < 2 ? elements(shape) : kPasses * elements(shape) / shape[1];
}

std::int64_t running_sum(const Graph& graph, const Node& node) {
  const Shape& shape = input_shape(graph, node);
  const auto axis = graph.constant_integers(node.input(1));
  const int at = axis.empty() ? -1 : normal_axis(axis[0], shape.size());
  return at < 0 ? elements(shape) : shape[static_cast<std::size_t>(at)];
}

// Loops in loops: each round of an outer one counts.
std::int64_t window(const Graph& graph, const Node& node) {
  const Shape& shape = input_shape(graph, node);
  const auto kernel = node.integers("kernel_shape");
  if (!kernel.empty()) return 2 * product(kernel.begin(), kernel.end());
  const std::int64_t pixels = shape.size() < 3 ? 1 : product(shape.begin() + 2, shape.end());
  return pixels + pixels / std::max<std::int64_t>(shape.back(), 1);
}

std::int64_t matrix(const Graph& graph, const Node& node) {
  const Shape& shape = input_shape(graph, node);
  if (shape.empty()) return 1;
  return node.integer("transA", 0) != 0 ? shape.front() : shape.back();
}

std::int64_t convolution(const Graph& graph, const Node& node) {
  const Shape& weights = graph.value(node.input(1)).shape;
  if (weights.size() < 2) return 1;
  const std::int64_t taps = product(weights.begin() + 2, weights.end());
  const std::int64_t channels = node.op_type == "Conv" ? weights[1] : weights[0] / node.integer("group", 1);
  return taps * (channels + 1);
}

struct Row {
  std::string_view op_type;
  std::int64_t (*rounds)(const Graph& graph, const Node& node);
};
constexpr Row kRows[] = {
    {"ArgMax", along_axis},
    {"ArgMin", along_axis},
    {"AveragePool", window},
    {"Conv", convolution},
    {"ConvTranspose", convolution},
    {"CumSum", running_sum},
    {"Gemm", matrix},
    {"GlobalAveragePool", window},
    {"GlobalMaxPool", window},
    {"GroupNormalization", instance},
    {"Hardmax", along_axis},
    {"InstanceNormalization", instance},
    {"LayerNormalization", layer},
    {"LogSoftmax", softmax},
    {"LpNormalization", along_axis},
    {"MatMul", matrix},
    {"MaxPool", window},
    {"MeanVarianceNormalization", mean_variance},
    {"RMSNormalization", layer},
    {"SimplifiedLayerNormalization", layer},
    {"Softmax", softmax},
};

}  // namespace

std::int64_t loop_rounds(const Graph& graph, const Node& node) {
  if (node.op_type.starts_with("Reduce")) return reduction(graph, node);
  const auto* row = std::find_if(std::begin(kRows), std::end(kRows),
                                 [&](const Row& candidate) { return candidate.op_type == node.op_type; });
  return row == std::end(kRows) ? 1 : row->rounds(graph, node);
}

}  // namespace eb::gpu
