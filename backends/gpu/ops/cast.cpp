// Cast and CastLike: towards zero, to boolean as "is not zero", to smaller integers modulo their size.
#include <array>
#include <optional>

#include "backends/gpu/ops/elementwise.h"

namespace eb::gpu {
namespace {

// Reals, booleans and small integers are floats on the device: many casts change nothing. Then `code` is
// kCopy.
int code_from_real(Type from, Type to) {
  switch (to) {
    case Type::f32:
      return kCopy;
    case Type::f16:
      return from == Type::f32 ? kRealToHalf : kCopy;
    case Type::u8:
      return from == Type::u8 || from == Type::boolean ? kCopy : kRealToU8;
    case Type::i8:
      return from == Type::i8 || from == Type::boolean ? kCopy : kRealToI8;
    case Type::boolean:
      return from == Type::boolean ? kCopy : kRealToBoolean;
    case Type::i32:
    case Type::i64:
      return kRealToInteger;
  }
  return kCopy;
}

int code_from_integer(Type to) {
  switch (to) {
    case Type::f32:
      return kIntegerToReal;
    case Type::f16:
      return kIntegerToHalf;
    case Type::u8:
      return kIntegerToU8;
    case Type::i8:
      return kIntegerToI8;
    case Type::boolean:
      return kIntegerToBoolean;
    case Type::i32:
    case Type::i64:
      return kCopy;
  }
  return kCopy;
}

// CODE of cast_wide.krn; nothing where no side is i64.
std::optional<int> wide_code(Type from, Type to) {
  if (from == to) return {};
  if (to == Type::i64) return from == Type::i32 ? 1 : 0;
  if (from != Type::i64) return {};
  switch (to) {
    case Type::i32:
      return 3;
    case Type::boolean:
      return 4;
    case Type::u8:
      return 5;
    case Type::i8:
      return 6;
    default:
      return 2;
  }
}

Refusal refuse_cast(const Graph&, const Node& node) {
  return refuse_inputs(node, 0, 1);
}

Status emit_cast(Planner& planner, const Node& node) {
  const ValueId input = node.inputs[0], output = node.outputs[0];
  const Type from = planner.value(input).type, to = planner.value(output).type;
  if (const auto wide = wide_code(from, to)) {
    const Place x = planner.flat(input), y = planner.new_flat(output);
    planner.call_linear({.kernel = "cast_wide", .constants = {{"CODE", *wide}}}, {x, y},
                        {Param::of(x.size()), Param::address(x), Param::address(y)}, x.size());
    return Done{};
  }
  const int code = from == Type::i64   ? kCopy
                   : from == Type::i32 ? code_from_integer(to)
                                       : code_from_real(from, to);
  if (code == kCopy)
    planner.alias(output, planner.as_written(input));
  else
    emit_elementwise(planner, {.code = code, .keeps_finite = code != kRealToHalf}, {operand(planner, input)},
                     output);
  return Done{};
}

constexpr std::array kRows = {OpRow{"Cast", "", refuse_cast, emit_cast},
                              OpRow{"CastLike", "", refuse_cast, emit_cast}};

}  // namespace

std::span<const OpRow> cast_ops() {
  return kRows;
}

}  // namespace eb::gpu
