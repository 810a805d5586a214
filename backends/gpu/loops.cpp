#include "backends/gpu/loops.h"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <string_view>

namespace eb::gpu {
namespace {

const Shape& input_shape(const Graph& graph, const Node& node) {
  return graph.value(node.input(0)).shape;
}

std::int64_t product(Shape::const_iterator first, Shape::const_iterator last) {
  return std::accumulate(first, last, std::int64_t{1}, [](std::int64_t a, std::int64_t b) { return a * b; });
}

// Of an item, when a whole group takes the run; the shortest vectors need the most rounds.
std::int64_t of_group(std::int64_t channels) {
  constexpr std::int64_t kShortestVector = 4;
  return rounds_of_run(channels, kShortestVector) / kItemsOfLongRun;
}

std::int64_t layer(const Graph& graph, const Node& node) {
  const Shape& shape = input_shape(graph, node);
  const int axis = std::max(normal_axis(node.integer("axis", -1), shape.size()), 0);
  return of_group(product(shape.begin() + axis, shape.end()));
}

std::int64_t group(const Graph& graph, const Node& node) {
  const Shape& shape = input_shape(graph, node);
  const std::int64_t groups = shape.size() < 2 ? 1 : shape[0] * node.integer("num_groups", shape[1]);
  return of_group(elements(shape) / std::max<std::int64_t>(groups, 1));
}

std::int64_t mean_variance(const Graph& graph, const Node& node) {
  return of_group(elements(input_shape(graph, node)));
}

// Windows are cut by axes; inside and outside the picture are counted, too.
std::int64_t window(const Graph&, const Node& node) {
  const auto kernel = node.integers("kernel_shape");
  return kernel.empty() ? 1 : 2 * *std::max_element(kernel.begin(), kernel.end());
}

// Products are cut anywhere, the other kernels by channels.
std::int64_t convolution(const Graph& graph, const Node& node) {
  const Value& weights = graph.value(node.input(1));
  const bool is_product =
      node.op_type == "Conv" && weights.is_constant() && weights.rank() <= 4 && node.integer("group", 1) == 1;
  if (is_product || weights.rank() < 2) return 1;
  return 2 * product(weights.shape.begin() + 2, weights.shape.end());
}

struct Row {
  std::string_view op_type;
  std::int64_t (*rounds)(const Graph& graph, const Node& node);
};
constexpr Row kRows[] = {
    {"AveragePool", window},
    {"Conv", convolution},
    {"ConvTranspose", convolution},
    {"GroupNormalization", group},
    {"InstanceNormalization", group},
    {"LayerNormalization", layer},
    {"MaxPool", window},
    {"MeanVarianceNormalization", mean_variance},
    {"RMSNormalization", layer},
    {"SimplifiedLayerNormalization", layer},
};

}  // namespace

std::int64_t loop_rounds(const Graph& graph, const Node& node) {
  const auto* row = std::find_if(std::begin(kRows), std::end(kRows),
                                 [&](const Row& candidate) { return candidate.op_type == node.op_type; });
  return row == std::end(kRows) ? 1 : row->rounds(graph, node);
}

}  // namespace eb::gpu
