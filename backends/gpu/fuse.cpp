#include "backends/gpu/fuse.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace eb::gpu {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

bool is_real(const Value& value) {
  return value.type == Type::f32 || value.type == Type::f16;
}

// The axis of a value along which a convolution or matrix product has its channels.
std::size_t channel_axis(const Node& node, const Value& output) {
  return node.op_type.starts_with("Conv") ? 1 : output.rank() - 1;
}

class Fuser {
 public:
  Fuser(const Graph& graph, Arithmetic arithmetic)
      : graph_(graph),
        arithmetic_(arithmetic),
        producers_(producers_of(graph)),
        consumers_(graph.values.size()),
        served_(graph.values.size()),
        taken_(graph.nodes.size(), false) {
    for (std::size_t i = 0; i < graph.nodes.size(); ++i)
      for (const ValueId id : graph.nodes[i].inputs)
        if (id != kNoValue) consumers_[static_cast<std::size_t>(id)].push_back(static_cast<int>(i));
    for (const ValueId id : graph.outputs) consumers_[static_cast<std::size_t>(id)].push_back(-1);
  }

  std::vector<FusedNode> fuse() {
    std::vector<std::pair<int, FusedNode>> placed;  // by the position at which it is emitted
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      if (taken_[i] || is_folded(graph_.nodes[i])) continue;
      const int index = static_cast<int>(i);
      FusedNode fused{index, {}};
      fused.epilogue.output = graph_.nodes[i].output(0);
      int last = index;
      if (!take_quantized(fused, last) && has_epilogue(graph_.nodes[i])) last = extend(fused, index);
      placed.emplace_back(last, fused);
    }
    std::erase_if(placed, [&](const auto& one) { return is_served(node(one.second.node)); });
    std::stable_sort(placed.begin(), placed.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<FusedNode> order;
    order.reserve(placed.size());
    for (auto& [position, fused] : placed) order.push_back(fused);
    return order;
  }

 private:
  static bool has_epilogue(const Node& node) {
    return node.domain.empty() && (node.op_type == "Conv" || node.op_type == "ConvTranspose" ||
                                   node.op_type == "Gemm" || node.op_type == "MatMul");
  }

  bool is_folded(const Node& node) const {
    return std::all_of(node.outputs.begin(), node.outputs.end(),
                       [&](ValueId id) { return id == kNoValue || graph_.value(id).is_constant(); });
  }

  const Node& node(int index) const { return graph_.nodes[static_cast<std::size_t>(index)]; }
  const std::vector<int>& consumers(ValueId id) const { return consumers_[static_cast<std::size_t>(id)]; }

  // A DequantizeLinear whose readers all take its input.
  bool is_served(const Node& node) const {
    if (node.op_type != "DequantizeLinear") return false;
    const auto output = static_cast<std::size_t>(node.outputs[0]);
    return served_[output] > 0 && served_[output] == consumers_[output].size();
  }

  // Between quantized inputs and a QuantizeLinear, with at most a clamp before it.
  bool take_quantized(FusedNode& fused, int& last) {
    if (arithmetic_ == Arithmetic::reals) return false;
    const Node& first = node(fused.node);
    auto quantized = quantized_inputs(graph_, producers_, first);
    if (!quantized) return false;
    Epilogue clamp = fused.epilogue;
    auto next = only_consumer(clamp.output);
    const bool has_clamp = next && fuse_activation(clamp, *next) && clamp.activation == Activation::clamp;
    const int activation = has_clamp ? *next : -1;
    if (has_clamp) next = only_consumer(node(activation).output(0));
    const bool ends = next && node(*next).op_type == "QuantizeLinear";
    const auto y_steps = ends ? steps_of(graph_, node(*next)) : std::nullopt;
    if (!y_steps) return false;
    quantized->y_steps = *y_steps;
    fused.epilogue = has_clamp ? clamp : fused.epilogue;
    if (has_clamp) take(fused.epilogue, activation, last);
    take(fused.epilogue, *next, last);
    fused.quantized = std::move(quantized);
    for (std::size_t i = 0; i < 2; ++i) ++served_[static_cast<std::size_t>(first.inputs[i])];
    return true;
  }

  // The only reader of a value; nothing if there are several, or if the world outside reads it.
  std::optional<int> only_consumer(ValueId id) const {
    const auto& all = consumers(id);
    if (all.size() != 1 || all[0] < 0 || taken_[static_cast<std::size_t>(all[0])]) return {};
    return all[0];
  }

  void take(Epilogue& epilogue, int index, int& last) {
    taken_[static_cast<std::size_t>(index)] = true;
    epilogue.output = node(index).output(0);
    last = std::max(last, index);
  }

  int extend(FusedNode& fused, int index) {
    int last = index;
    Epilogue& epilogue = fused.epilogue;
    if (!is_real(graph_.value(epilogue.output))) return last;
    while (const auto next = only_consumer(epilogue.output)) {
      if (!fuse_sum(fused, *next)) break;
      take(epilogue, *next, last);
    }
    if (const auto next = only_consumer(epilogue.output)) {
      if (fuse_activation(epilogue, *next)) take(epilogue, *next, last);
    } else {
      fuse_gate(epilogue, last);
    }
    return last;
  }

  bool fuse_sum(FusedNode& fused, int index) const {
    const Node& add = node(index);
    Epilogue& epilogue = fused.epilogue;
    if (add.op_type != "Add" || !add.domain.empty() || add.inputs.size() != 2) return false;
    const ValueId other = add.inputs[0] == epilogue.output ? add.inputs[1] : add.inputs[0];
    if (other == epilogue.output || epilogue.residual != kNoValue) return false;
    const Value& output = graph_.value(epilogue.output);
    if (graph_.value(add.output(0)).shape != output.shape) return false;
    const ValueId own_bias = node(fused.node).input(2);
    const bool is_gemm = node(fused.node).op_type == "Gemm";
    const bool takes_bias = own_bias == kNoValue || (!is_gemm && graph_.value(own_bias).is_constant());
    if (takes_bias && is_bias(graph_.value(other), output, channel_axis(node(fused.node), output)) &&
        epilogue.bias == kNoValue) {
      epilogue.bias = other;
      return true;
    }
    if (graph_.value(other).is_constant() || graph_.value(other).shape != output.shape) return false;
    if (node(fused.node).integer("group", 1) != 1) return false;  // the depthwise kernel adds no residual
    epilogue.residual = other;
    return true;
  }

  // One number a channel: every other dimension is 1.
  static bool is_bias(const Value& value, const Value& output, std::size_t axis) {
    if (!value.is_constant() || value.rank() > output.rank()) return false;
    const std::size_t lead = output.rank() - value.rank();
    for (std::size_t i = 0; i < value.rank(); ++i)
      if (value.shape[i] != (lead + i == axis ? output.shape[axis] : 1)) return false;
    return axis >= lead;
  }

  bool fuse_activation(Epilogue& epilogue, int index) const {
    const Node& next = node(index);
    if (!next.domain.empty()) return false;
    const std::string& op = next.op_type;
    if (op == "Relu") {
      set(epilogue, Activation::clamp, 0, kInfinity);
    } else if (op == "Clip") {
      return fuse_clip(epilogue, next);
    } else if (op == "LeakyRelu") {
      set(epilogue, Activation::leaky_relu, next.real("alpha", 0.01f), 0);
    } else if (op == "Sigmoid") {
      set(epilogue, Activation::sigmoid, 0, 0);
    } else if (op == "Tanh") {
      set(epilogue, Activation::tanh, 0, 0);
    } else if (op == "HardSigmoid") {
      set(epilogue, Activation::hard_sigmoid, next.real("alpha", 0.2f), next.real("beta", 0.5f));
    } else if (op == "HardSwish") {
      set(epilogue, Activation::hard_swish, 0, 0);
    } else {
      return false;
    }
    return true;
  }

  bool fuse_clip(Epilogue& epilogue, const Node& clip) const {
    float low = clip.real("min", -kInfinity), high = clip.real("max", kInfinity);
    for (std::size_t i = 1; i <= 2; ++i) {
      const ValueId id = clip.input(i);
      if (id == kNoValue) continue;
      const auto bound = graph_.constant_reals(id);
      if (bound.size() != 1) return false;
      (i == 1 ? low : high) = bound[0];
    }
    set(epilogue, Activation::clamp, low, high);
    return true;
  }

  // x * sigmoid(x), and x * hard_sigmoid(x) with the slope and offset of hard_swish: two readers of x, one of
  // the gate.
  void fuse_gate(Epilogue& epilogue, int& last) {
    const auto readers = consumers(epilogue.output);
    if (readers.size() != 2 || readers[0] < 0 || readers[1] < 0) return;
    for (const auto& [gate, product] :
         {std::pair(readers[0], readers[1]), std::pair(readers[1], readers[0])}) {
      const Node& mul = node(product);
      if (mul.op_type != "Mul" || !mul.domain.empty() || only_consumer(node(gate).output(0)) != product)
        continue;
      if (taken_[static_cast<std::size_t>(gate)] || taken_[static_cast<std::size_t>(product)]) continue;
      Epilogue gated = epilogue;
      if (!fuse_activation(gated, gate)) continue;
      constexpr float kSixth = 1.0f / 6.0f;
      if (gated.activation == Activation::sigmoid) {
        set(epilogue, Activation::silu, 0, 0);
      } else if (gated.activation == Activation::hard_sigmoid && std::abs(gated.a - kSixth) < 1e-6f &&
                 gated.b == 0.5f) {
        set(epilogue, Activation::hard_swish, 0, 0);
      } else {
        continue;
      }
      take(epilogue, gate, last);
      take(epilogue, product, last);
      return;
    }
  }

  static void set(Epilogue& epilogue, Activation activation, float a, float b) {
    epilogue.activation = activation;
    epilogue.a = a;
    epilogue.b = b;
  }

  const Graph& graph_;
  Arithmetic arithmetic_;
  std::vector<const Node*> producers_;       // of each value
  std::vector<std::vector<int>> consumers_;  // of each value; -1: the world outside
  std::vector<std::size_t> served_;          // of each value: consumers that take what it was made of instead
  std::vector<bool> taken_;
};

}  // namespace

std::vector<FusedNode> fuse(const Graph& graph, Arithmetic arithmetic) {
  return Fuser(graph, arithmetic).fuse();
}

}  // namespace eb::gpu
