// LSTM, GRU and RNN. The inputs' part of all time steps is one matrix product; then one call a step, two for
// a GRU that resets before its product. States are kept in whole vectors: [time + 1, batch, pitch], the
// initial state included.
#include <algorithm>
#include <array>
#include <limits>

#include "backends/gpu/ops.h"
#include "backends/gpu/ops/movement.h"
#include "backends/gpu/ops/runs.h"
#include "backends/gpu/ops/strided.h"

namespace eb::gpu {
namespace {

// Inputs, the same for all three.
constexpr std::size_t kX = 0, kW = 1, kR = 2, kB = 3, kLengths = 4, kInitialH = 5, kInitialC = 6,
                      kPeepholes = 7;

struct Cell {
  std::string_view op_type;
  std::int64_t gates;
  std::string_view activations;
};
constexpr std::array kCells = {Cell{"LSTM", 4, "Sigmoid,Tanh,Tanh"}, Cell{"GRU", 3, "Sigmoid,Tanh"},
                               Cell{"RNN", 1, "Tanh"}};

const Cell& cell_of(const Node& node) {
  return *std::find_if(kCells.begin(), kCells.end(),
                       [&](const Cell& cell) { return cell.op_type == node.op_type; });
}

std::int64_t directions_of(const Node& node) {
  return node.text("direction", "forward") == "bidirectional" ? 2 : 1;
}

bool has_default_activations(const Node& node) {
  const std::string given = node.text("activations", ""), once(cell_of(node).activations);
  return !node.has("activations") || given == once || given == once + "," + once;
}

Refusal refuse_recurrent(const Graph& graph, const Node& node) {
  const Value& x = graph.value(node.input(kX));
  if (rep_of(x.type) != Rep::real) return "not a real type";
  if (!has_default_activations(node) || node.has("activation_alpha") || node.has("activation_beta"))
    return "activations are not the default ones";
  if (node.integer("layout", 0) != 0) return "batch comes first";
  if (node.integer("input_forget", 0) != 0) return "input and forget gates are coupled";
  for (const std::size_t input : {kW, kR, kB, kLengths, kPeepholes})
    if (!integers_are_constant(graph, node, input)) return "weights or sequence lengths are not constant";
  for (const std::int64_t length : graph.constant_integers(node.input(kLengths)))
    if (length != x.shape[0]) return "sequences of different lengths";
  return {};
}

struct Sizes {
  std::int64_t time, batch, input, hidden, gates, directions;
  std::int64_t pitch, vectors;  // of a hidden state, in floats and vectors
};

Sizes sizes_of(const Planner& planner, const Node& node) {
  const Shape &x = planner.value(node.input(kX)).shape, &r = planner.value(node.input(kR)).shape;
  const std::int64_t pitch = planner.round_up_to_vector(r[2]);
  return {.time = x[0],
          .batch = x[1],
          .input = x[2],
          .hidden = r[2],
          .gates = cell_of(node).gates,
          .directions = directions_of(node),
          .pitch = pitch,
          .vectors = pitch / planner.vector_floats()};
}

// [directions, gates * hidden, depth] as ONNX has it becomes, for one direction, [depth, gates, pitch].
Place packed_weights(Planner& planner, ValueId id, const Sizes& sizes, std::int64_t direction,
                     std::int64_t depth) {
  const std::vector<float> given = planner.graph().constant_reals(id);
  std::vector<float> packed(static_cast<std::size_t>(depth * sizes.gates * sizes.pitch), 0.0f);
  for (std::int64_t g = 0; g < sizes.gates; ++g)
    for (std::int64_t h = 0; h < sizes.hidden; ++h)
      for (std::int64_t k = 0; k < depth; ++k)
        packed[static_cast<std::size_t>((k * sizes.gates + g) * sizes.pitch + h)] =
            given[static_cast<std::size_t>(((direction * sizes.gates + g) * sizes.hidden + h) * depth + k)];
  return planner.constant(packed);
}

// `count` vectors of hidden units, from element `first` of a constant on, each in whole vectors; zeros if
// there is none.
std::vector<float> hidden_vectors(const Planner& planner, ValueId id, const Sizes& sizes, std::int64_t first,
                                  std::int64_t count) {
  std::vector<float> packed(static_cast<std::size_t>(count * sizes.pitch), 0.0f);
  const std::vector<float> given = planner.graph().constant_reals(id);
  if (given.empty()) return packed;
  for (std::int64_t g = 0; g < count; ++g)
    for (std::int64_t h = 0; h < sizes.hidden; ++h)
      packed[static_cast<std::size_t>(g * sizes.pitch + h)] =
          given[static_cast<std::size_t>(first + g * sizes.hidden + h)];
  return packed;
}

struct Direction {
  std::int64_t index = 0;
  bool backwards = false;
  Place gates{};             // [time, batch, gates, pitch]: the inputs' part
  Place weights{}, extra{};  // recurrent; peepholes of an LSTM, the hidden gate's bias of a GRU
  Place states{};            // [time + 1, batch, pitch]
  Place cells{};             // [batch, pitch]

  std::int64_t step(std::int64_t i, std::int64_t time) const { return backwards ? time - 1 - i : i; }
  // Of the state that a time step makes, and of the one it starts from.
  std::int64_t made(std::int64_t t) const { return backwards ? t : t + 1; }
  std::int64_t taken(std::int64_t t) const { return backwards ? t + 1 : t; }
};

// A GRU that resets after its product keeps the hidden gate's own recurrent bias apart.
bool resets_after(const Node& node) {
  return node.op_type == "GRU" && node.integer("linear_before_reset", 0) != 0;
}

Place emit_project(Planner& planner, const Node& node, const Sizes& sizes, const Direction& direction) {
  const std::int64_t half = sizes.gates * sizes.hidden;
  const std::int64_t first = direction.index * 2 * half;
  std::vector<float> bias = hidden_vectors(planner, node.input(kB), sizes, first, sizes.gates);
  const std::vector<float> recurrent =
      hidden_vectors(planner, node.input(kB), sizes, first + half, sizes.gates);
  const std::int64_t added = (resets_after(node) ? sizes.gates - 1 : sizes.gates) * sizes.pitch;
  for (std::size_t i = 0; i < static_cast<std::size_t>(added); ++i) bias[i] += recurrent[i];

  const std::int64_t rows = sizes.time * sizes.batch, columns = sizes.gates * sizes.vectors;
  const std::int64_t tile = rows >= 4 ? 4 : 1;
  const Place x = planner.flat(node.input(kX));
  const Place weights = packed_weights(planner, node.input(kW), sizes, direction.index, sizes.input);
  Place to = planner.scratch(rows * sizes.gates * sizes.pitch);
  planner.call({.kernel = {.kernel = "recurrent_project",
                           .constants = {{"ROWS", static_cast<int>(tile)}},
                           .group = {8, 1, 1}},
                .buffers = {x, weights, planner.constant(bias), to},
                .params = {Param::address(x), vector_address(planner, to), Param::of(rows),
                           Param::of(sizes.input), Param::of(columns)},
                .items = {columns, (rows + tile - 1) / tile, 1}});
  return to;
}

// A state that an optional input starts, or zeros: [batch, pitch] from float `offset` of `to` on.
void emit_initial(Planner& planner, ValueId id, const Sizes& sizes, const Place& to, std::int64_t offset,
                  std::int64_t direction) {
  if (id == kNoValue || sizes.pitch != sizes.hidden)
    emit_fill(planner, to, offset, {{sizes.batch * sizes.pitch, 0, 1}}, 0);
  if (id == kNoValue) return;
  const Place from = planner.flat(id);
  emit_copy(planner, {.from = from,
                      .to = to,
                      .from_offset = direction * sizes.batch * sizes.hidden,
                      .to_offset = offset,
                      .axes = {{sizes.batch, sizes.hidden, sizes.pitch}, {sizes.hidden, 1, 1}}});
}

Direction prepare(Planner& planner, const Node& node, const Sizes& sizes, std::int64_t index) {
  Direction direction{.index = index};
  direction.backwards = index == 1 || node.text("direction", "forward") == "reverse";
  direction.gates = emit_project(planner, node, sizes, direction);
  direction.weights = packed_weights(planner, node.input(kR), sizes, index, sizes.hidden);
  std::vector<float> extra;
  if (node.op_type == "LSTM")
    extra = hidden_vectors(planner, node.input(kPeepholes), sizes, index * 3 * sizes.hidden, 3);
  else
    extra = hidden_vectors(planner, resets_after(node) ? node.input(kB) : kNoValue, sizes,
                           (index * 2 * sizes.gates + 2 * sizes.gates - 1) * sizes.hidden, 1);
  direction.extra = planner.constant(extra);
  const std::int64_t state = sizes.batch * sizes.pitch;
  direction.states = planner.scratch((sizes.time + 1) * state);
  const std::int64_t first_slot = direction.backwards ? sizes.time : 0;
  emit_initial(planner, node.input(kInitialH), sizes, direction.states, first_slot * state, index);
  if (node.op_type == "LSTM") {
    direction.cells = planner.scratch(state);
    emit_initial(planner, node.input(kInitialC), sizes, direction.cells, 0, index);
  }
  return direction;
}

float clip_of(const Node& node) {
  return node.real("clip", std::numeric_limits<float>::max());
}

void call_step(Planner& planner, const Sizes& sizes, KernelDesc kernel, std::vector<Place> buffers,
               std::vector<Param> params) {
  // Small groups: there are few items, and a CPU's cores take whole groups.
  kernel.group = {planner.device().type == DeviceType::cpu ? 8u : 32u, 1, 1};
  params.insert(params.begin(), {Param::of(sizes.batch), Param::of(sizes.hidden), Param::of(sizes.vectors)});
  planner.call({.kernel = std::move(kernel),
                .buffers = std::move(buffers),
                .params = std::move(params),
                .items = {sizes.vectors, sizes.batch, 1}});
}

// Addresses of one time step.
struct Step {
  Param gates, taken, taken_vectors, made;
};

Step step_of(const Planner& planner, const Sizes& sizes, const Direction& direction, std::int64_t t) {
  const std::int64_t vector = planner.vector_floats(), state = sizes.batch * sizes.pitch;
  return {.gates = address_of(direction.gates, t * sizes.gates * state, vector),
          .taken = address_of(direction.states, direction.taken(t) * state),
          .taken_vectors = address_of(direction.states, direction.taken(t) * state, vector),
          .made = address_of(direction.states, direction.made(t) * state, vector)};
}

void emit_lstm_steps(Planner& planner, const Node& node, const Sizes& sizes, const Direction& direction) {
  for (std::int64_t i = 0; i < sizes.time; ++i) {
    const Step step = step_of(planner, sizes, direction, direction.step(i, sizes.time));
    call_step(planner, sizes, {.kernel = "lstm_step"},
              {direction.gates, direction.weights, direction.extra, direction.states, direction.states,
               direction.cells},
              {step.gates, step.taken, step.made, vector_address(planner, direction.cells),
               Param::of(clip_of(node))});
  }
}

void emit_gru_steps(Planner& planner, const Node& node, const Sizes& sizes, const Direction& direction) {
  const bool two_parts = node.op_type == "GRU" && !resets_after(node);
  const Place gated = two_parts ? planner.scratch(2 * sizes.batch * sizes.pitch) : Place{};
  const Param none = Param::of(std::int64_t{0});
  for (std::int64_t i = 0; i < sizes.time; ++i) {
    const Step step = step_of(planner, sizes, direction, direction.step(i, sizes.time));
    std::vector<Place> buffers = {direction.gates, direction.weights, direction.extra, direction.states,
                                  direction.states};
    std::vector<Param> params = {step.gates, step.taken, step.taken_vectors,      step.made,
                                 none,       none,       Param::of(clip_of(node))};
    if (two_parts) {
      auto first_buffers = buffers;
      auto first_params = params;
      first_buffers.push_back(gated);
      first_params[3] = vector_address(planner, gated);
      call_step(planner, sizes, {.kernel = "gru_step", .defines = {{"PART", 1}}}, std::move(first_buffers),
                std::move(first_params));
      buffers.insert(buffers.end(), {gated, gated});
      params[4] = Param::address(gated);
      params[5] = vector_address(planner, gated);
    }
    buffers.push_back(direction.states);
    const int part = node.op_type == "RNN" ? 3 : two_parts ? 2 : 0;
    call_step(planner, sizes, {.kernel = "gru_step", .defines = {{"PART", part}}}, std::move(buffers),
              std::move(params));
  }
}

void emit_results(Planner& planner, const Sizes& sizes, const Direction& direction, const Place* y,
                  const Place* last_h, const Place* last_c) {
  const std::int64_t state = sizes.batch * sizes.pitch, dense = sizes.batch * sizes.hidden;
  const std::int64_t last = direction.made(direction.step(sizes.time - 1, sizes.time));
  if (y)
    emit_copy(planner, {.from = direction.states,
                        .to = *y,
                        .from_offset = direction.made(0) * state,
                        .to_offset = direction.index * dense,
                        .axes = {{sizes.time, state, sizes.directions * dense},
                                 {sizes.batch, sizes.pitch, sizes.hidden},
                                 {sizes.hidden, 1, 1}}});
  const auto copy_state = [&](const Place& from, std::int64_t offset, const Place& to) {
    emit_copy(planner, {.from = from,
                        .to = to,
                        .from_offset = offset,
                        .to_offset = direction.index * dense,
                        .axes = {{sizes.batch, sizes.pitch, sizes.hidden}, {sizes.hidden, 1, 1}}});
  };
  if (last_h) copy_state(direction.states, last * state, *last_h);
  if (last_c) copy_state(direction.cells, 0, *last_c);
}

Status emit_recurrent(Planner& planner, const Node& node) {
  const Sizes sizes = sizes_of(planner, node);
  std::array<Place, 3> places{};
  std::array<const Place*, 3> outputs{};
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (node.output(i) == kNoValue) continue;
    places[i] = planner.new_flat(node.output(i));
    outputs[i] = &places[i];
  }
  for (std::int64_t index = 0; index < sizes.directions; ++index) {
    const Direction direction = prepare(planner, node, sizes, index);
    if (node.op_type == "LSTM")
      emit_lstm_steps(planner, node, sizes, direction);
    else
      emit_gru_steps(planner, node, sizes, direction);
    emit_results(planner, sizes, direction, outputs[0], outputs[1], outputs[2]);
  }
  return Done{};
}

constexpr std::array kRows = {
    OpRow{"LSTM", "", refuse_recurrent, emit_recurrent},
    OpRow{"GRU", "", refuse_recurrent, emit_recurrent},
    OpRow{"RNN", "", refuse_recurrent, emit_recurrent},
};

}  // namespace

std::span<const OpRow> recurrent_ops() {
  return kRows;
}

}  // namespace eb::gpu
