#include "backends/gpu/ops/movement.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "backends/gpu/ops/strided.h"

namespace eb::gpu {
namespace {

Refusal refuse_nothing(const Graph&, const Node&) {
  return {};
}

bool same_channels(const Shape& a, const Shape& b) {
  return a.size() >= 2 && b.size() >= 2 && a[0] == b[0] && a[1] == b[1];
}

// The same elements in the same order under another shape: no work, whatever layout they are in, as long as
// the runs of channels stay what they are.
Status emit_reshape(Planner& planner, const Node& node) {
  const ValueId from = node.input(0), to = node.output(0);
  const Shape &from_shape = planner.value(from).shape, &to_shape = planner.value(to).shape;
  const Place place = planner.as_written(from);
  const bool ends_in_runs = !to_shape.empty() && to_shape.back() == place.channels;
  if ((place.layout == Layout::image && same_channels(from_shape, to_shape)) ||
      (place.layout == Layout::rows && ends_in_runs)) {
    planner.alias(to, place);
  } else if (place.layout == Layout::image && ends_in_runs &&
             place.pixels == from_shape[0]) {  // one pixel a picture: a row
    Place rows = place;
    rows.layout = Layout::rows;
    planner.alias(to, rows);
  } else if (place.layout == Layout::rows && to_shape.size() >= 2 && to_shape[0] == place.pixels &&
             to_shape[1] == place.channels) {  // a row: one pixel of a picture
    Place image = place;
    image.layout = Layout::image;
    planner.alias(to, image);
  } else {
    planner.alias(to, planner.flat(from));
    return Done{};
  }
  if (planner.has(from, Layout::flat)) planner.alias(to, planner.flat(from));
  return Done{};
}

std::vector<std::size_t> permutation(const Graph& graph, const Node& node) {
  const std::size_t rank = graph.value(node.input(0)).rank();
  std::vector<std::size_t> order;
  for (const std::int64_t axis : node.integers("perm")) order.push_back(static_cast<std::size_t>(axis));
  if (order.size() != rank) {
    order.resize(rank);
    std::iota(order.rbegin(), order.rend(), std::size_t{0});
  }
  return order;
}

// Channels last, or channels last back to second: what an image's layout does.
bool moves_channels_last(const std::vector<std::size_t>& order) {
  if (order.size() < 3 || order.front() != 0 || order.back() != 1) return false;
  return std::is_sorted(order.begin() + 1, order.end() - 1);
}

bool moves_channels_second(const std::vector<std::size_t>& order) {
  if (order.size() < 3 || order.front() != 0 || order[1] != order.size() - 1) return false;
  return std::is_sorted(order.begin() + 2, order.end());
}

// True where a memory layout is the transpose.
bool alias_transpose(Planner& planner, const Node& node, const std::vector<std::size_t>& order) {
  const ValueId from = node.input(0);
  if (rep_of(planner.value(from).type) != Rep::real) return false;
  Place place = planner.as_written(from);
  if (moves_channels_last(order) && planner.has(from, Layout::image)) {
    if (place.layout != Layout::image) place = planner.image(from);
    place.layout = Layout::rows;
  } else if (moves_channels_second(order) && place.layout != Layout::image) {
    if (place.layout != Layout::rows) place = planner.rows(from, planner.store_of(from));
    place.layout = Layout::image;
  } else {
    return false;
  }
  planner.alias(node.output(0), place);
  return true;
}

Status emit_transpose(Planner& planner, const Node& node) {
  const ValueId from = node.input(0), to = node.output(0);
  const std::vector<std::size_t> order = permutation(planner.graph(), node);
  if (alias_transpose(planner, node, order)) return Done{};
  const Place source = planner.any(from);
  const bool as_image = comes_as_image(planner, from) && order[0] == 0 && order[1] == 1;
  const Place target = as_image ? planner.new_image(to) : planner.new_flat(to);
  const auto from_strides = strides_of(source), to_strides = strides_of(target);
  StridedCopy copy{.from = source, .to = target};
  for (std::size_t i = 0; i < order.size(); ++i)
    copy.axes.push_back({target.shape[i], from_strides[order[i]], to_strides[i]});
  if (as_image) copy.axes[1].size = target.pitch;
  emit_copy(planner, std::move(copy));
  return Done{};
}

Refusal refuse_transpose(const Graph& graph, const Node& node) {
  const Value& value = graph.value(node.input(0));
  if (value.type == Type::i64 && value.rank() >= kMaxCopyAxes) return "more than 7 dimensions of int64";
  return {};
}

constexpr std::array kRows = {
    OpRow{"Reshape", "", refuse_nothing, emit_reshape},
    OpRow{"Flatten", "", refuse_nothing, emit_reshape},
    OpRow{"Squeeze", "", refuse_nothing, emit_reshape},
    OpRow{"Unsqueeze", "", refuse_nothing, emit_reshape},
    OpRow{"Transpose", "", refuse_transpose, emit_transpose},
};

}  // namespace

bool comes_as_image(Planner& planner, ValueId id) {
  return planner.value(id).rank() >= 3 && planner.as_written(id).layout == Layout::image;
}

void emit_zero_padding(Planner& planner, const Place& runs) {
  if (runs.pitch == runs.channels) return;
  emit_fill(planner, runs, runs.channels, {{runs.pixels, 0, runs.pitch}, {runs.pitch - runs.channels, 0, 1}},
            0);
}

bool integers_are_constant(const Graph& graph, const Node& node, std::size_t input) {
  return node.input(input) == kNoValue || graph.value(node.input(input)).is_constant();
}

std::vector<std::int64_t> integers_of(const Graph& graph, const Node& node, std::size_t input,
                                      std::string_view attribute) {
  return node.input(input) == kNoValue ? node.integers(attribute)
                                       : graph.constant_integers(node.input(input));
}

std::span<const OpRow> movement_ops() {
  return kRows;
}

}  // namespace eb::gpu
