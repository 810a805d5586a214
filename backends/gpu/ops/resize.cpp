// Resize and Upsample.
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "backends/gpu/ops.h"
#include "backends/gpu/ops/movement.h"
#include "backends/gpu/ops/resample.h"
#include "backends/gpu/ops/strided.h"

namespace eb::gpu {
namespace {

bool is_old(const Node& node) {
  return node.op_type == "Upsample" || (node.since_version > 0 && node.since_version < 11);
}

// Which input has the scales, and which the sizes; inputs that there are not count as absent.
constexpr std::size_t kOldScales = 1, kScales = 2, kSizes = 3;

std::size_t scales_input(const Node& node) {
  return is_old(node) ? kOldScales : kScales;
}

Resample how_of(const Node& node) {
  Resample how{.mode = node.text("mode", "nearest")};
  if (how.mode == "bilinear") how.mode = "linear";  // of Upsample's first version
  if (is_old(node)) {
    how.coordinates = "asymmetric";
    how.rounding = "simple";
  } else {
    how.coordinates = node.text("coordinate_transformation_mode", "half_pixel");
    how.rounding = node.text("nearest_mode", "round_prefer_floor");
    how.cubic = node.real("cubic_coeff_a", -0.75f);
    how.exclude_outside = node.integer("exclude_outside", 0) != 0;
  }
  return how;
}

// For each axis of the tensor.
std::vector<float> scales_of(const Graph& graph, const Node& node) {
  const Shape &from = graph.value(node.input(0)).shape, &to = graph.value(node.output(0)).shape;
  std::vector<float> scales;
  for (std::size_t i = 0; i < from.size(); ++i)
    scales.push_back(static_cast<float>(to[i]) / static_cast<float>(from[i]));
  auto given = node.reals("scales");
  if (given.empty()) given = graph.constant_reals(node.input(scales_input(node)));
  const auto axes = node.integers("axes");
  for (std::size_t i = 0; i < given.size(); ++i) {
    const int axis = normal_axis(i < axes.size() ? axes[i] : static_cast<std::int64_t>(i), from.size());
    if (axis >= 0) scales[static_cast<std::size_t>(axis)] = given[i];
  }
  return scales;
}

// Where scales make 3.2 elements of 4, ONNX's own tests align the corner 2.2, ONNX Runtime aligns 2.
bool sizes_are_whole(const Graph& graph, const Node& node) {
  const Shape &from = graph.value(node.input(0)).shape, &to = graph.value(node.output(0)).shape;
  const auto scales = scales_of(graph, node);
  for (std::size_t i = 0; i < from.size(); ++i)
    if (std::abs(scales[i] * static_cast<float>(from[i]) - static_cast<float>(to[i])) > 1e-3f) return false;
  return true;
}

Refusal refuse_resize(const Graph& graph, const Node& node) {
  static constexpr std::array kCoordinates = {
      std::string_view("half_pixel"),         std::string_view("asymmetric"),
      std::string_view("align_corners"),      std::string_view("tf_half_pixel_for_nn"),
      std::string_view("pytorch_half_pixel"), std::string_view("half_pixel_symmetric")};
  const Type type = graph.value(node.input(0)).type;
  if (rep_of(type) != Rep::real) return "not a real type";
  const Resample how = how_of(node);
  if (how.mode != "nearest" && how.mode != "linear" && how.mode != "cubic") return "mode " + how.mode;
  if (how.mode != "nearest" && type != Type::f32 && type != Type::f16) return "integers between integers";
  if (std::find(kCoordinates.begin(), kCoordinates.end(), how.coordinates) == kCoordinates.end())
    return "coordinates " + how.coordinates;
  if (node.integer("antialias", 0) != 0) return "antialias";
  if (node.text("keep_aspect_ratio_policy", "stretch") != "stretch") return "aspect ratio is kept";
  if (!integers_are_constant(graph, node, scales_input(node))) return "scales are not constant";
  if (!is_old(node) && !integers_are_constant(graph, node, kSizes)) return "sizes are not constant";
  if (how.coordinates == "align_corners" && !sizes_are_whole(graph, node))
    return "corners of a fractional size";
  return {};
}

// An axis in the order of memory.
struct Axis {
  std::int64_t from = 1, to = 1;
  float scale = 1;

  bool changes() const { return from != to || scale != 1.0f; }
};

struct Resizing {
  Planner& planner;
  Resample how{};
  std::vector<Axis> axes{};  // that come before the run
  std::int64_t run = 1;      // elements that stay together: the channels of an image
  bool vectors = false;
};

void add_taps(std::vector<std::uint32_t>& table, const Resample& how, const Axis& axis) {
  const auto taps = axis.changes() ? resample(how, axis.scale, axis.from, axis.to) : std::vector<Tap>{};
  const auto count = static_cast<std::size_t>(how.taps());
  for (std::size_t i = 0; i < static_cast<std::size_t>(axis.to); ++i) {
    for (std::size_t k = 0; k < count; ++k)
      table.push_back(taps.empty() ? static_cast<std::uint32_t>(i)
                                   : static_cast<std::uint32_t>(taps[i * count + k].index));
    for (std::size_t k = 0; k < count; ++k)
      table.push_back(
          std::bit_cast<std::uint32_t>(taps.empty() ? (k == 0 ? 1.0f : 0.0f) : taps[i * count + k].weight));
  }
}

// One pass over the axes `first` and, if it is not past the last, `first + 1`.
void emit_pass(const Resizing& work, const Place& from, const Place& to, std::size_t first,
               std::size_t count) {
  Planner& planner = work.planner;
  const Axis rows = count == 2 ? work.axes[first] : Axis{}, columns = work.axes[first + count - 1];
  std::int64_t outer = 1, inner = work.run;
  for (std::size_t i = 0; i < first; ++i) outer *= work.axes[i].to;  // those before were resized before
  for (std::size_t i = first + count; i < work.axes.size(); ++i) inner *= work.axes[i].from;
  std::vector<std::uint32_t> table;
  add_taps(table, work.how, rows);
  add_taps(table, work.how, columns);

  constexpr std::int64_t kChunk = 16;
  const std::int64_t unit = work.vectors ? planner.vector_floats() : 1;
  const std::int64_t chunk = planner.device().type == DeviceType::cpu ? kChunk : 1;
  call_items(
      planner,
      {.kernel = "resize_axes",
       .defines = {{"VEC", work.vectors ? 1 : 0}},
       .constants = {{"TAPS", work.how.taps()}}},
      {from, planner.constant_words(std::move(table)), to},
      {address_of(from, 0, unit), address_of(to, 0, unit), Param::of(rows.from), Param::of(columns.from),
       Param::of(rows.to), Param::of(columns.to), Param::of(inner / unit), Param::of(chunk)},
      outer * rows.to * columns.to * ((inner / unit + chunk - 1) / chunk));
}

// The axes that change, in pairs of neighbours.
struct Pass {
  std::size_t first = 0, count = 1;
};

std::vector<Pass> passes_of(const std::vector<Axis>& axes) {
  std::vector<Pass> passes;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    if (!axes[i].changes()) continue;
    const bool pair = i + 1 < axes.size() && axes[i + 1].changes();
    passes.push_back({i, pair ? std::size_t{2} : std::size_t{1}});
    if (pair) ++i;
  }
  return passes;
}

void emit_passes(const Resizing& work, Place from, const Place& to) {
  const std::vector<Pass> passes = passes_of(work.axes);
  for (std::size_t i = 0; i < passes.size(); ++i) {
    const std::size_t done = passes[i].first + passes[i].count;
    std::int64_t size = work.run;
    for (std::size_t k = 0; k < work.axes.size(); ++k) size *= k < done ? work.axes[k].to : work.axes[k].from;
    const Place target = i + 1 == passes.size() ? to : work.planner.scratch(size);
    emit_pass(work, from, target, passes[i].first, passes[i].count);
    from = target;
  }
}

bool as_image(Planner& planner, const Node& node, const std::vector<float>& scales) {
  const ValueId id = node.input(0);
  const Shape &from = planner.value(id).shape, &to = planner.value(node.output(0)).shape;
  const bool pixels_only =
      from.size() >= 3 && from[0] == to[0] && from[1] == to[1] && scales[0] == 1 && scales[1] == 1;
  return pixels_only && comes_as_image(planner, id);
}

Status emit_resize(Planner& planner, const Node& node) {
  const ValueId id = node.input(0), result = node.output(0);
  const Shape &from = planner.value(id).shape, &to = planner.value(result).shape;
  const std::vector<float> scales = scales_of(planner.graph(), node);
  Resizing work{.planner = planner, .how = how_of(node)};
  const bool image = as_image(planner, node, scales);
  for (std::size_t i = 0; i < from.size(); ++i)
    if (!image || i != 1) work.axes.push_back({from[i], to[i], scales[i]});
  if (passes_of(work.axes).empty()) {
    planner.alias(result, planner.as_written(id));
    return Done{};
  }
  if (!image) {
    const Place source = planner.flat(id);
    emit_passes(work, source, planner.new_flat(result));
    return Done{};
  }
  Place source = planner.image(id);
  const Place target = planner.new_image(result);
  work.run = target.pitch;
  work.vectors = true;
  // A part of wider runs is copied out first.
  if (source.pitch != target.pitch) {
    const Place copied = planner.scratch(source.pixels * target.pitch);
    emit_copy(planner, {.from = source,
                        .to = copied,
                        .axes = {{source.pixels, source.pitch, target.pitch}, {target.pitch, 1, 1}}});
    source = copied;
  }
  emit_passes(work, source, target);
  return Done{};
}

constexpr std::array kRows = {
    OpRow{"Resize", "", refuse_resize, emit_resize},
    OpRow{"Upsample", "", refuse_resize, emit_resize},
};

}  // namespace

std::span<const OpRow> resize_ops() {
  return kRows;
}

}  // namespace eb::gpu
