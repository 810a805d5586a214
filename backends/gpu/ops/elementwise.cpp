#include "backends/gpu/ops/elementwise.h"

#include <vector>

namespace eb::gpu {

std::span<const OpRow> elementwise_ops() {
  static const std::vector<OpRow> rows = [] {
    std::vector<OpRow> all;
    for (const auto family : {unary_ops, binary_ops, select_ops, cast_ops}) {
      const auto own = family();
      all.insert(all.end(), own.begin(), own.end());
    }
    return all;
  }();
  return rows;
}

Refusal refuse_type(Type type) {
  switch (type) {
    case Type::f32:
    case Type::f16:
      return "not for reals";
    case Type::i8:
    case Type::u8:
      return "8-bit arithmetic";
    case Type::i32:
      return "int32 arithmetic";
    case Type::i64:
      return "int64 arithmetic";
    case Type::boolean:
      return "booleans";
  }
  return "type";
}

Refusal refuse_inputs(const Node& node, std::size_t first, std::size_t end) {
  for (std::size_t i = first; i < end; ++i)
    if (node.input(i) == kNoValue) return "an input is missing";
  return node.output(0) == kNoValue ? Refusal("no output") : Refusal();
}

}  // namespace eb::gpu
