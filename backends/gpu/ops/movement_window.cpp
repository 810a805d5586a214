// Slice, Split and Pad: parts of a tensor, and a tensor as a part of another.
#include <algorithm>
#include <array>
#include <bit>
#include <cstdlib>

#include "backends/gpu/ops/movement.h"
#include "backends/gpu/ops/strided.h"

namespace eb::gpu {
namespace {

// --- Slice

Refusal refuse_slice(const Graph& graph, const Node& node) {
  for (std::size_t input = 1; input < 5; ++input)
    if (!integers_are_constant(graph, node, input)) return "bounds are not constant";
  return {};
}

struct Window {
  std::vector<std::int64_t> starts{}, steps{};  // for each axis
};

Window slice_window(const Graph& graph, const Node& node) {
  const Shape& shape = graph.value(node.input(0)).shape;
  Window window{std::vector<std::int64_t>(shape.size(), 0), std::vector<std::int64_t>(shape.size(), 1)};
  const auto starts = integers_of(graph, node, 1, "starts");
  const auto axes = integers_of(graph, node, 3, "axes");
  const auto steps = integers_of(graph, node, 4, "steps");
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const int normal = normal_axis(i < axes.size() ? axes[i] : static_cast<std::int64_t>(i), shape.size());
    const auto axis = static_cast<std::size_t>(std::max(normal, 0));
    const std::int64_t step = i < steps.size() ? steps[i] : 1;
    const std::int64_t start = starts[i] < 0 ? starts[i] + shape[axis] : starts[i];
    window.starts[axis] = std::clamp<std::int64_t>(start, 0, step < 0 ? shape[axis] - 1 : shape[axis]);
    window.steps[axis] = step;
  }
  return window;
}

Status emit_slice(Planner& planner, const Node& node) {
  const Window window = slice_window(planner.graph(), node);
  emit_window(planner, node.input(0), node.output(0), window.starts, window.steps);
  return Done{};
}

// --- Split

Refusal refuse_split(const Graph&, const Node& node) {
  for (const ValueId id : node.outputs)
    if (id == kNoValue) return "an output is not used";
  return {};
}

Status emit_split(Planner& planner, const Node& node) {
  const std::size_t rank = planner.value(node.input(0)).rank();
  const auto axis = static_cast<std::size_t>(normal_axis(node.integer("axis", 0), rank));
  std::vector<std::int64_t> starts(rank, 0);
  const std::vector<std::int64_t> steps(rank, 1);
  for (const ValueId output : node.outputs) {
    emit_window(planner, node.input(0), output, starts, steps);
    starts[axis] += planner.value(output).shape[axis];
  }
  return Done{};
}

// --- Pad

struct Pads {
  std::vector<std::int64_t> before{}, after{};  // for each axis
};

Pads pads_of(const Graph& graph, const Node& node) {
  const std::size_t rank = graph.value(node.input(0)).rank();
  Pads pads{std::vector<std::int64_t>(rank, 0), std::vector<std::int64_t>(rank, 0)};
  const auto given = integers_of(graph, node, 1, node.has("pads") ? "pads" : "paddings");
  const auto axes = integers_of(graph, node, 3, "axes");
  const std::size_t count = given.size() / 2;
  for (std::size_t i = 0; i < count; ++i) {
    const int normal = normal_axis(i < axes.size() ? axes[i] : static_cast<std::int64_t>(i), rank);
    const auto axis = static_cast<std::size_t>(std::max(normal, 0));
    pads.before[axis] = given[i];
    pads.after[axis] = given[count + i];
  }
  return pads;
}

Refusal refuse_pad(const Graph& graph, const Node& node) {
  for (std::size_t input = 1; input < 4; ++input)
    if (!integers_are_constant(graph, node, input)) return "pads are not constant";
  const Value& value = graph.value(node.input(0));
  const std::string mode = node.text("mode", "constant");
  if (mode == "constant") return value.type == Type::i64 ? Refusal("int64 padding") : Refusal();
  if (mode != "reflect" && mode != "edge" && mode != "wrap") return "mode " + mode;
  const Pads pads = pads_of(graph, node);
  for (std::size_t axis = 0; axis < value.rank(); ++axis) {
    const std::int64_t most = std::max(pads.before[axis], pads.after[axis]);
    const std::int64_t least = std::min(pads.before[axis], pads.after[axis]);
    if (least < 0) return "negative pads of mode " + mode;
    if (mode == "reflect" && most > value.shape[axis] - 1) return "reflects more than there is";
    if (mode == "wrap" && most > value.shape[axis]) return "wraps more than there is";
  }
  return {};
}

std::uint32_t pad_word(const Graph& graph, const Node& node) {
  const ValueId id = node.input(2);
  if (rep_of(graph.value(node.input(0)).type) == Rep::i32) {
    const auto integers = graph.constant_integers(id);
    return integers.empty() ? 0 : static_cast<std::uint32_t>(integers[0]);
  }
  const auto reals = graph.constant_reals(id);
  return std::bit_cast<std::uint32_t>(reals.empty() ? node.real("value", 0) : reals[0]);
}

// Where a tensor and a padded one are, and whether both are images, of which whole runs of channels are
// copied.
struct PadPlaces {
  Place from{}, to{};
  bool images = false;
};

PadPlaces pad_places(Planner& planner, const Node& node, const Pads& pads) {
  const ValueId from = node.input(0), to = node.output(0);
  if (comes_as_image(planner, from) && pads.before[1] == 0 && pads.after[1] == 0)
    return {planner.any(from), planner.new_image(to), true};
  return {planner.any(from), planner.new_flat(to), false};
}

void emit_constant_pad(Planner& planner, const Node& node, const Pads& pads) {
  const PadPlaces places = pad_places(planner, node, pads);
  const Place &from = places.from, &to = places.to;
  const std::int64_t words = to.layout == Layout::flat ? to.size() : to.pixels * to.pitch;
  emit_fill(planner, to, 0, {{words, 0, 1}}, pad_word(planner.graph(), node));
  const auto from_strides = strides_of(from), to_strides = strides_of(to);
  StridedCopy copy{.from = from, .to = to};
  for (std::size_t axis = 0; axis < from.shape.size(); ++axis) {
    const std::int64_t before = pads.before[axis], after = pads.after[axis];
    copy.from_offset += std::max<std::int64_t>(-before, 0) * from_strides[axis];
    copy.to_offset += std::max<std::int64_t>(before, 0) * to_strides[axis];
    const std::int64_t size =
        from.shape[axis] + std::min<std::int64_t>(before, 0) + std::min<std::int64_t>(after, 0);
    if (size <= 0) return;  // nothing but padding
    copy.axes.push_back({size, from_strides[axis], to_strides[axis]});
  }
  if (places.images) copy.axes[1].size = to.pitch;
  emit_copy(planner, std::move(copy));
}

// A stretch of one axis: `size` indices from `to` on come from `from` on, in steps of `step`.
struct Stretch {
  std::int64_t from = 0, to = 0, size = 0, step = 1;
};

std::vector<Stretch> stretches(const std::string& mode, std::int64_t size, std::int64_t before,
                               std::int64_t after) {
  std::vector<Stretch> parts = {{0, before, size, 1}};
  const auto add = [&](Stretch part) {
    if (part.size > 0) parts.push_back(part);
  };
  if (mode == "reflect") {
    add({before, 0, before, -1});
    add({size - 2, before + size, after, -1});
  } else if (mode == "edge") {
    add({0, 0, before, 0});
    add({size - 1, before + size, after, 0});
  } else {  // wrap
    add({size - before, 0, before, 1});
    add({0, before + size, after, 1});
  }
  return parts;
}

// One copy for each combination of stretches: 9 in a picture padded on all sides.
void emit_mirrored_pad(Planner& planner, const Node& node, const Pads& pads) {
  const PadPlaces places = pad_places(planner, node, pads);
  const Place &from = places.from, &to = places.to;
  const auto from_strides = strides_of(from), to_strides = strides_of(to);
  std::vector<StridedCopy> copies = {{.from = from, .to = to}};
  for (std::size_t axis = 0; axis < from.shape.size(); ++axis) {
    std::vector<StridedCopy> longer;
    for (const StridedCopy& copy : copies)
      for (Stretch part :
           stretches(node.text("mode", ""), from.shape[axis], pads.before[axis], pads.after[axis])) {
        if (places.images && axis == 1) part.size = to.pitch;
        longer.push_back(copy);
        longer.back().from_offset += part.from * from_strides[axis];
        longer.back().to_offset += part.to * to_strides[axis];
        longer.back().axes.push_back({part.size, part.step * from_strides[axis], to_strides[axis]});
      }
    copies = std::move(longer);
  }
  for (StridedCopy& copy : copies) emit_copy(planner, std::move(copy));
}

Status emit_pad(Planner& planner, const Node& node) {
  const Pads pads = pads_of(planner.graph(), node);
  if (node.text("mode", "constant") == "constant")
    emit_constant_pad(planner, node, pads);
  else
    emit_mirrored_pad(planner, node, pads);
  return Done{};
}

constexpr std::array kRows = {
    OpRow{"Slice", "", refuse_slice, emit_slice},
    OpRow{"Split", "", refuse_split, emit_split},
    OpRow{"Pad", "", refuse_pad, emit_pad},
};

}  // namespace

void emit_window(Planner& planner, ValueId from_id, ValueId to_id, const std::vector<std::int64_t>& starts,
                 const std::vector<std::int64_t>& steps) {
  const bool as_image = comes_as_image(planner, from_id) && steps[1] == 1;
  const Place from = planner.any(from_id);
  const Place to = as_image ? planner.new_image(to_id) : planner.new_flat(to_id);
  const auto from_strides = strides_of(from), to_strides = strides_of(to);
  StridedCopy copy{.from = from, .to = to};
  for (std::size_t axis = 0; axis < starts.size(); ++axis) {
    copy.from_offset += starts[axis] * from_strides[axis];
    copy.axes.push_back({to.shape[axis], steps[axis] * from_strides[axis], to_strides[axis]});
  }
  if (as_image) {
    // Whole vectors read at most the source's own padding.
    if ((from.first_channel + starts[1]) % planner.vector_floats() == 0)
      copy.axes[1].size = to.pitch;
    else
      emit_zero_padding(planner, to);
  }
  emit_copy(planner, std::move(copy));
}

std::span<const OpRow> window_ops() {
  return kRows;
}

}  // namespace eb::gpu
