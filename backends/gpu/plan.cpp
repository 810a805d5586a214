#include "backends/gpu/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>

#include "backends/gpu/half.h"
#include "backends/gpu/ops.h"
#include "backends/gpu/ops/bytes.h"

namespace eb::gpu {
namespace {

// The channel axis of a layout, and the extents before and after it: [outer, channels, inner].
struct Split {
  std::int64_t outer = 1, channels = 1, inner = 1;
};

Split split(const Shape& shape, Layout layout) {
  const std::size_t axis = layout == Layout::image ? 1 : shape.size() - 1;
  Split parts;
  for (std::size_t i = 0; i < shape.size(); ++i)
    (i < axis ? parts.outer : i == axis ? parts.channels : parts.inner) *= shape[i];
  return parts;
}

int words_of(Rep rep) {
  return rep == Rep::i64 ? 2 : 1;
}

std::vector<std::uint32_t> packed_halves(const std::vector<float>& reals) {
  std::vector<std::uint32_t> words((reals.size() + 1) / 2);
  for (std::size_t i = 0; i < reals.size(); ++i)
    words[i / 2] |= std::uint32_t{float_to_half(reals[i])} << (16 * (i % 2));
  return words;
}

std::vector<std::uint32_t> constant_words_of(const Graph& graph, ValueId id) {
  std::vector<std::uint32_t> words;
  switch (rep_of(graph.value(id).type)) {
    case Rep::real:
      for (const float real : graph.constant_reals(id)) words.push_back(std::bit_cast<std::uint32_t>(real));
      break;
    case Rep::i32:
      for (const std::int64_t integer : graph.constant_integers(id))
        words.push_back(static_cast<std::uint32_t>(integer));
      break;
    case Rep::i64:
      for (const std::int64_t integer : graph.constant_integers(id)) {
        const auto bits = static_cast<std::uint64_t>(integer);
        words.push_back(static_cast<std::uint32_t>(bits));
        words.push_back(static_cast<std::uint32_t>(bits >> 32));
      }
      break;
  }
  return words;
}

// Bytes are written by whole vectors, a word or more.
Arithmetic arithmetic_of(const DeviceInfo& device) {
  return device.int8_dot_product && device.vector_floats >= 4 ? Arithmetic::whole_numbers : Arithmetic::reals;
}

}  // namespace

Rep rep_of(Type type) {
  return type == Type::i32 ? Rep::i32 : type == Type::i64 ? Rep::i64 : Rep::real;
}

Param Param::of(std::int64_t integer) {
  return {.bits = static_cast<std::uint32_t>(static_cast<std::int32_t>(integer))};
}

Param Param::of(float real) {
  return {.bits = std::bit_cast<std::uint32_t>(real)};
}

std::int64_t bytes_of(Store store) {
  return store == Store::word ? 4 : store == Store::half ? 2 : 1;
}

Param Param::address(const Place& place, std::int64_t unit, std::int64_t offset) {
  const std::int64_t bytes = bytes_of(place.store);
  return {.area = place.area,
          .unit_bytes = static_cast<std::uint32_t>(unit * bytes),
          .offset_bytes = static_cast<std::uint64_t>((place.first_channel + offset) * bytes)};
}

std::int64_t Planner::round_up_to_vector(std::int64_t channels) const {
  return (channels + vector_floats() - 1) / vector_floats() * vector_floats();
}

Store Planner::store_of(ValueId id) const {
  const Type type = value(id).type;
  if (type == Type::f16 || (type == Type::f32 && precision_ == Precision::fp16)) return Store::half;
  const bool is_small = type == Type::u8 || type == Type::i8;
  return is_small && arithmetic_of(device_) == Arithmetic::whole_numbers ? Store::byte : Store::word;
}

Place Planner::describe(ValueId id, Form form) const {
  Place place;
  place.layout = form.layout;
  place.store = form.store;
  place.shape = value(id).shape;
  place.rep = rep_of(value(id).type);
  if (form.layout == Layout::flat) return place;
  const Split parts = split(place.shape, form.layout);
  place.channels = parts.channels;
  place.pixels = parts.outer * parts.inner;
  place.pitch = round_up_to_vector(parts.channels);
  return place;
}

int Planner::new_area(std::int64_t floats) {
  program_.areas.push_back({floats, std::numeric_limits<int>::max(), -1});
  return static_cast<int>(program_.areas.size()) - 1;
}

Place Planner::keep(ValueId id, Place place) {
  places_[static_cast<std::size_t>(id)].push_back(place);
  return place;
}

Place Planner::new_place(ValueId id, Form form) {
  if (const Place* place = find(id, form)) return *place;  // parts of it are written already
  Place place = describe(id, form);
  const std::int64_t run_bytes = place.pixels * place.pitch * bytes_of(form.store);
  place.area =
      new_area(form.layout == Layout::flat ? place.size() * words_of(place.rep) : (run_bytes + 3) / 4);
  return keep(id, std::move(place));
}

Place Planner::new_flat(ValueId id) {
  return new_place(id, {});
}

void Planner::find_concat_parts() {
  std::vector<int> readers(graph_.values.size());
  for (const Node& node : graph_.nodes)
    for (const ValueId id : node.inputs)
      if (id != kNoValue) ++readers[static_cast<std::size_t>(id)];
  for (const ValueId id : graph_.outputs) ++readers[static_cast<std::size_t>(id)];
  for (const ValueId id : graph_.inputs) ++readers[static_cast<std::size_t>(id)];
  for (const Node& node : graph_.nodes) {
    if (node.op_type != "Concat" || !node.domain.empty()) continue;
    const std::size_t rank = value(node.outputs[0]).rank();
    const bool whole_vectors = std::all_of(node.inputs.begin(), node.inputs.end(), [&](ValueId id) {
      return rank >= 3 && value(id).rank() == rank && value(id).shape[1] % vector_floats() == 0;
    });
    if (!whole_vectors || normal_axis(node.integer("axis", 1), rank) != 1) continue;
    std::int64_t first_channel = 0;
    for (const ValueId id : node.inputs) {
      if (readers[static_cast<std::size_t>(id)] == 1)
        wholes_[static_cast<std::size_t>(id)] = {node.outputs[0], first_channel};
      first_channel += value(id).shape[1];
    }
  }
}

Place Planner::new_image_in_place(ValueId id, Store store) {
  const Whole& whole = wholes_[static_cast<std::size_t>(id)];
  if (whole.value == kNoValue || store_of(whole.value) != store) return new_image(id, store);
  const Place all = new_image(whole.value, store);
  Place part = describe(id, {Layout::image, store});
  part.area = all.area;
  part.pitch = all.pitch;
  part.first_channel = whole.first_channel;
  return keep(id, std::move(part));
}

Place Planner::new_rows(ValueId id, Store store) {
  return new_place(id, {Layout::rows, store});
}

Place Planner::new_image(ValueId id, Store store) {
  return new_place(id, {Layout::image, store});
}

Place Planner::new_like(ValueId id, const Place& other) {
  return new_place(id, form_of(other));
}

void Planner::alias(ValueId id, Place place) {
  place.shape = value(id).shape;
  keep(id, std::move(place));
}

Place Planner::scratch(std::int64_t elements, Store store) {
  Place place;
  place.shape = {elements};
  place.store = store;
  place.area = new_area((elements * bytes_of(store) + 3) / 4);
  return place;
}

Place Planner::constant_words(std::vector<std::uint32_t> words) {
  Place place;
  place.shape = {static_cast<std::int64_t>(words.size())};
  place.constant = static_cast<int>(program_.constants.size());
  program_.constants.push_back(std::move(words));
  return place;
}

Place Planner::constant(const std::vector<float>& reals, Store store) {
  if (store == Store::half) {
    Place place = constant_words(packed_halves(reals));
    place.shape = {static_cast<std::int64_t>(reals.size())};
    place.store = store;
    return place;
  }
  std::vector<std::uint32_t> words(reals.size());
  std::memcpy(words.data(), reals.data(), reals.size() * sizeof(float));
  return constant_words(std::move(words));
}

Place Planner::constant_place(ValueId id, Form form) {
  std::vector<std::uint32_t> words = constant_words_of(graph_, id);
  Place place = describe(id, form);
  if (form.layout != Layout::flat) {
    const Split parts = split(place.shape, form.layout);
    std::vector<std::uint32_t> runs(static_cast<std::size_t>(place.pixels * place.pitch));
    std::size_t at = 0;
    for (std::int64_t o = 0; o < parts.outer; ++o)
      for (std::int64_t c = 0; c < parts.channels; ++c)
        for (std::int64_t i = 0; i < parts.inner; ++i)
          runs[static_cast<std::size_t>((o * parts.inner + i) * place.pitch + c)] = words[at++];
    words = std::move(runs);
  }
  if (form.store == Store::half) {
    std::vector<float> reals(words.size());
    std::memcpy(reals.data(), words.data(), words.size() * sizeof(float));
    words = packed_halves(reals);
  }
  place.constant = constant_words(std::move(words)).constant;
  return keep(id, std::move(place));
}

const Place* Planner::find(ValueId id, Form form) const {
  for (const Place& place : places_[static_cast<std::size_t>(id)])
    if (form_of(place) == form) return &place;
  return nullptr;
}

bool Planner::has(ValueId id, Layout layout) const {
  const auto& places = places_[static_cast<std::size_t>(id)];
  return std::any_of(places.begin(), places.end(),
                     [&](const Place& place) { return place.layout == layout; });
}

// Between flat and runs.
void Planner::convert(const Place& from, const Place& to) {
  const bool to_runs = to.layout != Layout::flat;
  const Place& runs = to_runs ? to : from;
  const std::int64_t inner = runs.pixels / split(runs.shape, runs.layout).outer;
  const std::int64_t width = vector_floats();
  Call convert;
  convert.kernel = {to_runs ? "to_runs" : "from_runs", {{"HALF", runs.store == Store::half ? 1 : 0}}, {}};
  convert.buffers = {from, to};
  convert.params = {Param::of(runs.pixels),
                    Param::of(inner),
                    Param::of(runs.channels),
                    Param::of(runs.pitch / width),
                    Param::address(from, to_runs ? 1 : width),
                    Param::address(to, to_runs ? width : 1)};
  const std::int64_t vectors = (runs.channels + width - 1) / width;
  convert.kernel.group = {8, 1, 1};
  convert.items = {runs.pixels, vectors, 1};
  call(std::move(convert));
}

// From one store to another, in one layout.
void Planner::restore(const Place& from, const Place& to, Type type) {
  const Steps numbers{1, type == Type::i8 ? 128.0f : 0.0f};
  if (from.store == Store::byte) return call_to_reals(*this, from, numbers, to);
  if (to.store == Store::byte) return call_to_bytes(*this, from, to, numbers);
  const std::int64_t width = vector_floats(), vectors = round_up_to_vector(to.channels) / width;
  call_linear({"restore", {{"TO_HALF", to.store == Store::half ? 1 : 0}}, {}}, {from, to},
              {Param::of(to.pixels * vectors), Param::of(vectors),
               Param::of(to.channels - (vectors - 1) * width), Param::address(from, width),
               Param::of(from.pitch / width), Param::address(to, width), Param::of(to.pitch / width)},
              to.pixels * vectors);
}

// Runs of words without padding that are in ONNX's order already are flat, and the other way round.
Place Planner::in_form(ValueId id, Form form) {
  if (const Place* place = find(id, form)) return *place;
  if (value(id).is_constant()) return constant_place(id, form);
  // The way to and from bytes is through words of their layout.
  if (form.store == Store::byte) in_form(id, {form.layout, Store::word});
  for (const Place& other : places_[static_cast<std::size_t>(id)])
    if (other.layout == form.layout) {
      const Place from = other;
      Place to = new_place(id, form);
      restore(from, to, value(id).type);
      return to;
    }
  Place from = as_written(id);
  if (from.store == Store::byte) from = in_form(id, {from.layout, Store::word});
  Place to = describe(id, form);
  const Place& runs = form.layout == Layout::flat ? from : to;
  const bool same_bytes = (from.layout == Layout::flat) != (form.layout == Layout::flat) &&
                          runs.store == Store::word && runs.pitch == runs.channels &&
                          split(runs.shape, runs.layout).inner == 1 && runs.first_channel == 0;
  if (same_bytes) {
    to.area = from.area;
    to.constant = from.constant;
    return keep(id, std::move(to));
  }
  // Between images and rows the way is through flat.
  const Place source = form.layout == Layout::flat ? from : flat(id);
  to = new_place(id, form);
  convert(source, to);
  return to;
}

Place Planner::flat(ValueId id) {
  return in_form(id, {});
}

Place Planner::rows(ValueId id, Store store) {
  return in_form(id, {Layout::rows, store});
}

Place Planner::image(ValueId id, Store store) {
  return in_form(id, {Layout::image, store});
}

Place Planner::as_written(ValueId id) {
  const auto& places = places_[static_cast<std::size_t>(id)];
  if (!places.empty()) return places.front();
  return constant_place(id, {});
}

Place Planner::any(ValueId id) {
  return in_form(id, {as_written(id).layout, Store::word});
}

std::uint32_t Planner::linear_group() const {
  return std::min<std::uint32_t>(64, std::max<std::uint32_t>(device_.max_group_items, 1));
}

void Planner::call(Call call) {
  call.node = node_;
  program_.calls.push_back(std::move(call));
}

void Planner::call_linear(KernelDesc kernel, std::vector<Place> buffers, std::vector<Param> params,
                          std::int64_t items) {
  kernel.group = {linear_group(), 1, 1};
  call({std::move(kernel), std::move(buffers), std::move(params), {items, 1, 1}, {}});
}

Status Planner::emit(const FusedNode& fused) {
  const Node& node = graph_.nodes[static_cast<std::size_t>(fused.node)];
  const OpRow* row = find_op(node);
  if (!row) return Error{ErrorKind::unsupported, fmt::format("operator {} is not one of ours", node.op_type)};
  node_ = node.name;
  epilogue_ = fused.epilogue;
  quantized_ = fused.quantized;
  const Status status = row->emit(*this, node);
  return status ? status : status.error().within(fmt::format("{} '{}'", node.op_type, node.name));
}

Result<Program> make_plan(const Graph& graph, const DeviceInfo& device, const Tiles& tiles,
                          Precision precision) {
  Planner planner(graph, device, tiles, precision);
  EB_OK(planner.import_inputs());
  for (const FusedNode& fused : fuse(graph, arithmetic_of(device))) EB_OK(planner.emit(fused));
  EB_OK(planner.export_outputs());
  planner.set_lifetimes();
  return std::move(planner.program_);
}

}  // namespace eb::gpu
