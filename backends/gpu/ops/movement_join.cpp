// Concat, Tile, DepthToSpace and SpaceToDepth.
#include <algorithm>
#include <array>

#include "backends/gpu/ops/movement.h"
#include "backends/gpu/ops/strided.h"

namespace eb::gpu {
namespace {

Refusal refuse_nothing(const Graph&, const Node&) {
  return {};
}

// --- Concat

std::size_t concat_axis(const Planner& planner, const Node& node) {
  // Version 1 had an axis by default; later ones demand it.
  return static_cast<std::size_t>(normal_axis(node.integer("axis", 1), planner.value(node.output(0)).rank()));
}

bool concat_as_image(Planner& planner, const Node& node) {
  return std::any_of(node.inputs.begin(), node.inputs.end(),
                     [&](ValueId id) { return comes_as_image(planner, id); });
}

// One input of a concatenation of channels, to be written from channel `first` on. Whole vectors may write
// beyond their own channels: what stands there is written afterwards, or is padding.
void emit_channels(Planner& planner, const Place& from, const Place& to, std::int64_t first) {
  const std::int64_t vector = planner.vector_floats();
  StridedCopy copy{.from = from, .to = to, .to_offset = first, .axes = axes_between(from, to)};
  const bool vectors =
      from.layout == Layout::image && first % vector == 0 && from.first_channel % vector == 0;
  if (vectors) copy.axes[1].size = planner.round_up_to_vector(from.shape[1]);
  emit_copy(planner, std::move(copy));
}

// Channels of halves are joined in whole vectors only.
bool concat_of_halves(const Planner& planner, const Node& node) {
  return planner.store_of(node.output(0)) == Store::half && planner.vector_floats() > 1 &&
         std::all_of(node.inputs.begin(), node.inputs.end() - 1,
                     [&](ValueId id) { return planner.value(id).shape[1] % planner.vector_floats() == 0; });
}

Status emit_concat(Planner& planner, const Node& node) {
  const std::size_t axis = concat_axis(planner, node);
  const bool as_image = concat_as_image(planner, node);
  const bool halves = as_image && axis == 1 && concat_of_halves(planner, node);
  const Store store = halves ? Store::half : Store::word;
  const Place to = as_image ? planner.new_image(node.output(0), store) : planner.new_flat(node.output(0));
  const std::int64_t stride = strides_of(to)[axis];
  if (as_image && axis == 1 && !halves) emit_zero_padding(planner, to);
  std::int64_t first = 0;
  for (const ValueId input : node.inputs) {
    if (planner.value(input).shape[axis] == 0) continue;
    const Place from = halves || (as_image && axis != 1) ? planner.image(input, store) : planner.any(input);
    const bool in_place = from.area == to.area && to.area >= 0;
    if (as_image && axis == 1) {
      if (!in_place) emit_channels(planner, from, to, first);
    } else {
      StridedCopy copy{.from = from, .to = to, .to_offset = first * stride, .axes = axes_between(from, to)};
      if (as_image) copy.axes[1].size = to.pitch;
      emit_copy(planner, std::move(copy));
    }
    first += from.shape[axis];
  }
  return Done{};
}

// --- Tile

std::vector<std::int64_t> repeats_of(const Graph& graph, const Node& node) {
  const Shape &from = graph.value(node.input(0)).shape, &to = graph.value(node.output(0)).shape;
  std::vector<std::int64_t> repeats;
  for (std::size_t i = 0; i < from.size(); ++i) repeats.push_back(to[i] / from[i]);
  return repeats;
}

Refusal refuse_tile(const Graph& graph, const Node& node) {
  const Value& value = graph.value(node.input(0));
  const auto more = [](std::int64_t size) { return size > 1; };
  const auto repeats = repeats_of(graph, node);
  const auto axes = std::count_if(value.shape.begin(), value.shape.end(), more) +
                    std::count_if(repeats.begin(), repeats.end(), more) + (value.type == Type::i64 ? 1 : 0);
  if (static_cast<std::size_t>(axes) > kMaxCopyAxes) return "repeats too many axes";
  return {};
}

Status emit_tile(Planner& planner, const Node& node) {
  const Place from = planner.any(node.input(0)), to = planner.new_flat(node.output(0));
  const auto from_strides = strides_of(from), to_strides = strides_of(to);
  const auto repeats = repeats_of(planner.graph(), node);
  StridedCopy copy{.from = from, .to = to};
  for (std::size_t i = 0; i < repeats.size(); ++i) {
    copy.axes.push_back({repeats[i], 0, from.shape[i] * to_strides[i]});
    copy.axes.push_back({from.shape[i], from_strides[i], to_strides[i]});
  }
  emit_copy(planner, std::move(copy));
  return Done{};
}

// --- DepthToSpace, SpaceToDepth

Refusal refuse_blocks(const Graph& graph, const Node& node) {
  if (graph.value(node.input(0)).rank() != 4) return "not four dimensions";
  return {};
}

// Between a deep picture [N, b, b, C, H, W] (or [N, C, b, b, H, W]) and a wide one [N, C, H, b, W, b].
void emit_blocks(Planner& planner, const Node& node, const Place& from, const Place& to) {
  const bool deep_source = from.shape[1] > to.shape[1];
  const Place &deep = deep_source ? from : to, &wide = deep_source ? to : from;
  const auto deep_strides = strides_of(deep), wide_strides = strides_of(wide);
  const std::int64_t block = node.integer("blocksize", 1), channels = wide.shape[1];
  const bool column_row = node.text("mode", "DCR") == "CRD";
  const std::int64_t channel_stride = deep_strides[1] * (column_row ? block * block : 1);
  const std::int64_t block_stride = deep_strides[1] * (column_row ? 1 : channels);
  StridedCopy copy{.from = from, .to = to};
  const auto add = [&](std::int64_t size, std::int64_t deep_stride, std::int64_t wide_stride) {
    copy.axes.push_back(deep_source ? StridedAxis{size, deep_stride, wide_stride}
                                    : StridedAxis{size, wide_stride, deep_stride});
  };
  add(deep.shape[0], deep_strides[0], wide_strides[0]);
  add(channels, channel_stride, wide_strides[1]);
  add(deep.shape[2], deep_strides[2], wide_strides[2] * block);
  add(deep.shape[3], deep_strides[3], wide_strides[3] * block);
  add(block, block_stride * block, wide_strides[2]);
  add(block, block_stride, wide_strides[3]);
  emit_copy(planner, std::move(copy));
}

Status emit_depth_space(Planner& planner, const Node& node) {
  const bool as_image = comes_as_image(planner, node.input(0));
  const Place from = planner.any(node.input(0));
  const Place to = as_image ? planner.new_image(node.output(0)) : planner.new_flat(node.output(0));
  if (as_image) emit_zero_padding(planner, to);
  emit_blocks(planner, node, from, to);
  return Done{};
}

constexpr std::array kRows = {
    OpRow{"Concat", "", refuse_nothing, emit_concat},
    OpRow{"Tile", "", refuse_tile, emit_tile},
    OpRow{"DepthToSpace", "", refuse_blocks, emit_depth_space},
    OpRow{"SpaceToDepth", "", refuse_blocks, emit_depth_space},
};

}  // namespace

std::span<const OpRow> join_ops() {
  return kRows;
}

}  // namespace eb::gpu
