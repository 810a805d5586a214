// Gather, GatherElements, GatherND, OneHot, Trilu and CumSum: elements chosen by numbers. All on flat
// tensors.
#include <algorithm>
#include <array>
#include <bit>

#include "backends/gpu/ops/movement.h"
#include "backends/gpu/ops/reduce.h"
#include "backends/gpu/ops/strided.h"

namespace eb::gpu {
namespace {

std::int64_t words_of(Rep rep) {
  return rep == Rep::i64 ? 2 : 1;
}

// Of the extents from an axis on.
std::int64_t product(const Shape& shape, std::size_t from, std::size_t to) {
  std::int64_t count = 1;
  for (std::size_t i = from; i < to; ++i) count *= shape[i];
  return count;
}

Refusal refuse_indices(const Graph& graph, const Node& node) {
  const Type type = graph.value(node.input(1)).type;
  if (type != Type::i32 && type != Type::i64) return "indices are not int32 or int64";
  return {};
}

std::int64_t run_chunk(const Planner& planner, std::int64_t run) {
  constexpr std::int64_t kWordsOfItem = 256;  // on a CPU; neighbours of a GPU take neighbouring words
  return planner.device().type == DeviceType::cpu ? std::min(run, kWordsOfItem) : 1;
}

std::int64_t chunks(std::int64_t run, std::int64_t chunk) {
  return (run + chunk - 1) / chunk;
}

// --- Gather

Status emit_gather(Planner& planner, const Node& node) {
  const Place from = planner.flat(node.input(0)), indices = planner.flat(node.input(1));
  const Place to = planner.new_flat(node.output(0));
  const Shape& shape = from.shape;
  const auto axis = static_cast<std::size_t>(normal_axis(node.integer("axis", 0), shape.size()));
  const std::int64_t run = product(shape, axis + 1, shape.size()) * words_of(from.rep);
  const std::int64_t outer = product(shape, 0, axis), chunk = run_chunk(planner, run);
  call_items(
      planner, {.kernel = "gather"}, {from, indices, to},
      {Param::address(from), Param::address(indices), Param::address(to), Param::of(run), Param::of(chunk),
       Param::of(indices.size()), Param::of(shape[axis]), Param::of(words_of(indices.rep))},
      outer * indices.size() * chunks(run, chunk));
  return Done{};
}

// --- GatherElements

Status emit_gather_elements(Planner& planner, const Node& node) {
  const Place from = planner.flat(node.input(0)), indices = planner.flat(node.input(1));
  const Place to = planner.new_flat(node.output(0));
  const auto axis = static_cast<std::size_t>(normal_axis(node.integer("axis", 0), from.shape.size()));
  const auto strides = strides_of(from);
  std::vector<Param> params = {Param::address(from),
                               Param::address(indices),
                               Param::address(to),
                               Param::of(words_of(from.rep)),
                               Param::of(from.shape[axis]),
                               Param::of(strides[axis]),
                               Param::of(words_of(indices.rep))};
  for (std::size_t i = to.shape.size(); i-- > 0;) {
    params.push_back(Param::of(to.shape[i]));
    params.push_back(Param::of(i == axis ? std::int64_t{0} : strides[i]));
  }
  for (std::size_t i = to.shape.size(); i < kMaxRank; ++i)
    params.insert(params.end(), {Param::of(std::int64_t{1}), Param::of(std::int64_t{0})});
  call_items(planner, {.kernel = "gather_elements"}, {from, indices, to}, std::move(params), to.size());
  return Done{};
}

// --- GatherND

Status emit_gather_nd(Planner& planner, const Node& node) {
  const Place from = planner.flat(node.input(0)), indices = planner.flat(node.input(1));
  const Place to = planner.new_flat(node.output(0));
  const auto batch_axes = static_cast<std::size_t>(node.integer("batch_dims", 0));
  const auto depth = static_cast<std::size_t>(indices.shape.back());
  const std::int64_t words = words_of(from.rep);
  const std::int64_t run = product(from.shape, batch_axes + depth, from.shape.size()) * words;
  const std::int64_t batch_tuples = product(indices.shape, batch_axes, indices.shape.size() - 1);
  const std::int64_t batch_words = product(from.shape, batch_axes, from.shape.size()) * words;
  const std::int64_t tuples = product(indices.shape, 0, indices.shape.size() - 1),
                     chunk = run_chunk(planner, run);
  std::vector<Param> params = {Param::address(from),
                               Param::address(indices),
                               Param::address(to),
                               Param::of(run),
                               Param::of(chunk),
                               Param::of(batch_tuples),
                               Param::of(batch_words),
                               Param::of(static_cast<std::int64_t>(depth)),
                               Param::of(words_of(indices.rep))};
  const auto strides = strides_of(from);
  for (std::size_t k = 0; k < kMaxRank; ++k) {
    const std::size_t axis = batch_axes + k;
    params.push_back(Param::of(k < depth ? from.shape[axis] : std::int64_t{1}));
    params.push_back(Param::of(k < depth ? strides[axis] * words : std::int64_t{0}));
  }
  call_items(planner, {.kernel = "gather_nd"}, {from, indices, to}, std::move(params),
             tuples * chunks(run, chunk));
  return Done{};
}

// --- OneHot

Refusal refuse_one_hot(const Graph& graph, const Node& node) {
  if (!integers_are_constant(graph, node, 1)) return "depth is not constant";
  if (!integers_are_constant(graph, node, 2)) return "values are not constant";
  if (graph.value(node.output(0)).type == Type::i64) return "int64 values";
  return {};
}

Status emit_one_hot(Planner& planner, const Node& node) {
  const Graph& graph = planner.graph();
  const Place indices = planner.flat(node.input(0)), to = planner.new_flat(node.output(0));
  const auto axis = static_cast<std::size_t>(normal_axis(node.integer("axis", -1), to.shape.size()));
  std::array<std::int64_t, 2> words{};  // off, on
  if (to.rep == Rep::i32) {
    const auto integers = graph.constant_integers(node.input(2));
    words = {integers[0], integers[1]};
  } else {
    const auto reals = graph.constant_reals(node.input(2));
    words = {std::bit_cast<std::int32_t>(reals[0]), std::bit_cast<std::int32_t>(reals[1])};
  }
  const std::int64_t index_words = indices.rep == Rep::real ? 0 : words_of(indices.rep);
  call_items(
      planner, {.kernel = "one_hot"}, {indices, to},
      {Param::address(indices), Param::address(to), Param::of(index_words), Param::of(to.shape[axis]),
       Param::of(product(to.shape, axis + 1, to.shape.size())), Param::of(words[0]), Param::of(words[1])},
      to.size());
  return Done{};
}

// --- Trilu

Refusal refuse_trilu(const Graph& graph, const Node& node) {
  if (!integers_are_constant(graph, node, 1)) return "diagonal is not constant";
  return {};
}

Status emit_trilu(Planner& planner, const Node& node) {
  const Place from = planner.flat(node.input(0)), to = planner.new_flat(node.output(0));
  const auto diagonal = planner.graph().constant_integers(node.input(1));
  const std::size_t rank = from.shape.size();
  // Beyond the matrix all diagonals are alike.
  const std::int64_t k = diagonal.empty() ? 0 : std::clamp<std::int64_t>(diagonal[0], -(1 << 30), 1 << 30);
  call_items(planner, {.kernel = "trilu"}, {from, to},
             {Param::address(from), Param::address(to), Param::of(from.shape[rank - 2]),
              Param::of(from.shape[rank - 1]), Param::of(words_of(from.rep)),
              Param::of(node.integer("upper", 1)), Param::of(k)},
             from.size());
  return Done{};
}

// --- CumSum

Refusal refuse_cumulative_sum(const Graph& graph, const Node& node) {
  if (!integers_are_constant(graph, node, 1)) return "axis is not constant";
  if (rep_of(graph.value(node.input(0)).type) != Rep::real) return "sums of integers";
  return {};
}

struct RunningSum {
  bool exclusive = false, backwards = false;
};

// Long lines in parts: each starts with the sum of those before it.
void emit_running_sums(Planner& planner, const RunningSum& work, const Place& from, const Place& to,
                       const Lines& lines) {
  const Lines cut = in_parts(lines);
  std::vector<Place> buffers = {from, to};
  if (cut.parts > 1) {
    const Place sums = planner.scratch(cut.count()), start = planner.scratch(cut.count());
    reduce_parts(planner, reduction_of("ReduceSum"), from, sums, cut);
    emit_running_sums(planner, {.exclusive = true, .backwards = work.backwards}, sums, start,
                      dense_lines(cut.outer, cut.parts, cut.inner));
    buffers.push_back(start);
  }
  call_items(planner, {.kernel = "cumulative_sum", .defines = {{"HAS_START", cut.parts > 1 ? 1 : 0}}},
             buffers,
             {Param::address(from), Param::address(to), Param::address(buffers.back()), Param::of(cut.size),
              Param::of(cut.parts), Param::of(cut.terms), Param::of(cut.inner),
              Param::of(std::int64_t{work.exclusive}), Param::of(std::int64_t{work.backwards})},
             cut.count());
}

Status emit_cumulative_sum(Planner& planner, const Node& node) {
  const Place from = planner.flat(node.input(0)), to = planner.new_flat(node.output(0));
  const Shape& shape = from.shape;
  const auto axis = static_cast<std::size_t>(
      normal_axis(planner.graph().constant_integers(node.input(1)).front(), shape.size()));
  const Lines lines =
      dense_lines(product(shape, 0, axis), shape[axis], product(shape, axis + 1, shape.size()));
  emit_running_sums(
      planner, {.exclusive = node.integer("exclusive", 0) != 0, .backwards = node.integer("reverse", 0) != 0},
      from, to, lines);
  return Done{};
}

constexpr std::array kRows = {
    OpRow{"Gather", "", refuse_indices, emit_gather},
    OpRow{"GatherElements", "", refuse_indices, emit_gather_elements},
    OpRow{"GatherND", "", refuse_indices, emit_gather_nd},
    OpRow{"OneHot", "", refuse_one_hot, emit_one_hot},
    OpRow{"Trilu", "", refuse_trilu, emit_trilu},
    OpRow{"CumSum", "", refuse_cumulative_sum, emit_cumulative_sum},
};

}  // namespace

std::span<const OpRow> gather_ops() {
  return kRows;
}

}  // namespace eb::gpu
