#include "backends/gpu/tuner.h"

#include <algorithm>
#include <chrono>
#include <limits>

#include "backends/gpu/ops/conv.h"
#include "backends/gpu/plan.h"
#include "backends/gpu/program.h"

namespace eb::gpu {
namespace {

using Milliseconds = std::chrono::duration<double, std::milli>;

// What there is to tune about a node.
std::optional<ProductShape> shape_of(const Graph& graph, const Node& node) {
  if (!node.domain.empty() || node.inputs.size() < 2 || !graph.value(node.inputs[1]).is_constant()) return {};
  if (node.op_type == "Conv") {
    const Convolution conv = convolution_of(graph, node);
    if (conv.groups != 1 || conv.window.in[0] != 1 || conv.window.size[0] != 1) return {};
    return product_shape_of(conv);
  }
  const Shape& b = graph.value(node.inputs[1]).shape;
  const Shape& y = graph.value(node.outputs[0]).shape;
  if ((node.op_type == "MatMul" || node.op_type == "Gemm") && b.size() == 2 && node.integer("transA", 0) == 0)
    return ProductShape{elements(y) / y.back(), elements(b) / y.back(), y.back(), 1, false};
  return {};
}

// The node alone, several times over, each with weights of its own: one copy would stay in the cache as it
// never does inside a network, and Winograd's larger weights would look too good.
class Alone {
 public:
  Alone(const Graph& from, const Node& node, int copies) {
    const Value& x = from.value(node.inputs[0]);
    graph_.values = {{.name = "x", .type = Type::f32, .shape = x.shape}};
    graph_.inputs = {0};
    for (int copy = 0; copy < copies; ++copy) {
      Node one = node;
      one.inputs = {0};
      for (std::size_t i = 1; i < node.inputs.size(); ++i)
        if (node.inputs[i] != kNoValue && from.value(node.inputs[i]).is_constant())
          one.inputs.push_back(add_constant(from.value(node.inputs[i])));
      one.outputs = {static_cast<ValueId>(graph_.values.size())};
      graph_.values.push_back({.name = "y", .type = Type::f32, .shape = from.value(node.outputs[0]).shape});
      graph_.outputs.push_back(one.outputs[0]);
      graph_.nodes.push_back(std::move(one));
    }
  }
  const Graph& graph() const { return graph_; }

 private:
  ValueId add_constant(const Value& value) {
    graph_.values.push_back(value);
    return static_cast<ValueId>(graph_.values.size()) - 1;
  }
  Graph graph_{};
};

class Candidate {
 public:
  static Result<Candidate> load(ComputeDevice& device, const Graph& graph, const Tiles& tiles) {
    EB_GET(const Program program, make_plan(graph, device.info(), tiles));
    const Timing timing = device.info().device_timer ? Timing::each_dispatch : Timing::none;
    Candidate made;
    EB_GET(made.program_, load_program(device, program, timing));
    for (const auto& port : program.inputs) made.in_.emplace_back(port.bytes);
    for (const auto& port : program.outputs) made.out_.emplace_back(port.bytes);
    return made;
  }

  // Of the product's own kernels where the device tells, else of the whole run: what all candidates have in
  // common does not change their order.
  Result<Milliseconds> run() {
    const std::vector<std::span<const std::byte>> inputs(in_.begin(), in_.end());
    const std::vector<std::span<std::byte>> outputs(out_.begin(), out_.end());
    const auto start = std::chrono::steady_clock::now();
    EB_OK(program_->run(inputs, outputs));
    const Milliseconds wall = std::chrono::steady_clock::now() - start;
    const auto times = program_->times();
    if (!times) return wall;
    Milliseconds sum{};
    for (const auto& call : *times)
      if (call.kernel != "to_runs" && call.kernel != "from_runs") sum += call.time;
    return sum;
  }

 private:
  std::unique_ptr<LoadedProgram> program_{};
  std::vector<std::vector<std::byte>> in_{}, out_{};
};

// Least of a few runs after one that pays for the driver's compiler. Stops early where even the best is far
// off.
Result<Milliseconds> measure(ComputeDevice& device, const Graph& graph, const Tiles& tiles,
                             Milliseconds best) {
  constexpr int kRuns = 7;
  EB_GET(Candidate candidate, Candidate::load(device, graph, tiles));
  EB_OK(candidate.run());
  Milliseconds least{std::numeric_limits<double>::infinity()};
  for (int i = 0; i < kRuns; ++i) {
    EB_GET(const Milliseconds time, candidate.run());
    least = std::min(least, time);
    if (i >= 1 && least > 2 * best) break;
  }
  return least;
}

int copies_of(const Graph& graph, const Node& node) {
  constexpr std::size_t kCacheBytes = 32 << 20;
  constexpr std::size_t kMostCopies = 4;
  const std::size_t bytes = graph.value(node.inputs[1]).constant->size();
  return static_cast<int>(
      std::clamp(kCacheBytes / std::max<std::size_t>(bytes, 1), std::size_t{1}, kMostCopies));
}

}  // namespace

Result<Tiles> tune(ComputeDevice& device, const Graph& graph, const Tiles& known) {
  Tiles tuned;
  for (const Node& node : graph.nodes) {
    const auto shape = shape_of(graph, node);
    if (!shape || known.has(shape->key()) || tuned.has(shape->key())) continue;
    const Alone alone(graph, node, copies_of(graph, node));
    Milliseconds best{std::numeric_limits<double>::infinity()};
    for (const ConvChoice& choice : candidates_for(device.info(), *shape)) {
      Tiles trial;
      trial.set(shape->key(), choice);
      const auto time = measure(device, alone.graph(), trial, best);
      // A candidate that the device cannot run is none; a lost device fails with the preset, too, which comes
      // first.
      if (!time && !tuned.has(shape->key())) return time.error();
      if (!time || *time >= best) continue;
      best = *time;
      tuned.set(shape->key(), choice);
    }
  }
  return tuned;
}

Result<Tiles> tiles_for(ComputeDevice& device, const Graph& graph, const std::filesystem::path& cache_folder,
                        Tuning tuning) {
  const auto file = Tiles::file_in(cache_folder, device.info());
  if (tuning == Tuning::from_cache) return cache_folder.empty() ? Tiles{} : Tiles::load(file);
  EB_GET(Tiles tuned, tune(device, graph, {}));
  if (!cache_folder.empty()) EB_OK(tuned.save(file));
  return tuned;
}

}  // namespace eb::gpu
