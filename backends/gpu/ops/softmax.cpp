// Softmax, LogSoftmax, Hardmax and LpNormalization.
#include <array>
#include <optional>

#include "backends/gpu/ops.h"
#include "backends/gpu/ops/runs.h"
#include "backends/gpu/ops/strided.h"

namespace eb::gpu {
namespace {

enum class Mode : std::uint8_t { softmax, log_softmax, hardmax, l1, l2 };  // softmax_axis.krn's MODE

// [outer, size, inner]: softmax along the middle one.
struct Lines {
  std::int64_t outer = 1, size = 1, inner = 1;
};

// Before version 13 all axes from the given one on were one.
Lines lines_of(const Shape& shape, const Node& node, bool old) {
  const auto rank = static_cast<std::int64_t>(shape.size());
  const std::int64_t given = node.integer("axis", old ? 1 : -1);
  const auto axis = static_cast<std::size_t>(given < 0 ? given + rank : given);
  Lines lines;
  for (std::size_t i = 0; i < shape.size(); ++i)
    (i < axis ? lines.outer : i == axis || old ? lines.size : lines.inner) *= shape[i];
  return lines;
}

Refusal refuse_softmax(const Graph& graph, const Node& node) {
  if (rep_of(graph.value(node.input(0)).type) != Rep::real) return "not a real type";
  return {};
}

void emit_runs(Planner& planner, Mode mode, const Runs& from, const Runs& to) {
  call_runs(planner, {.kernel = "softmax_rows", .constants = {{"LOG", mode == Mode::log_softmax ? 1 : 0}}},
            {from.place, to.place},
            {vector_address(planner, from.place), vector_address(planner, to.place),
             vectors_of(planner, from.pitch), vectors_of(planner, to.pitch), Param::of(from.channels)},
            from.count);
}

void emit_lines(Planner& planner, Mode mode, const Place& from, const Place& to, const Lines& lines) {
  const bool vectors = lines.inner % planner.vector_floats() == 0 && mode != Mode::hardmax;
  const std::int64_t unit = vectors ? planner.vector_floats() : 1, inner = lines.inner / unit;
  call_items(planner,
             {.kernel = "softmax_axis",
              .defines = {{"VEC", vectors ? 1 : 0}},
              .constants = {{"MODE", static_cast<int>(mode)}}},
             {from, to},
             {address_of(from, 0, unit), address_of(to, 0, unit), Param::of(lines.size), Param::of(inner)},
             lines.outer * inner);
}

// The layout of a whole-run softmax: rows for the last axis, the image for its channels; or none.
std::optional<Layout> runs_layout(Planner& planner, ValueId id, const Lines& lines, bool old) {
  const Value& value = planner.value(id);
  const Layout written = planner.any(id).layout;
  if (value.rank() == 0) return {};
  const bool last = lines.inner == 1 && lines.size == value.shape.back();
  if (last && (written == Layout::rows || lines.size >= planner.vector_floats())) return Layout::rows;
  if (!old && written == Layout::image && lines.outer == value.shape[0] && lines.size == value.shape[1])
    return Layout::image;
  return {};
}

Status emit_normalized(Planner& planner, const Node& node, Mode mode, bool old) {
  const ValueId from = node.input(0), to = node.output(0);
  const Lines lines = lines_of(planner.value(from).shape, node, old);
  const bool whole_runs = mode == Mode::softmax || mode == Mode::log_softmax;
  const auto layout = whole_runs ? runs_layout(planner, from, lines, old) : std::nullopt;
  if (layout == Layout::rows) {
    const Place source = planner.rows(from);
    emit_runs(planner, mode, runs_of(source), runs_of(planner.new_rows(to)));
  } else if (layout == Layout::image) {
    const Place source = planner.image(from);
    emit_runs(planner, mode, runs_of(source), runs_of(planner.new_image(to)));
  } else if (whole_runs && lines.inner == 1 && lines.size >= planner.vector_floats()) {
    const Runs source = runs_of_flat(planner, planner.flat(from), lines.outer, lines.size);
    const Place target = planner.new_flat(to);
    const Runs runs = new_runs_for_flat(planner, target, lines.outer, lines.size);
    emit_runs(planner, mode, source, runs);
    finish_flat(planner, runs, target);
  } else {
    const Place source = planner.flat(from);
    emit_lines(planner, mode, source, planner.new_flat(to), lines);
  }
  return Done{};
}

bool before_13(const Node& node) {
  return node.since_version > 0 && node.since_version < 13;
}

Status emit_softmax(Planner& planner, const Node& node) {
  return emit_normalized(planner, node, Mode::softmax, before_13(node));
}

Status emit_log_softmax(Planner& planner, const Node& node) {
  return emit_normalized(planner, node, Mode::log_softmax, before_13(node));
}

Status emit_hardmax(Planner& planner, const Node& node) {
  return emit_normalized(planner, node, Mode::hardmax, before_13(node));
}

Status emit_lp_normalization(Planner& planner, const Node& node) {
  return emit_normalized(planner, node, node.integer("p", 2) == 1 ? Mode::l1 : Mode::l2, false);
}

constexpr std::array kRows = {
    OpRow{"Softmax", "", refuse_softmax, emit_softmax},
    OpRow{"LogSoftmax", "", refuse_softmax, emit_log_softmax},
    OpRow{"Hardmax", "", refuse_softmax, emit_hardmax},
    OpRow{"LpNormalization", "", refuse_softmax, emit_lp_normalization},
};

}  // namespace

std::span<const OpRow> softmax_ops() {
  return kRows;
}

}  // namespace eb::gpu
