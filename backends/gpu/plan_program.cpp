// What is around the operators' calls in a program: the ports where the host's bytes enter and leave and
// become what the device keeps, lifetimes, and what the program says of itself.
#include <algorithm>

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

std::string Program::compute_precision() const {
  bool keeps_halves = false, multiplies_halves = false, multiplies_bytes = false;
  for (const Call& call : calls) {
    multiplies_bytes = multiplies_bytes || call.kernel.kernel == "conv_dot";
    for (const Place& place : call.buffers) keeps_halves = keeps_halves || place.store == Store::half;
    for (const auto& [name, value] : call.kernel.defines)
      multiplies_halves = multiplies_halves || (name == "HALF" && value == 2);
  }
  if (multiplies_bytes) return "int8 products, int32 sums";
  if (multiplies_halves) return "fp16 products, fp32 sums, kept as fp16";
  return keeps_halves ? "fp32, kept as fp16" : "fp32";
}

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

void Planner::set_lifetimes() {
  const auto touch = [&](int area, int call) {
    if (area < 0) return;
    auto& lifetime = program_.areas[static_cast<std::size_t>(area)];
    lifetime.first_call = std::min(lifetime.first_call, call);
    lifetime.last_call = std::max(lifetime.last_call, call);
  };
  const int count = static_cast<int>(program_.calls.size());
  for (int i = 0; i < count; ++i)
    for (const Place& place : program_.calls[static_cast<std::size_t>(i)].buffers) touch(place.area, i);
  for (const Program::Port& port : program_.inputs) touch(port.area, 0);
  for (const Program::Port& port : program_.outputs) touch(port.area, count);
}

}  // namespace eb::gpu
