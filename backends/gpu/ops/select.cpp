// Operators that choose or pass on elements: Where, Expand, Clip, Identity, Dropout.
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

#include "backends/gpu/ops/elementwise.h"

namespace eb::gpu {
namespace {

// --- Where
// --------------------------------------------------------------------------------------------------------

Refusal refuse_where(const Graph& graph, const Node& node) {
  if (auto reason = refuse_inputs(node, 0, 3)) return reason;
  if (graph.value(node.inputs[0]).type != Type::boolean) return "condition is not boolean";
  return graph.value(node.inputs[1]).type == graph.value(node.inputs[2]).type
             ? Refusal()
             : Refusal("operands of different types");
}

// Any words are moved as they are, so i32 and i64 only need to be told as what they are: flat words.
void emit_where_words(Planner& planner, const Node& node) {
  const ValueId output = node.outputs[0];
  const Place made = as_words(planner.new_flat(output));
  std::vector<Place> places;
  for (const ValueId id : node.inputs) {
    Place place = as_words(planner.flat(id));
    // An element of one word meets both words of an i64; where it does, the vectors need it repeated.
    if (place.shape.back() != made.shape.back() && place.size() > 1)
      place = broadcast_flat(planner, place, made.shape);
    places.push_back(place);
  }
  elementwise_call(planner, {.code = kSelect}, std::move(places), made);
}

Status emit_where(Planner& planner, const Node& node) {
  if (rep_of(planner.value(node.outputs[0]).type) != Rep::real) {
    emit_where_words(planner, node);
    return Done{};
  }
  const std::vector<Operand> operands = {operand(planner, node.inputs[0]), operand(planner, node.inputs[1]),
                                         operand(planner, node.inputs[2])};
  emit_elementwise(planner, {.code = kSelect}, operands, node.outputs[0]);
  return Done{};
}

// --- Expand
// -------------------------------------------------------------------------------------------------------

Refusal refuse_expand(const Graph& graph, const Node& node) {
  // The shape is that of the output, which is known.
  (void)graph;
  return refuse_inputs(node, 0, 1);
}

Status emit_expand(Planner& planner, const Node& node) {
  const ValueId input = node.inputs[0], output = node.outputs[0];
  if (planner.value(input).shape == planner.value(output).shape)
    planner.alias(output, planner.as_written(input));
  else if (rep_of(planner.value(input).type) == Rep::real)
    emit_elementwise(planner, {.code = kCopy}, {operand(planner, input)}, output);
  else
    elementwise_call(planner, {.code = kCopy}, {as_words(planner.flat(input))},
                     as_words(planner.new_flat(output)));
  return Done{};
}

// --- Clip
// ---------------------------------------------------------------------------------------------------------

// Attributes before version 11, inputs since.
struct Bound {
  ValueId id = kNoValue;
  std::optional<float> number{};  // where it is known
};

Bound bound_of(const Graph& graph, const Node& node, std::size_t index, float otherwise) {
  Bound bound{node.input(index)};
  if (bound.id == kNoValue) {
    bound.number = node.real(index == 1 ? "min" : "max", otherwise);
    return bound;
  }
  const auto constant = graph.constant_reals(bound.id);
  if (constant.size() == 1) bound.number = constant[0];
  return bound;
}

Refusal refuse_clip(const Graph& graph, const Node& node) {
  if (auto reason = refuse_inputs(node, 0, 1)) return reason;
  const Type type = graph.value(node.inputs[0]).type;
  if (!is_real(type) && !is_small(type) && type != Type::i32) return refuse_type(type);
  for (std::size_t i = 1; i <= 2; ++i)
    if (node.input(i) != kNoValue && elements(graph.value(node.input(i)).shape) != 1)
      return "bound is not a scalar";
  return {};
}

// One call where both bounds are known reals, else the larger and then the smaller of what is given.
Status emit_clip(Planner& planner, const Node& node) {
  const ValueId input = node.inputs[0], output = node.outputs[0];
  const bool is_integer = planner.value(input).type == Type::i32;
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const Bound low = bound_of(planner.graph(), node, 1, -kInfinity),
              high = bound_of(planner.graph(), node, 2, kInfinity);
  if (!is_integer && low.number && high.number) {
    const Elementwise clamp{.code = kClamp, .alpha = *low.number, .beta = *high.number};
    emit_elementwise(planner, clamp, {operand(planner, input)}, output);
    return Done{};
  }
  const std::vector<Operand> operands = {operand(planner, input)};
  const Layout layout = elementwise_layout(planner, operands, output);
  const std::size_t rank = planner.value(output).rank();
  Place from = operand_place(planner, operands[0], layout, rank);
  const Place made = new_in(planner, output, layout);
  const int base = is_integer ? kIntegers : 0;
  // Element by element, so the second call may work in place.
  for (const auto& [bound, code] : {std::pair{low, kMaximum}, std::pair{high, kMinimum}}) {
    if (bound.id == kNoValue && (!bound.number || std::isinf(*bound.number))) continue;
    Place limit = bound.id == kNoValue ? planner.constant({*bound.number}) : planner.flat(bound.id);
    limit.shape = {};
    elementwise_call(planner, {.code = base + code}, {from, limit}, made);
    from = made;
  }
  if (from.area != made.area || from.constant != made.constant)
    elementwise_call(planner, {.code = kCopy}, {from}, made);
  return Done{};
}

// --- Identity, Dropout
// --------------------------------------------------------------------------------------------

Refusal refuse_identity(const Graph&, const Node& node) {
  return refuse_inputs(node, 0, 1);
}

Refusal refuse_dropout(const Graph& graph, const Node& node) {
  if (auto reason = refuse_inputs(node, 0, 1)) return reason;
  if (node.output(1) != kNoValue) return "mask of Dropout";
  if (node.since_version < 7 && node.integer("is_test", 0) == 0) return "training";
  if (node.input(2) == kNoValue) return {};
  const auto training = graph.constant_integers(node.input(2));
  return training.size() == 1 && training[0] == 0 ? Refusal() : Refusal("training");
}

Status emit_identity(Planner& planner, const Node& node) {
  planner.alias(node.outputs[0], planner.as_written(node.inputs[0]));
  return Done{};
}

constexpr std::array kRows = {
    OpRow{"Where", "", refuse_where, emit_where},
    OpRow{"Expand", "", refuse_expand, emit_expand},
    OpRow{"Clip", "", refuse_clip, emit_clip},
    OpRow{"Identity", "", refuse_identity, emit_identity},
    OpRow{"Dropout", "", refuse_dropout, emit_identity},
};

}  // namespace

std::span<const OpRow> select_ops() {
  return kRows;
}

}  // namespace eb::gpu
