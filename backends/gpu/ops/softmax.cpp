// Softmax, LogSoftmax, Hardmax and LpNormalization.
#include <array>
#include <optional>

#include "backends/gpu/ops.h"
#include "backends/gpu/ops/elementwise.h"
#include "backends/gpu/ops/reduce.h"
#include "backends/gpu/ops/runs.h"
#include "backends/gpu/ops/strided.h"
#include "backends/gpu/ops/vectors.h"

namespace eb::gpu {
namespace {

enum class Mode : std::uint8_t { softmax, log_softmax, hardmax, l1, l2 };  // softmax_axis.krn's MODE

// Before version 13 all axes from the given one on were one.
Lines lines_of(const Shape& shape, const Node& node, bool old) {
  const auto rank = static_cast<std::int64_t>(shape.size());
  const std::int64_t given = node.integer("axis", old ? 1 : -1);
  const auto axis = static_cast<std::size_t>(given < 0 ? given + rank : given);
  Lines lines;
  for (std::size_t i = 0; i < shape.size(); ++i)
    (i < axis ? lines.outer : i == axis || old ? lines.size : lines.inner) *= shape[i];
  return dense_lines(lines.outer, lines.size, lines.inner);
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
            from);
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

// One where the first maximum of a long line is.
void emit_long_hardmax(Planner& planner, const Place& from, const Place& to, const Lines& lines) {
  constexpr std::int64_t kWords = 2;  // of an int64
  const Place found = planner.scratch(lines.outer * lines.inner * kWords);
  search_lines(planner, {}, from, found, lines);
  call_items(planner, {.kernel = "one_hot"}, {found, to},
             {Param::address(found), Param::address(to), Param::of(kWords), Param::of(lines.size),
              Param::of(lines.inner), Param::of(0.0f), Param::of(1.0f)},
             to.size());
}

// Of long lines first one number each, then all elements by it.
void emit_long_lines(Planner& planner, Mode mode, const Place& source, const Place& target,
                     const Lines& lines) {
  if (mode == Mode::hardmax) return emit_long_hardmax(planner, source, target, lines);
  const bool divides = mode == Mode::l1 || mode == Mode::l2;
  Place number = planner.scratch(lines.outer * lines.inner);
  reduce_lines(planner,
               reduction_of(mode == Mode::l1   ? "ReduceL1"
                            : mode == Mode::l2 ? "ReduceL2"
                                               : "ReduceLogSumExp"),
               source, number, lines);
  Place from = source;
  from.shape = {lines.outer, lines.size, lines.inner};
  number.shape = {lines.outer, 1, lines.inner};
  Place to = target;
  to.shape = from.shape;
  Place difference = mode == Mode::softmax ? planner.scratch(to.size()) : to;
  difference.shape = from.shape;
  elementwise_call(planner, {.code = divides ? kDivide : kSubtract, .keeps_finite = !divides}, {from, number},
                   difference);
  if (mode == Mode::softmax) elementwise_call(planner, {.code = kExponential}, {difference}, to);
}

// The layout of a whole-run softmax: rows for the last axis, the image for its channels; or none.
std::optional<Layout> runs_layout(Planner& planner, ValueId id, const Lines& lines, bool old) {
  const Value& value = planner.value(id);
  const Layout written = planner.as_written(id).layout;
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
  const bool whole_runs =
      (mode == Mode::softmax || mode == Mode::log_softmax) && fits_a_group(planner, lines.size);
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
    const Place target = planner.new_flat(to);
    const bool is_long = in_parts(lines).parts > 1;
    (is_long ? emit_long_lines : emit_lines)(planner, mode, source, target, lines);
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
