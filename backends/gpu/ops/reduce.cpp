// Reduce*, ArgMax and ArgMin.
#include "backends/gpu/ops/reduce.h"

#include <algorithm>
#include <array>
#include <optional>

#include "backends/gpu/ops.h"
#include "backends/gpu/ops/movement.h"
#include "backends/gpu/ops/runs.h"
#include "backends/gpu/ops/strided.h"

namespace eb::gpu {
namespace {

constexpr std::array kReductions = {
    Reduction{"ReduceSum"},
    Reduction{"ReduceMean", Map::same, Fold::sum, Finish::scale},
    Reduction{"ReduceMax", Map::same, Fold::max},
    Reduction{"ReduceMin", Map::same, Fold::min},
    Reduction{"ReduceProd", Map::same, Fold::product},
    Reduction{"ReduceL1", Map::absolute},
    Reduction{"ReduceL2", Map::square, Fold::sum, Finish::root},
    Reduction{"ReduceSumSquare", Map::square},
    Reduction{"ReduceLogSum", Map::same, Fold::sum, Finish::log},
    Reduction{"ReduceLogSumExp", Map::exponential, Fold::sum, Finish::log_plus_max},
};

std::vector<std::pair<std::string, int>> constants_of(const Reduction& reduction) {
  return {{"MAP", static_cast<int>(reduction.map)},
          {"FOLD", static_cast<int>(reduction.fold)},
          {"FINISH", static_cast<int>(reduction.finish)}};
}

Refusal refuse_reduce(const Graph& graph, const Node& node) {
  if (!integers_are_constant(graph, node, 1)) return "axes are not constant";
  if (rep_of(graph.value(node.input(0)).type) != Rep::real) return "reduction of integers";
  if (node.integer("noop_with_empty_axes", 0) != 0 && integers_of(graph, node, 1, "axes").empty() &&
      reduction_of(node.op_type).map != Map::same)
    return "nothing to reduce";
  return {};
}

// One a dimension; empty where nothing is reduced.
std::vector<bool> reduced_axes(const Graph& graph, const Node& node) {
  const std::size_t rank = graph.value(node.input(0)).rank();
  const auto axes = integers_of(graph, node, 1, "axes");
  if (axes.empty()) {
    if (node.integer("noop_with_empty_axes", 0) != 0) return {};
    return std::vector<bool>(rank, true);
  }
  std::vector<bool> reduced(rank, false);
  for (const std::int64_t axis : axes) reduced[static_cast<std::size_t>(normal_axis(axis, rank))] = true;
  return reduced;
}

std::int64_t reduced_size(const Shape& shape, const std::vector<bool>& reduced) {
  std::int64_t size = 1;
  for (std::size_t i = 0; i < shape.size(); ++i)
    if (reduced[i]) size *= shape[i];
  return size;
}

// The layout's own axes, all of which are reduced and no others.
bool reduces_just(const std::vector<bool>& reduced, std::size_t first, std::size_t end) {
  for (std::size_t i = 0; i < reduced.size(); ++i)
    if (reduced[i] != (i >= first && i < end)) return false;
  return true;
}

void emit_runs(Planner& planner, const Reduction& reduction, const Runs& from, const Place& to) {
  call_runs(planner, {.kernel = "reduce_rows", .constants = constants_of(reduction)}, {from.place, to},
            {vector_address(planner, from.place), Param::address(to), vectors_of(planner, from.pitch),
             Param::of(from.channels), Param::of(1.0f / static_cast<float>(from.channels))},
            from);
}

// `scale`: for Finish::scale.
void call_lines(Planner& planner, const Reduction& reduction, const Place& from, const Place& to,
                const Lines& lines, float scale) {
  const std::int64_t vector = planner.vector_floats();
  const bool vectors = lines.inner % vector == 0 && lines.x_outer % vector == 0 &&
                       lines.x_step % vector == 0 && lines.y_outer % vector == 0;
  const std::int64_t unit = vectors ? vector : 1;
  call_items(
      planner,
      {.kernel = "reduce_axis", .defines = {{"VEC", vectors ? 1 : 0}}, .constants = constants_of(reduction)},
      {from, to},
      {address_of(from, 0, unit), address_of(to, 0, unit), Param::of(lines.size), Param::of(lines.parts),
       Param::of(lines.terms), Param::of(lines.inner / unit), Param::of(lines.x_outer / unit),
       Param::of(lines.x_step / unit), Param::of(lines.y_outer / unit), Param::of(scale)},
      lines.count() / unit);
}

void reduce_scaled(Planner& planner, const Reduction& reduction, const Place& from, const Place& to,
                   const Lines& lines, float scale) {
  const Lines cut = in_parts(lines);
  if (cut.parts == 1) return call_lines(planner, reduction, from, to, cut, scale);
  const Place partial = planner.scratch(cut.count());
  reduce_parts(planner, reduction, from, partial, cut);
  Reduction rest = reduction;
  if (rest.map != Map::exponential) rest.map = Map::same;
  Lines of_parts = dense_lines(cut.outer, cut.parts, cut.inner);
  of_parts.y_outer = lines.y_outer;
  reduce_scaled(planner, rest, partial, to, of_parts, scale);
}

// Over all pixels of each picture: the image of one pixel, or its rows.
bool emit_pixels(Planner& planner, const Node& node, const Reduction& reduction,
                 const std::vector<bool>& reduced) {
  const ValueId id = node.input(0);
  if (!comes_as_image(planner, id) || !reduces_just(reduced, 2, reduced.size())) return false;
  const Place from = planner.image(id);
  const bool keeps = planner.value(node.output(0)).rank() == from.shape.size();
  const Place to = keeps ? planner.new_image(node.output(0)) : planner.new_rows(node.output(0));
  const std::int64_t pixels = from.pixels / from.shape[0];
  reduce_lines(planner, reduction, from, to,
               {.outer = from.shape[0],
                .size = pixels,
                .inner = planner.round_up_to_vector(from.channels),
                .x_outer = pixels * from.pitch,
                .x_step = from.pitch,
                .y_outer = to.pitch});
  return true;
}

// Along runs of channels, or of rows.
bool emit_channels(Planner& planner, const Node& node, const Reduction& reduction,
                   const std::vector<bool>& reduced) {
  const ValueId id = node.input(0);
  const std::size_t rank = reduced.size();
  if (comes_as_image(planner, id) && reduces_just(reduced, 1, 2)) {
    const Runs runs = runs_of(planner.image(id));
    emit_runs(planner, reduction, runs, planner.new_flat(node.output(0)));
    return true;
  }
  if (rank == 0 || !reduces_just(reduced, rank - 1, rank)) return false;
  if (!fits_a_group(planner, planner.value(id).shape.back())) return false;
  if (planner.as_written(id).layout != Layout::rows &&
      planner.value(id).shape.back() < planner.vector_floats())
    return false;
  const Runs runs = runs_of(planner.rows(id));
  emit_runs(planner, reduction, runs, planner.new_flat(node.output(0)));
  return true;
}

// Reduced axes that are neighbours in a flat tensor (but for axes of one element).
std::optional<Lines> neighbours(const Shape& shape, const std::vector<bool>& reduced) {
  Lines lines;
  int stretches = 0;
  bool before = false;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] == 1) continue;
    if (reduced[i] && !before) ++stretches;
    before = reduced[i];
    (reduced[i] ? lines.size : stretches == 0 ? lines.outer : lines.inner) *= shape[i];
  }
  if (stretches > 1) return {};
  return dense_lines(lines.outer, lines.size, lines.inner);
}

// Any axes: brought together behind the others first.
void emit_gathered(Planner& planner, const Node& node, const Reduction& reduction,
                   const std::vector<bool>& reduced) {
  const Place from = planner.any(node.input(0));
  const std::int64_t size = reduced_size(from.shape, reduced);
  const Runs runs = new_runs(planner, from.size() / size, size);
  const auto strides = strides_of(from);
  StridedCopy copy{.from = from, .to = runs.place};
  std::int64_t in_run = 1, of_runs = runs.pitch;
  for (std::size_t i = reduced.size(); i-- > 0;) {
    std::int64_t& stride = reduced[i] ? in_run : of_runs;
    copy.axes.push_back({from.shape[i], strides[i], stride});
    stride *= from.shape[i];
  }
  emit_copy(planner, std::move(copy));
  emit_runs(planner, reduction, runs, planner.new_flat(node.output(0)));
}

Status emit_reduce(Planner& planner, const Node& node) {
  const Reduction reduction = reduction_of(node.op_type);
  const std::vector<bool> reduced = reduced_axes(planner.graph(), node);
  if (reduced.empty() && planner.value(node.input(0)).rank() > 0) {
    planner.alias(node.output(0), planner.flat(node.input(0)));
    return Done{};
  }
  if (emit_pixels(planner, node, reduction, reduced) || emit_channels(planner, node, reduction, reduced))
    return Done{};
  const auto lines = neighbours(planner.value(node.input(0)).shape, reduced);
  const bool long_runs = lines && lines->inner == 1 && lines->size >= planner.vector_floats() &&
                         fits_a_group(planner, lines->size);
  if (!lines) {
    emit_gathered(planner, node, reduction, reduced);
  } else if (long_runs) {
    const Runs runs = runs_of_flat(planner, planner.flat(node.input(0)), lines->outer, lines->size);
    emit_runs(planner, reduction, runs, planner.new_flat(node.output(0)));
  } else {
    const Place from = planner.flat(node.input(0));
    reduce_lines(planner, reduction, from, planner.new_flat(node.output(0)), *lines);
  }
  return Done{};
}

// --- ArgMax, ArgMin

Refusal refuse_arg(const Graph& graph, const Node& node) {
  if (rep_of(graph.value(node.input(0)).type) != Rep::real) return "comparison of integers";
  return {};
}

// Of each part; with `chosen`, of the elements whose places are there, [outer, size, inner].
void call_search(Planner& planner, const Search& search, const Place& from, const Place& to,
                 const Lines& lines, const Place* chosen) {
  std::vector<Place> buffers = {from, to};
  if (chosen) buffers.push_back(*chosen);
  call_items(planner,
             {.kernel = "arg_reduce",
              .defines = {{"CHOSEN", chosen ? 1 : 0}},
              .constants = {{"SMALLEST", search.smallest ? 1 : 0}, {"LAST", search.last ? 1 : 0}}},
             buffers,
             {Param::address(from), Param::address(to), chosen ? Param::address(*chosen) : Param{},
              Param::of(lines.size), Param::of(lines.parts), Param::of(lines.terms), Param::of(lines.inner),
              Param::of(lines.x_outer), Param::of(lines.x_step)},
             lines.count());
}

Status emit_arg(Planner& planner, const Node& node) {
  const Place from = planner.any(node.input(0)), to = planner.new_flat(node.output(0));
  const Shape& shape = from.shape;
  const auto axis = static_cast<std::size_t>(normal_axis(node.integer("axis", 0), shape.size()));
  const bool channels = from.layout == Layout::image && axis == 1;
  const bool last = from.layout == Layout::rows && axis + 1 == shape.size();
  Place source = from;
  Lines lines;
  if (channels || last) {
    lines = {.outer = from.pixels, .size = from.channels, .x_outer = from.pitch, .x_step = 1};
  } else {
    source = planner.flat(node.input(0));
    for (std::size_t i = 0; i < shape.size(); ++i)
      (i < axis ? lines.outer : i == axis ? lines.size : lines.inner) *= shape[i];
    lines = dense_lines(lines.outer, lines.size, lines.inner);
  }
  search_lines(planner,
               {.smallest = node.op_type == "ArgMin", .last = node.integer("select_last_index", 0) != 0},
               source, to, lines);
  return Done{};
}

constexpr auto kRows = [] {
  std::array<OpRow, kReductions.size() + 2> rows{};
  for (std::size_t i = 0; i < kReductions.size(); ++i)
    rows[i] = {kReductions[i].op_type, "", refuse_reduce, emit_reduce};
  rows[kReductions.size()] = {"ArgMax", "", refuse_arg, emit_arg};
  rows[kReductions.size() + 1] = {"ArgMin", "", refuse_arg, emit_arg};
  return rows;
}();

}  // namespace

const Reduction& reduction_of(std::string_view op_type) {
  return *std::find_if(kReductions.begin(), kReductions.end(),
                       [&](const Reduction& reduction) { return reduction.op_type == op_type; });
}

Lines dense_lines(std::int64_t outer, std::int64_t size, std::int64_t inner) {
  return {outer, size, inner, size * inner, inner, inner};
}

Lines in_parts(Lines lines) {
  // A second call costs as much as some thousand terms; more than so many parts would be a long loop, too.
  constexpr std::int64_t kTerms = 4096, kMostParts = 16384;
  if (lines.size <= 2 * kTerms) return lines;
  lines.terms = std::max(kTerms, (lines.size + kMostParts - 1) / kMostParts);
  lines.parts = (lines.size + lines.terms - 1) / lines.terms;
  return lines;
}

void reduce_lines(Planner& planner, const Reduction& reduction, const Place& from, const Place& to,
                  const Lines& lines) {
  reduce_scaled(planner, reduction, from, to, lines, 1.0f / static_cast<float>(lines.size));
}

void reduce_parts(Planner& planner, const Reduction& reduction, const Place& from, const Place& to,
                  const Lines& lines) {
  Reduction partial = reduction;
  partial.finish = reduction.map == Map::exponential ? Finish::log_plus_max : Finish::none;
  Lines into = lines;
  into.y_outer = lines.parts * lines.inner;
  call_lines(planner, partial, from, to, into, 1.0f);
}

void search_lines(Planner& planner, const Search& search, const Place& from, const Place& to,
                  const Lines& lines) {
  Lines cut = in_parts(lines);
  if (cut.parts == 1) return call_search(planner, search, from, to, cut, nullptr);
  constexpr std::int64_t kWords = 2;  // of an int64
  const Place chosen = planner.scratch(cut.count() * kWords);
  call_search(planner, search, from, chosen, cut, nullptr);
  cut.size = cut.terms = cut.parts;
  cut.parts = 1;
  call_search(planner, search, from, to, cut, &chosen);
}

std::span<const OpRow> reduce_ops() {
  return kRows;
}

}  // namespace eb::gpu
