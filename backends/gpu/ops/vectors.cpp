#include "backends/gpu/ops/vectors.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <optional>

namespace eb::gpu {
namespace {

constexpr std::array<const char*, 3> kKernels = {"unary", "binary", "ternary"};

// Dimensions of vectors that the kernel of so many operands can have; a call has at most 30 parameters.
std::size_t max_dims(std::size_t operands) {
  return operands < 3 ? 5 : 4;
}

Shape padded(const Shape& shape, std::size_t rank) {
  Shape longer(rank - std::min(rank, shape.size()), 1);
  longer.insert(longer.end(), shape.begin(), shape.end());
  return longer;
}

// Axes from the innermost in memory to the outermost.
std::vector<std::size_t> axes_from_inside(std::size_t rank, Layout layout) {
  std::vector<std::size_t> axes;
  if (layout == Layout::image) axes.push_back(1);
  for (std::size_t axis = rank; axis-- > 0;)
    if (layout != Layout::image || axis != 1) axes.push_back(axis);
  return axes;
}

struct Dim {
  std::int64_t extent = 1;
  std::vector<std::int64_t> strides{};  // of each place
};

// Strides in elements along `axes`, 0 where the place is repeated.
std::vector<std::int64_t> strides_of(const Place& place, const Shape& shape,
                                     const std::vector<std::size_t>& axes) {
  std::vector<std::int64_t> strides(axes.size(), 0);
  if (place.size() == 1 && elements(shape) > 1) return strides;
  const Shape own = padded(place.shape, shape.size());
  std::int64_t stride = 1;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    if (own[axes[i]] != 1 || shape[axes[i]] == 1) strides[i] = stride;
    if (i == 0 && place.layout != Layout::flat)
      stride = place.pitch;
    else
      stride *= own[axes[i]];
  }
  return strides;
}

// Dimensions from the inside, neighbours merged where all places go on evenly.
std::vector<Dim> merged_dims(std::span<const Place> places, std::int64_t width, bool keep_runs) {
  const Place& output = places.back();
  const bool in_runs = output.layout != Layout::flat;
  const auto axes = axes_from_inside(output.shape.size(), output.layout);
  std::vector<std::vector<std::int64_t>> strides;
  for (const Place& place : places) strides.push_back(strides_of(place, output.shape, axes));
  std::vector<Dim> dims;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    Dim dim{.extent = output.shape[axes[i]]};
    const bool is_run = in_runs && i == 0;
    if (is_run) dim.extent = (dim.extent + width - 1) / width * width;
    if (dim.extent == 1) continue;
    for (const auto& of_place : strides) dim.strides.push_back(of_place[i]);
    bool merges = !dims.empty() && !(keep_runs && in_runs && dims.size() == 1);
    for (std::size_t p = 0; merges && p < places.size(); ++p)
      merges = dim.strides[p] == dims.back().strides[p] * dims.back().extent;
    if (merges)
      dims.back().extent *= dim.extent;
    else
      dims.push_back(std::move(dim));
  }
  if (dims.empty()) dims.push_back({1, std::vector<std::int64_t>(places.size(), 1)});
  return dims;
}

// What the kernels are told: dimensions in vectors, and which operands stand still along the innermost one.
struct Arrangement {
  std::vector<Dim> dims{};
  std::uint32_t splat = 0;
  std::int64_t tail = 0;
};

// `places` are the operands and the output. Nothing if vectors cannot do it. As halves, numbers may leave
// what is finite by any operator.
std::optional<Arrangement> arrange(std::span<const Place> places, std::int64_t width, bool keeps_finite) {
  const Place& output = places.back();
  const bool in_runs = output.layout != Layout::flat;
  const std::int64_t rest = in_runs ? output.channels % width : 0;
  const bool keep_runs = (!keeps_finite || output.store == Store::half) && rest != 0;
  Arrangement made{.dims = merged_dims(places, width, keep_runs), .tail = keep_runs ? rest : width};
  if (made.dims.size() > max_dims(places.size() - 1)) return {};
  if (made.dims.size() > 1 && made.dims[0].extent % width != 0) return {};
  made.dims[0].extent = (made.dims[0].extent + width - 1) / width;
  for (std::size_t p = 0; p < places.size(); ++p)
    if (made.dims[0].strides[p] == 0) made.splat |= 1u << p;
  for (std::size_t i = 1; i < made.dims.size(); ++i)
    for (std::size_t p = 0; p < places.size(); ++p) {
      if ((made.splat >> p & 1) != 0) continue;  // counted in elements
      if (made.dims[i].strides[p] % width != 0) return {};
      made.dims[i].strides[p] /= width;
    }
  return made;
}

std::vector<Param> params_of(const Arrangement& made, const Elementwise& work, std::span<const Place> places,
                             std::int64_t width) {
  std::int64_t count = 1;
  for (const Dim& dim : made.dims) count *= dim.extent;
  std::vector<Param> params = {Param::of(count), Param::of(made.tail), Param::of(std::int64_t{made.splat})};
  if (places.size() != 3) {
    params.push_back(Param::of(work.alpha));
    params.push_back(Param::of(work.beta));
  }
  for (std::size_t p = 0; p < places.size(); ++p)
    params.push_back(Param::address(places[p], (made.splat >> p & 1) != 0 ? 1 : width));
  const std::size_t most = max_dims(places.size() - 1);
  for (std::size_t i = 0; i + 1 < most; ++i)
    params.push_back(Param::of(i < made.dims.size() ? made.dims[i].extent : std::int64_t{1}));
  for (std::size_t p = 0; p < places.size(); ++p)
    for (std::size_t i = 0; i < most; ++i)
      params.push_back(Param::of(i < made.dims.size() ? made.dims[i].strides[p] : std::int64_t{0}));
  return params;
}

// A constant of fewer dimensions than the image that it meets: [C, 1, 1] becomes an image of shape [1, C, 1,
// 1].
Place image_constant(Planner& planner, const Operand& operand, std::size_t rank, Store store) {
  const std::vector<float> reals = planner.graph().constant_reals(operand.id);
  Place place{.layout = Layout::image, .store = store, .shape = padded(operand.shape, rank)};
  place.channels = place.shape[1];
  place.pitch = planner.round_up_to_vector(place.channels);
  place.pixels = place.size() / place.channels;
  const std::int64_t inner = place.pixels / place.shape[0];
  std::vector<float> runs(static_cast<std::size_t>(place.pixels * place.pitch));
  for (std::int64_t i = 0; i < place.size(); ++i) {
    const std::int64_t pixel = i / (place.channels * inner) * inner + i % inner;
    runs[static_cast<std::size_t>(pixel * place.pitch + i / inner % place.channels)] =
        reals[static_cast<std::size_t>(i)];
  }
  place.constant = planner.constant(runs, store).constant;
  return place;
}

}  // namespace

Operand operand(const Planner& planner, ValueId id) {
  return {id, planner.value(id).shape};
}

Layout elementwise_layout(const Planner& planner, std::span<const Operand> operands, ValueId output) {
  const Value& made = planner.value(output);
  if (rep_of(made.type) != Rep::real || made.rank() > max_dims(operands.size())) return Layout::flat;
  std::int64_t largest = 0;
  bool can_be_image = true;
  for (const Operand& operand : operands) {
    const Value& value = planner.value(operand.id);
    if (rep_of(value.type) != Rep::real) return Layout::flat;
    if (value.is_constant()) continue;
    const std::int64_t size = elements(value.shape);
    largest = std::max(largest, size);
    can_be_image = can_be_image && (value.rank() == made.rank() || size == 1);
  }
  for (const Layout layout : {Layout::image, Layout::rows})
    for (const Operand& operand : operands) {
      const Value& value = planner.value(operand.id);
      if (value.is_constant() || elements(value.shape) != largest || value.rank() != made.rank()) continue;
      if (planner.has(operand.id, layout) && (layout == Layout::rows || can_be_image)) return layout;
    }
  return Layout::flat;
}

Store elementwise_store(const Planner& planner, std::span<const Operand> operands, ValueId output,
                        Layout layout) {
  if (layout == Layout::flat || planner.store_of(output) != Store::half) return Store::word;
  for (const Operand& operand : operands) {
    const Value& value = planner.value(operand.id);
    if (rep_of(value.type) == Rep::real && value.is_constant() && layout == Layout::image) continue;
    const bool in_runs = layout == Layout::image || operand.shape == value.shape;
    if (planner.store_of(operand.id) != Store::half || !in_runs || elements(value.shape) == 1)
      return Store::word;
  }
  return Store::half;
}

Place operand_place(Planner& planner, const Operand& operand, Layout layout, std::size_t rank, Store store) {
  const Value& value = planner.value(operand.id);
  if (elements(value.shape) == 1) {
    Place place = store == Store::word ? planner.any(operand.id)
                                       : planner.constant(planner.graph().constant_reals(operand.id), store);
    place.shape = operand.shape;
    return place;
  }
  if (layout == Layout::image && value.is_constant() &&
      (operand.shape != value.shape || value.rank() != rank))
    return image_constant(planner, operand, rank, store);
  if (layout == Layout::image) return planner.image(operand.id, store);
  if (layout == Layout::rows && operand.shape == value.shape) return planner.rows(operand.id, store);
  Place place = planner.flat(operand.id);
  place.shape = operand.shape;
  return place;
}

std::vector<Place> operand_places(Planner& planner, std::span<const Operand> operands, Layout layout,
                                  std::size_t rank, Store store) {
  std::vector<Place> places;
  places.reserve(operands.size());
  for (const Operand& operand : operands)
    places.push_back(operand_place(planner, operand, layout, rank, store));
  return places;
}

Place new_in(Planner& planner, ValueId id, Layout layout, Store store) {
  if (layout == Layout::image) return planner.new_image_in_place(id, store);
  return layout == Layout::rows ? planner.new_rows(id, store) : planner.new_flat(id);
}

void elementwise_call(Planner& planner, const Elementwise& work, std::vector<Place> operands,
                      const Place& output) {
  std::vector<Place> places = std::move(operands);
  places.push_back(output);
  const std::int64_t width = planner.vector_floats();
  auto made = arrange(places, width, work.keeps_finite);
  if (!made) {
    for (std::size_t i = 0; i + 1 < places.size(); ++i)
      if (places[i].size() != 1) places[i] = broadcast_flat(planner, places[i], output.shape);
    made = arrange(places, width, work.keeps_finite);
  }
  assert(made);  // flat tensors of one shape are one line of vectors
  std::vector<std::pair<std::string, int>> constants = work.constants;
  constants.emplace_back("OP", work.code);
  constants.emplace_back("DIMS", static_cast<int>(made->dims.size()));
  std::int64_t count = 1;
  for (const Dim& dim : made->dims) count *= dim.extent;
  const std::vector<Param> params = params_of(*made, work, places, width);
  const bool has_words = std::any_of(places.begin(), places.end() - 1,
                                     [](const Place& place) { return place.rep != Rep::real; });
  const bool is_ternary = places.size() == 4;
  const int stored = output.store == Store::half ? 1 : has_words ? 2 : 0;
  const KernelDesc kernel{
      .kernel = kKernels[places.size() - 2],
      .defines = {is_ternary ? std::pair("WORDS", has_words ? 1 : 0) : std::pair("STORED", stored)},
      .constants = std::move(constants)};
  planner.call_linear(kernel, std::move(places), params, count);
}

void emit_elementwise(Planner& planner, const Elementwise& work, const std::vector<Operand>& operands,
                      ValueId output) {
  const Layout layout = elementwise_layout(planner, operands, output);
  const Store store =
      operands.size() > 2 ? Store::word : elementwise_store(planner, operands, output, layout);
  const std::size_t rank = planner.value(output).rank();
  elementwise_call(planner, work, operand_places(planner, operands, layout, rank, store),
                   new_in(planner, output, layout, store));
}

Place as_words(Place place) {
  place.shape.push_back(place.rep == Rep::i64 ? 2 : 1);
  place.rep = Rep::i32;
  return place;
}

Place broadcast_flat(Planner& planner, const Place& from, const Shape& shape) {
  if (from.size() == elements(shape)) {
    Place same = from;
    same.shape = shape;
    return same;
  }
  Place to = planner.scratch(elements(shape));
  to.shape = shape;
  to.rep = from.rep;
  const std::array<Place, 2> places = {from, to};
  const std::vector<Dim> dims = merged_dims(places, 1, false);
  constexpr std::size_t kMostDims = 9;  // kMaxRank and the two words of an i64
  std::vector<Param> params = {Param::of(to.size()), Param::address(from), Param::address(to)};
  for (std::size_t i = 0; i + 1 < kMostDims; ++i)
    params.push_back(Param::of(i < dims.size() ? dims[i].extent : std::int64_t{1}));
  for (std::size_t i = 0; i < kMostDims; ++i)
    params.push_back(Param::of(i < dims.size() ? dims[i].strides[0] : std::int64_t{0}));
  planner.call_linear({.kernel = "broadcast", .constants = {{"DIMS", static_cast<int>(dims.size())}}},
                      {from, to}, params, to.size());
  return to;
}

}  // namespace eb::gpu
