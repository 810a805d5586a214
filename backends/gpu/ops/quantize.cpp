// Quantized graphs, computed by dequantizing: small integers are floats on the device, exactly.
#include <array>
#include <vector>

#include "backends/gpu/ops/bytes.h"
#include "backends/gpu/ops/elementwise.h"

namespace eb::gpu {
namespace {

constexpr std::array<std::string_view, 2> kDomains = {"", "com.microsoft"};

bool is_scalar(const Value& value) {
  return elements(value.shape) == 1;
}

// The axis that scales lie along; -1 for one scale.
int axis_of(const Graph& graph, const Node& node) {
  if (is_scalar(graph.value(node.inputs[1]))) return -1;
  return normal_axis(node.integer("axis", 1), graph.value(node.inputs[0]).rank());
}

Refusal refuse_scales(const Graph& graph, const Node& node) {
  if (auto reason = refuse_inputs(node, 0, 2)) return reason;
  const Value& x = graph.value(node.inputs[0]);
  const Value& scale = graph.value(node.inputs[1]);
  if (!is_real(scale.type)) return "scale is not real";
  if (node.integer("block_size", 0) != 0) return "blocked quantization";
  const int axis = axis_of(graph, node);
  if (!is_scalar(scale) &&
      (scale.rank() != 1 || axis < 0 || x.shape[static_cast<std::size_t>(axis)] != scale.shape[0]))
    return "scales do not lie along one axis";
  const ValueId zero = node.input(2);
  if (zero != kNoValue && elements(graph.value(zero).shape) != elements(scale.shape))
    return "zero points and scales differ in number";
  return {};
}

Refusal refuse_quantize(const Graph& graph, const Node& node) {
  if (auto reason = refuse_scales(graph, node)) return reason;
  if (!is_real(graph.value(node.inputs[0]).type)) return "quantization of integers";
  const Type to = graph.value(node.outputs[0]).type;
  return is_small(to) ? Refusal() : Refusal("quantized type");
}

Refusal refuse_dequantize(const Graph& graph, const Node& node) {
  if (auto reason = refuse_scales(graph, node)) return reason;
  const Type from = graph.value(node.inputs[0]).type;
  if (!is_small(from) && from != Type::i32) return "quantized type";
  return is_real(graph.value(node.outputs[0]).type) ? Refusal() : Refusal("result is not real");
}

// Scales and zero points as broadcasting meets them: [1, C, 1, 1] for axis 1 of four.
Operand along_axis(const Planner& planner, const Node& node, ValueId id) {
  Operand made = operand(planner, id);
  const int axis = axis_of(planner.graph(), node);
  if (axis < 0) {
    made.shape = {};
    return made;
  }
  made.shape.assign(planner.value(node.inputs[0]).rank(), 1);
  made.shape[static_cast<std::size_t>(axis)] = elements(planner.value(id).shape);
  return made;
}

// x, scale and zero point; the zero point is 0 where none is given.
void emit_scaled(Planner& planner, const Node& node, const Elementwise& work) {
  std::vector<Operand> operands = {operand(planner, node.inputs[0]),
                                   along_axis(planner, node, node.inputs[1])};
  const bool has_zero = node.input(2) != kNoValue;
  if (has_zero) operands.push_back(along_axis(planner, node, node.inputs[2]));
  const ValueId output = node.outputs[0];
  Layout layout = elementwise_layout(planner, operands, output);
  const std::size_t rank = planner.value(output).rank();
  if (rank > 4) layout = Layout::flat;  // without a zero point there are fewer operands than the call has
  std::vector<Place> places = operand_places(planner, operands, layout, rank);
  if (!has_zero) {
    places.push_back(planner.constant_words({0}));
    places.back().shape = {};
  }
  elementwise_call(planner, work, std::move(places), new_in(planner, output, layout));
}

// To bytes and from bytes, in the layout that the input is in; `false` where it has none or is no candidate.
bool emit_bytes(Planner& planner, const Node& node) {
  const auto steps = steps_of(planner.graph(), node);
  const ValueId input = node.inputs[0], output = node.outputs[0];
  const bool quantizes = node.op_type == "QuantizeLinear";
  const Store store = planner.store_of(quantizes ? output : input);
  if (!steps || store != Store::byte || planner.value(input).is_constant()) return false;
  const Place from = quantizes ? planner.any(input) : planner.as_written(input);
  if (from.layout == Layout::flat || (from.store == Store::byte) == quantizes) return false;
  const bool as_image = from.layout == Layout::image;
  const Store to = quantizes ? Store::byte : Store::word;
  const Place made = as_image ? planner.new_image(output, to) : planner.new_rows(output, to);
  if (quantizes)
    call_to_bytes(planner, from, made, *steps);
  else
    call_to_reals(planner, from, *steps, made);
  return true;
}

Status emit_quantize(Planner& planner, const Node& node) {
  if (emit_bytes(planner, node)) return Done{};
  const bool is_signed = planner.value(node.outputs[0]).type == Type::i8;
  // Padding has a scale of 0 where scales lie along the channels.
  emit_scaled(planner, node,
              {.code = kQuantize,
               .keeps_finite = axis_of(planner.graph(), node) < 0,
               .alpha = is_signed ? -128.0f : 0.0f,
               .beta = is_signed ? 127.0f : 255.0f});
  return Done{};
}

Status emit_dequantize(Planner& planner, const Node& node) {
  if (emit_bytes(planner, node)) return Done{};
  const bool is_integer = planner.value(node.inputs[0]).type == Type::i32;
  emit_scaled(planner, node, {.code = is_integer ? kDequantizeInteger : kDequantize, .keeps_finite = false});
  return Done{};
}

Refusal refuse_dynamic(const Graph& graph, const Node& node) {
  if (auto reason = refuse_inputs(node, 0, 1)) return reason;
  if (node.output(1) == kNoValue || node.output(2) == kNoValue) return "scale or zero point is not asked for";
  return is_real(graph.value(node.inputs[0]).type) ? Refusal() : Refusal("quantization of integers");
}

// The range of all numbers first, in parts and then as a whole.
Status emit_dynamic(Planner& planner, const Node& node) {
  constexpr std::int64_t kParts = 64;  // items that look for the range at the same time
  const Place x = planner.flat(node.inputs[0]), parts = planner.scratch(2 * kParts);
  const Place scale = planner.new_flat(node.outputs[1]), zero = planner.new_flat(node.outputs[2]);
  const auto range = [&](int stage, const Place& from, const Place& to, std::int64_t items) {
    planner.call_linear({.kernel = "value_range", .constants = {{"STAGE", stage}}}, {from, to, zero},
                        {Param::of(x.size()), Param::of(kParts), Param::address(from), Param::address(to),
                         Param::address(zero)},
                        items);
  };
  range(0, x, parts, kParts);
  range(1, parts, scale, 1);
  elementwise_call(planner, {.code = kQuantize, .beta = 255.0f}, {x, scale, zero},
                   planner.new_flat(node.outputs[0]));
  return Done{};
}

constexpr std::array kRows = {
    OpRow{"QuantizeLinear", kDomains[0], refuse_quantize, emit_quantize},
    OpRow{"QuantizeLinear", kDomains[1], refuse_quantize, emit_quantize},
    OpRow{"DequantizeLinear", kDomains[0], refuse_dequantize, emit_dequantize},
    OpRow{"DequantizeLinear", kDomains[1], refuse_dequantize, emit_dequantize},
    OpRow{"DynamicQuantizeLinear", kDomains[0], refuse_dynamic, emit_dynamic},
};

}  // namespace

std::span<const OpRow> quantize_ops() {
  return kRows;
}

}  // namespace eb::gpu
