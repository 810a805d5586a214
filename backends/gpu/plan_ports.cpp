// The ports of a program: where the host's bytes enter and leave, and become what the device keeps.
#include "backends/gpu/ops/strided.h"
#include "backends/gpu/plan.h"

namespace eb::gpu {
namespace {

// Code of the kernels import.krn and export.krn.
int port_code(Type type) {
  switch (type) {
    case Type::u8:
      return 0;
    case Type::i8:
      return 1;
    case Type::boolean:
      return 2;
    default:
      return 3;  // f16
  }
}

bool needs_conversion(Type type) {
  return type_bytes(type) < sizeof(float);
}

std::uint64_t port_bytes(const Value& value) {
  return static_cast<std::uint64_t>(elements(value.shape)) * type_bytes(value.type);
}

}  // namespace

Status Planner::import_inputs() {
  for (const ValueId id : graph_.inputs) {
    const Value& value = graph_.value(id);
    const std::uint64_t bytes = port_bytes(value);
    const auto words = static_cast<std::int64_t>((bytes + 3) / 4);
    if (!needs_conversion(value.type)) {
      program_.inputs.push_back({id, new_flat(id).area, bytes});
      continue;
    }
    const Place raw = scratch(words);
    program_.inputs.push_back({id, raw.area, bytes});
    const Place to = new_flat(id);
    call_linear({"import", {}, {{"CODE", port_code(value.type)}}}, {raw, to},
                {Param::of(to.size()), Param::address(raw), Param::address(to)}, to.size());
  }
  return Done{};
}

Status Planner::export_outputs() {
  for (const ValueId id : graph_.outputs) {
    const Value& value = graph_.value(id);
    const std::uint64_t bytes = port_bytes(value);
    Place from = flat(id);
    if (from.area < 0) {  // a view of a constant
      Place copied = scratch(rep_of(value.type) == Rep::i64 ? 2 * from.size() : from.size());
      copied.rep = from.rep;
      copied.shape = from.shape;
      emit_copy(*this, {.from = from, .to = copied, .axes = axes_between(from, copied)});
      from = copied;
    }
    if (!needs_conversion(value.type)) {
      program_.outputs.push_back({id, from.area, bytes});
      continue;
    }
    const Place raw = scratch(static_cast<std::int64_t>((bytes + 3) / 4));
    call_linear({"export", {}, {{"CODE", port_code(value.type)}}}, {from, raw},
                {Param::of(from.size()), Param::address(from), Param::address(raw)}, raw.size());
    program_.outputs.push_back({id, raw.area, bytes});
  }
  return Done{};
}

}  // namespace eb::gpu
