#include "backends/gpu/quantized.h"

#include <algorithm>
#include <string_view>

namespace eb::gpu {
namespace {

// Sums of so many products of 8 bits stay below 2^31, bias included.
constexpr std::int64_t kMaxProducts = 65536;
// The page of zeros (plan.h) holds a pixel of so many.
constexpr std::int64_t kMaxChannels = 8192;

bool is(const Node& node, std::string_view op_type) {
  return node.op_type == op_type &&
         (node.domain.empty() || node.domain == "ai.onnx" || node.domain == "com.microsoft");
}

bool is_small(Type type) {
  return type == Type::u8 || type == Type::i8;
}

const Node* dequantize_of(const std::vector<const Node*>& producers, ValueId id) {
  const Node* const producer = id == kNoValue ? nullptr : producers[static_cast<std::size_t>(id)];
  return producer && is(*producer, "DequantizeLinear") ? producer : nullptr;
}

// The input of the DequantizeLinear that writes `id`, given at run time.
bool set_input(const Graph& graph, const std::vector<const Node*>& producers, ValueId id, ValueId& numbers,
               Steps& steps) {
  const Node* const node = dequantize_of(producers, id);
  if (!node || graph.value(node->inputs[0]).is_constant()) return false;
  const auto found = steps_of(graph, *node);
  if (!found) return false;
  numbers = node->inputs[0];
  steps = *found;
  return true;
}

// Zero in the middle of the range, so that numbers are signed 8 bits when it is taken off.
std::optional<QuantizedWeights> weights_of(const Graph& graph, const std::vector<const Node*>& producers,
                                           ValueId id, std::size_t channel_axis) {
  const Node* const node = dequantize_of(producers, id);
  if (!node || !graph.value(node->inputs[0]).is_constant() || node->integer("block_size", 0) != 0) return {};
  const Value& numbers = graph.value(node->inputs[0]);
  if (!is_small(numbers.type)) return {};
  const std::int64_t middle = numbers.type == Type::u8 ? 128 : 0;
  const auto zeros = graph.constant_integers(node->input(2));
  if (zeros.empty() ? middle != 0
                    : std::any_of(zeros.begin(), zeros.end(), [&](auto zero) { return zero != middle; }))
    return {};
  QuantizedWeights weights{node->inputs[0], middle, graph.constant_reals(node->input(1))};
  if (weights.scales.size() == 1) return weights;
  const int axis = normal_axis(node->integer("axis", 1), numbers.rank());
  const bool by_channel = axis >= 0 && static_cast<std::size_t>(axis) == channel_axis &&
                          static_cast<std::int64_t>(weights.scales.size()) == numbers.shape[channel_axis];
  return by_channel ? std::optional(weights) : std::nullopt;
}

bool is_constant_or_absent(const Graph& graph, ValueId id) {
  return id == kNoValue || graph.value(id).is_constant();
}

std::optional<std::size_t> channel_axis_of(const Graph& graph, const Node& node) {
  const Value& weights = graph.value(node.inputs[1]);
  if (node.op_type == "Conv") {
    const bool fits = weights.rank() >= 3 && weights.rank() <= 4 && node.integer("group", 1) == 1 &&
                      is_constant_or_absent(graph, node.input(2)) && weights.shape[1] <= kMaxChannels &&
                      elements(weights.shape) / weights.shape[0] <= kMaxProducts;
    return fits ? std::optional<std::size_t>(0) : std::nullopt;
  }
  if (weights.rank() != 2 || graph.value(node.inputs[0]).rank() < 2) return {};
  const std::size_t channels = node.op_type == "Gemm" && node.integer("transB", 0) != 0 ? 0 : 1;
  if (weights.shape[1 - channels] > kMaxProducts) return {};
  if (node.op_type == "MatMul") return channels;
  const ValueId c = node.input(2);
  const bool bias = c == kNoValue || (graph.value(c).is_constant() &&
                                      elements(graph.value(c).shape) == weights.shape[channels] &&
                                      (graph.value(c).rank() == 1 || graph.value(c).shape[0] == 1));
  const bool plain =
      node.integer("transA", 0) == 0 && node.real("alpha", 1) == 1 && node.real("beta", 1) == 1;
  return bias && plain ? std::optional(channels) : std::nullopt;
}

}  // namespace

std::optional<Steps> steps_of(const Graph& graph, const Node& node) {
  const bool quantizes = is(node, "QuantizeLinear");
  if (!quantizes && !is(node, "DequantizeLinear")) return {};
  const Value& numbers = graph.value(quantizes ? node.outputs[0] : node.inputs[0]);
  const Value& reals = graph.value(quantizes ? node.inputs[0] : node.outputs[0]);
  const auto scale = graph.constant_reals(node.input(1));
  const ValueId zero_id = node.input(2);
  if (!is_small(numbers.type) || reals.type != Type::f32 || scale.size() != 1 || !(scale[0] > 0)) return {};
  const auto zero = graph.constant_reals(zero_id);
  if (zero_id != kNoValue && zero.size() != 1) return {};
  return Steps{scale[0], (zero.empty() ? 0.0f : zero[0]) + (numbers.type == Type::i8 ? 128.0f : 0.0f)};
}

std::vector<const Node*> producers_of(const Graph& graph) {
  std::vector<const Node*> producers(graph.values.size());
  for (const Node& node : graph.nodes)
    for (const ValueId id : node.outputs)
      if (id != kNoValue) producers[static_cast<std::size_t>(id)] = &node;
  return producers;
}

std::optional<Quantized> quantized_inputs(const Graph& graph, const std::vector<const Node*>& producers,
                                          const Node& node) {
  const bool is_sum = node.op_type == "Add";
  const bool is_product = node.op_type == "Conv" || node.op_type == "Gemm" || node.op_type == "MatMul";
  if (!node.domain.empty() || !(is_sum || is_product)) return {};
  Quantized made;
  if (!set_input(graph, producers, node.inputs[0], made.x, made.x_steps)) return {};
  if (is_sum) {
    if (!set_input(graph, producers, node.inputs[1], made.other, made.other_steps) ||
        graph.value(made.x).shape != graph.value(made.other).shape || graph.value(made.x).rank() < 2)
      return {};
    return made;
  }
  const auto channel_axis = channel_axis_of(graph, node);
  const auto weights =
      channel_axis ? weights_of(graph, producers, node.inputs[1], *channel_axis) : std::nullopt;
  if (!weights) return {};
  made.weights = *weights;
  return made;
}

}  // namespace eb::gpu
