// Operators of two tensors, or of any number taken two by two, with numpy's broadcasting.
#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <string_view>
#include <vector>

#include "backends/gpu/ops/bytes.h"
#include "backends/gpu/ops/elementwise.h"

namespace eb::gpu {
namespace {

constexpr std::string_view kMicrosoft = "com.microsoft";

// Bits of a set of types.
constexpr unsigned kReals = 1, kInt32 = 2, kSmall = 4, kBooleans = 8, kInt64 = 16;
constexpr unsigned kNumbers = kReals | kInt32 | kSmall;

struct BinaryOp {
  std::string_view op_type;
  std::string_view domain = "";
  int code = 0;
  unsigned types = kReals;
  bool keeps_finite = true;
  bool is_variadic = false;
};

constexpr std::array kBinary = {
    BinaryOp{"Add", "", kAdd, kNumbers | kInt64},
    BinaryOp{"Sub", "", kSubtract, kNumbers | kInt64},
    BinaryOp{"Mul", "", kMultiply, kNumbers | kInt64, false},
    BinaryOp{"Div", "", kDivide, kNumbers, false},
    BinaryOp{"Pow", "", kPower, kReals | kInt32, false},
    BinaryOp{"Min", "", kMinimum, kNumbers | kInt64, true, true},
    BinaryOp{"Max", "", kMaximum, kNumbers | kInt64, true, true},
    BinaryOp{"Sum", "", kAdd, kReals, true, true},
    BinaryOp{"Mean", "", kAdd, kReals, true, true},
    BinaryOp{"Mod", "", kRemainder, kNumbers, false},
    BinaryOp{"Equal", "", kEqual, kNumbers | kBooleans | kInt64},
    BinaryOp{"Greater", "", kGreater, kNumbers | kInt64},
    BinaryOp{"GreaterOrEqual", "", kGreaterOrEqual, kNumbers | kInt64},
    BinaryOp{"Less", "", kLess, kNumbers | kInt64},
    BinaryOp{"LessOrEqual", "", kLessOrEqual, kNumbers | kInt64},
    BinaryOp{"And", "", kAnd, kBooleans},
    BinaryOp{"Or", "", kOr, kBooleans},
    BinaryOp{"Xor", "", kXor, kBooleans},
    BinaryOp{"PRelu", "", kPRelu, kReals | kInt32, false},
    BinaryOp{"BiasGelu", kMicrosoft, kBiasGelu, kReals},
    BinaryOp{"FastGelu", kMicrosoft, kFastGelu, kReals},
};

const BinaryOp& find(const Node& node) {
  const std::string_view domain = node.domain == kMicrosoft ? kMicrosoft : std::string_view();
  for (const BinaryOp& op : kBinary)
    if (op.op_type == node.op_type && op.domain == domain) return op;
  return kBinary[0];  // not reached: rows are made from the table
}

unsigned types_of(Type type) {
  switch (type) {
    case Type::f32:
    case Type::f16:
      return kReals;
    case Type::i32:
      return kInt32;
    case Type::u8:
    case Type::i8:
      return kSmall;
    case Type::boolean:
      return kBooleans;
    case Type::i64:
      return kInt64;
  }
  return 0;
}

// Before version 7 the second shape lay at `axis` of the first instead of at its end; PRelu's slope at
// axis 1.
Operand second_operand(const Graph& graph, const Node& node) {
  Operand second{node.inputs[1], graph.value(node.inputs[1]).shape};
  if (node.since_version == 0 || node.since_version >= 7 || !node.domain.empty()) return second;
  const auto rank = graph.value(node.inputs[0]).rank();
  const auto axis = node.op_type == "PRelu" ? std::int64_t{1} : node.integer("axis", -1);
  if (axis < 0 || second.shape.empty()) return second;
  while (static_cast<std::size_t>(axis) + second.shape.size() < rank) second.shape.push_back(1);
  return second;
}

std::vector<Operand> operands_of(const Graph& graph, const Node& node) {
  std::vector<Operand> operands;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    if (node.inputs[i] == kNoValue) continue;
    const bool is_second = i == 1 && !find(node).is_variadic;
    operands.push_back(is_second ? second_operand(graph, node)
                                 : Operand{node.inputs[i], graph.value(node.inputs[i]).shape});
  }
  return operands;
}

bool broadcasts_to(const Shape& shape, const Shape& to) {
  if (shape.size() > to.size()) return false;
  for (std::size_t i = 0; i < shape.size(); ++i)
    if (shape[i] != 1 && shape[i] != to[to.size() - shape.size() + i]) return false;
  return true;
}

Refusal refuse_power(const Graph& graph, const Node& node) {
  const Type base = graph.value(node.inputs[0]).type;
  const Value& exponent = graph.value(node.inputs[1]);
  if (base == Type::i32 && exponent.type != Type::i32) return "int32 to a power of another type";
  if (is_real(base) || base == exponent.type) return {};
  return refuse_type(base);
}

Refusal refuse_binary(const Graph& graph, const Node& node) {
  const BinaryOp& op = find(node);
  const bool one_is_enough = op.is_variadic || op.code == kFastGelu;
  if (auto reason = refuse_inputs(node, 0, one_is_enough ? 1 : 2)) return reason;
  const Type type = graph.value(node.inputs[0]).type;
  if ((op.types & types_of(type)) == 0) return refuse_type(type);
  if (op.code == kRemainder && is_real(type) && node.integer("fmod", 0) == 0)
    return "Mod of reals needs fmod";
  for (const Operand& operand : operands_of(graph, node)) {
    const Type other = graph.value(operand.id).type;
    if (other != type && op.code != kPower) return "operands of different types";
    if (!broadcasts_to(operand.shape, graph.value(node.outputs[0]).shape)) return "shapes do not broadcast";
  }
  return op.code == kPower ? refuse_power(graph, node) : Refusal();
}

// Towards zero for whole numbers, with the sign that ONNX wants, and modulo 256 for small ones.
Elementwise work_of(const BinaryOp& op, const Node& node, Type type) {
  Elementwise work{.code = op.code, .keeps_finite = op.keeps_finite};
  if (op.code == kRemainder && node.integer("fmod", 0) == 0) work.code = kModulo;
  if (op.code == kDivide && is_small(type)) work.code = kQuotient;
  if (type == Type::i32) work.code += kIntegers;
  const bool can_leave_range =
      op.code == kAdd || op.code == kSubtract || op.code == kMultiply || op.code == kDivide;
  if (is_small(type) && can_leave_range) work.constants = {{"WRAP", type == Type::u8 ? 1 : 2}};
  return work;
}

// A place of its own with the shape and layout of `output`, for what lies between two calls.
Place scratch_like(Planner& planner, const Place& output) {
  Place made = output;
  made.pitch = planner.round_up_to_vector(output.channels);
  made.first_channel = 0;
  made.area =
      planner.scratch(output.layout == Layout::flat ? output.size() : made.pixels * made.pitch, output.store)
          .area;
  return made;
}

// ((a op b) op c) ...; the last call writes the output.
void emit_chain(Planner& planner, const Node& node, const Elementwise& work,
                const std::vector<Operand>& operands) {
  const ValueId output = node.outputs[0];
  const Layout layout = elementwise_layout(planner, operands, output);
  const Store store = elementwise_store(planner, operands, output, layout);
  const std::size_t rank = planner.value(output).rank();
  const std::vector<Place> places = operand_places(planner, operands, layout, rank, store);
  const Place made = new_in(planner, output, layout, store);
  const bool is_mean = node.op_type == "Mean";
  Place sum = places[0];
  for (std::size_t i = 1; i < places.size(); ++i) {
    const bool is_last = i + 1 == places.size() && !is_mean;
    const Place to = is_last ? made : scratch_like(planner, made);
    elementwise_call(planner, work, {sum, places[i]}, to);
    sum = to;
  }
  const Elementwise scale{.code = is_mean ? kAffine : kCopy,
                          .alpha = 1.0f / static_cast<float>(places.size())};
  if (is_mean || places.size() == 1) elementwise_call(planner, scale, {sum}, made);
}

// Of i64: both are repeated to the output's shape, then taken element by element.
void emit_wide(Planner& planner, const Node& node, int code, const std::vector<Operand>& operands) {
  const Value& output = planner.value(node.outputs[0]);
  Shape words = output.shape;
  words.push_back(2);
  std::vector<Place> places;
  places.reserve(operands.size());
  for (const Operand& operand : operands) {
    Place place = planner.flat(operand.id);
    place.shape = operand.shape;
    places.push_back(broadcast_flat(planner, as_words(place), words));
  }
  const Place made = planner.new_flat(node.outputs[0]);
  Place sum = places[0];
  for (std::size_t i = 1; i < places.size(); ++i) {
    const Place to = i + 1 == places.size() ? made : planner.scratch(2 * elements(output.shape));
    planner.call_linear({.kernel = "binary_wide", .constants = {{"OP", code}}}, {sum, places[i], to},
                        {Param::of(elements(output.shape)), Param::address(sum), Param::address(places[i]),
                         Param::address(to)},
                        elements(output.shape));
    sum = to;
  }
}

// x^2 and x^3 are products; an exponent of another type becomes a real.
bool emit_power(Planner& planner, const Node& node) {
  const Value& exponent = planner.value(node.inputs[1]);
  if (!is_real(planner.value(node.inputs[0]).type)) return false;
  const std::vector<float> constant = planner.graph().constant_reals(node.inputs[1]);
  const std::vector<Operand> base = {operand(planner, node.inputs[0])};
  const bool same_shape = base[0].shape == planner.value(node.outputs[0]).shape;
  if (constant.size() == 1 && same_shape && (constant[0] == 2.0f || constant[0] == 3.0f)) {
    emit_elementwise(planner, {.code = constant[0] == 2.0f ? kSquare : kCube, .keeps_finite = false}, base,
                     node.outputs[0]);
    return true;
  }
  if (rep_of(exponent.type) == Rep::real) return false;
  Place reals;
  if (exponent.is_constant()) {
    reals = planner.constant(constant);
  } else {
    reals = planner.scratch(elements(exponent.shape));
    const Place from = planner.flat(node.inputs[1]);
    if (exponent.type == Type::i64)
      planner.call_linear({.kernel = "cast_wide", .constants = {{"CODE", 2}}}, {from, reals},
                          {Param::of(from.size()), Param::address(from), Param::address(reals)}, from.size());
    else {
      reals.shape = exponent.shape;
      elementwise_call(planner, {.code = kIntegerToReal}, {from}, reals);
    }
  }
  reals.shape = exponent.shape;
  elementwise_call(planner, {.code = kPower}, {planner.flat(node.inputs[0]), reals},
                   planner.new_flat(node.outputs[0]));
  return true;
}

Status emit_binary(Planner& planner, const Node& node) {
  if (planner.quantized()) {
    emit_sum_of_bytes(planner);
    return Done{};
  }
  const BinaryOp& op = find(node);
  const Type type = planner.value(node.inputs[0]).type;
  const std::vector<Operand> operands = operands_of(planner.graph(), node);
  if (op.code == kPower && emit_power(planner, node)) return Done{};
  if (op.code == kFastGelu && operands.size() == 1) {
    emit_elementwise(planner, {.code = kGeluTanh}, operands, node.outputs[0]);
  } else if (type == Type::i64 && operands.size() > 1) {
    emit_wide(planner, node, op.code, operands);
  } else if (operands.size() == 1) {
    planner.alias(node.outputs[0], planner.as_written(operands[0].id));
  } else {
    emit_chain(planner, node, work_of(op, node, type), operands);
  }
  return Done{};
}

}  // namespace

std::span<const OpRow> binary_ops() {
  static const std::vector<OpRow> rows = [] {
    std::vector<OpRow> made;
    made.reserve(std::size(kBinary));
    for (const BinaryOp& op : kBinary) made.push_back({op.op_type, op.domain, refuse_binary, emit_binary});
    return made;
  }();
  return rows;
}

}  // namespace eb::gpu
