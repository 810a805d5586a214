#pragma once
// The families that make up elementwise_ops(), and what they share.
#include <span>

#include "backends/gpu/ops.h"
#include "backends/gpu/ops/vectors.h"

namespace eb::gpu {

std::span<const OpRow> unary_ops();   // ops/unary.cpp
std::span<const OpRow> binary_ops();  // ops/binary.cpp
std::span<const OpRow> select_ops();  // ops/select.cpp: Where, Expand, Clip, Identity, Dropout
std::span<const OpRow> cast_ops();    // ops/cast.cpp

// In lower case some of the operators' names would be keywords.
// NOLINTBEGIN(readability-identifier-naming)
// OP of unary.krn, where others than the unary operators need it.
enum UnaryCode : int {
  kCopy = 0,
  kClamp = 2,  // to [alpha, beta]
  kGeluTanh = 16,
  kExponential = 19,
  kAffine = 43,  // alpha x + beta
  kSquare = 44,
  kCube = 45,
  kRealToU8 = 47,
  kRealToI8 = 48,
  kRealToBoolean = 49,
  kRealToHalf = 50,
  kIntegerToReal = 104,
  kIntegerToU8 = 105,
  kIntegerToI8 = 106,
  kIntegerToBoolean = 107,
  kIntegerToHalf = 108,
  kRealToInteger = 109,
};

// OP of binary.krn for reals; of i32 it is kIntegers more.
enum BinaryCode : int {
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kPower,
  kMinimum,
  kMaximum,
  kRemainder,
  kModulo,
  kEqual,
  kGreater,
  kGreaterOrEqual,
  kLess,
  kLessOrEqual,
  kAnd,
  kOr,
  kXor,
  kPRelu,
  kQuotient,
  kBiasGelu,
  kFastGelu
};
inline constexpr int kIntegers = 100;

// OP of ternary.krn.
enum TernaryCode : int { kSelect, kQuantize, kDequantize, kDequantizeInteger };
// NOLINTEND(readability-identifier-naming)

inline bool is_real(Type type) {
  return type == Type::f32 || type == Type::f16;
}
inline bool is_small(Type type) {
  return type == Type::u8 || type == Type::i8;
}

// "int64 arithmetic" and the like, for operators that do not have the type.
Refusal refuse_type(Type type);
// What every operator of these families asks: the inputs from `first` on are given, and there is one output.
Refusal refuse_inputs(const Node& node, std::size_t first, std::size_t end);

}  // namespace eb::gpu
