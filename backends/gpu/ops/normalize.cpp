// Layer, RMS, instance, group, batch, mean-variance and local response normalization.
#include <algorithm>
#include <array>
#include <cmath>

#include "backends/gpu/ops.h"
#include "backends/gpu/ops/elementwise.h"
#include "backends/gpu/ops/movement.h"
#include "backends/gpu/ops/runs.h"
#include "backends/gpu/ops/strided.h"
#include "backends/gpu/ops/vectors.h"

namespace eb::gpu {
namespace {

bool is_real(const Graph& graph, ValueId id) {
  return rep_of(graph.value(id).type) == Rep::real;
}

Refusal refuse_integers(const Graph& graph, const Node& node) {
  if (!is_real(graph, node.input(0))) return "not a real type";
  return {};
}

// --- Along runs

struct RunsNorm {
  bool rms = false;        // not less the mean
  std::int64_t turns = 0;  // scale and bias are a run's own, in turns of so many; 0: a channel's
  float epsilon = 1e-5f;
};

void emit_runs(Planner& planner, const RunsNorm& norm, const Runs& from, const Runs& to, const Place& scale,
               const Place& bias) {
  call_runs(
      planner,
      {.kernel = "norm_rows", .constants = {{"RMS", norm.rms ? 1 : 0}, {"PER_ROW", norm.turns > 0 ? 1 : 0}}},
      {from.place, scale, bias, to.place},
      {vector_address(planner, from.place), vector_address(planner, to.place),
       vectors_of(planner, from.pitch), vectors_of(planner, to.pitch), Param::of(from.channels),
       vector_address(planner, scale), vector_address(planner, bias),
       Param::of(std::max<std::int64_t>(norm.turns, 1)), Param::of(norm.epsilon)},
      from);
}

Place same_for_all(Planner& planner, std::int64_t channels, float real) {
  return planner.constant(
      std::vector<float>(static_cast<std::size_t>(planner.round_up_to_vector(channels)), real));
}

// One number a channel, in whole vectors; `otherwise` for each if the value is absent.
Place channel_vector(Planner& planner, ValueId id, std::int64_t channels, float otherwise) {
  if (id == kNoValue) return same_for_all(planner, channels, otherwise);
  if (planner.value(id).shape.size() == 1) return planner.rows(id);
  return runs_of_flat(planner, planner.flat(id), 1, channels).place;
}

// --- LayerNormalization, RMSNormalization

std::size_t first_axis(const Graph& graph, const Node& node) {
  return static_cast<std::size_t>(normal_axis(node.integer("axis", -1), graph.value(node.input(0)).rank()));
}

Refusal refuse_layer_norm(const Graph& graph, const Node& node) {
  if (!is_real(graph, node.input(0))) return "not a real type";
  if (node.output(1) != kNoValue || node.output(2) != kNoValue) return "mean or deviation is an output";
  const Shape& shape = graph.value(node.input(0)).shape;
  Shape normalized(shape.begin() + static_cast<std::ptrdiff_t>(first_axis(graph, node)), shape.end());
  for (std::size_t input = 1; input < 3; ++input)
    if (node.input(input) != kNoValue &&
        elements(graph.value(node.input(input)).shape) != elements(normalized))
      return "scale or bias is not of the normalized shape";
  return {};
}

Status emit_layer(Planner& planner, const Node& node, const RunsNorm& norm) {
  const ValueId from = node.input(0), to = node.output(0);
  const Shape& shape = planner.value(from).shape;
  const std::size_t axis = first_axis(planner.graph(), node);
  std::int64_t count = 1, channels = 1;
  for (std::size_t i = 0; i < shape.size(); ++i) (i < axis ? count : channels) *= shape[i];
  const Place scale = channel_vector(planner, node.input(1), channels, 1.0f);
  const Place bias = channel_vector(planner, node.input(2), channels, 0.0f);
  if (axis + 1 == shape.size()) {
    const Place source = planner.rows(from);
    emit_runs(planner, norm, runs_of(source), runs_of(planner.new_rows(to)), scale, bias);
    return Done{};
  }
  const Runs source = runs_of_flat(planner, planner.flat(from), count, channels);
  const Place target = planner.new_flat(to);
  const Runs runs = new_runs_for_flat(planner, target, count, channels);
  emit_runs(planner, norm, source, runs, scale, bias);
  finish_flat(planner, runs, target);
  return Done{};
}

Status emit_layer_norm(Planner& planner, const Node& node) {
  return emit_layer(planner, node, {.epsilon = node.real("epsilon", 1e-5f)});
}

Status emit_rms_norm(Planner& planner, const Node& node) {
  return emit_layer(planner, node, {.rms = true, .epsilon = node.real("epsilon", 1e-5f)});
}

// --- Microsoft's SkipLayerNormalization: of a sum of two, and perhaps a bias

bool is_simplified(const Node& node) {
  return node.op_type == "SkipSimplifiedLayerNormalization";
}

// Inputs: two terms, scale, shift (not where it is simplified), bias.
ValueId skip_bias(const Node& node) {
  return node.input(is_simplified(node) ? 3 : 4);
}

Refusal refuse_skip_layer_norm(const Graph& graph, const Node& node) {
  if (!is_real(graph, node.input(0))) return "not a real type";
  if (node.output(1) != kNoValue || node.output(2) != kNoValue) return "mean or deviation is an output";
  const Shape& shape = graph.value(node.input(0)).shape;
  if (shape.empty() || graph.value(node.input(1)).shape != shape) return "terms of different shapes";
  return {};
}

Place scratch_rows(Planner& planner, Place like) {
  like.area = planner.scratch(like.pixels * like.pitch).area;
  like.constant = -1;
  like.first_channel = 0;
  return like;
}

Status emit_skip_layer_norm(Planner& planner, const Node& node) {
  std::vector<Operand> operands = {operand(planner, node.input(0)), operand(planner, node.input(1))};
  const bool has_bias = skip_bias(node) != kNoValue;
  if (has_bias) operands.push_back(operand(planner, skip_bias(node)));
  const auto terms = operand_places(planner, operands, Layout::rows, operands[0].shape.size());
  const Place sum =
      node.output(3) != kNoValue ? planner.new_rows(node.output(3)) : scratch_rows(planner, terms[0]);
  const Place first = has_bias ? scratch_rows(planner, terms[0]) : sum;
  elementwise_call(planner, {.code = kAdd}, {terms[0], terms[1]}, first);
  if (has_bias) elementwise_call(planner, {.code = kAdd}, {first, terms[2]}, sum);
  const std::int64_t channels = sum.channels;
  const Place scale = channel_vector(planner, node.input(2), channels, 1.0f);
  const Place shift = channel_vector(planner, is_simplified(node) ? kNoValue : node.input(3), channels, 0.0f);
  emit_runs(planner, {.rms = is_simplified(node), .epsilon = node.real("epsilon", 1e-12f)}, runs_of(sum),
            runs_of(planner.new_rows(node.output(0))), scale, shift);
  return Done{};
}

// --- InstanceNormalization, GroupNormalization

// Mean and squares of parts of each channel's pixels; of all; and then each pixel by them.
void emit_pixels(Planner& planner, const Place& from, const Place& to, const Node& node) {
  constexpr std::int64_t kTerms = 256, kMostParts = 16384;
  const Place scale = planner.rows(node.input(1)), bias = planner.rows(node.input(2));
  const std::int64_t pictures = from.shape[0], pixels = from.pixels / pictures;
  const std::int64_t floats = planner.round_up_to_vector(from.channels);
  const std::int64_t terms = std::max(kTerms, (pixels + kMostParts - 1) / kMostParts);
  const std::int64_t parts = (pixels + terms - 1) / terms;
  const Place moments = planner.scratch(pictures * parts * 2 * floats);
  const Place all = planner.scratch(pictures * 2 * floats);
  const auto call = [&](int stage, const std::vector<Place>& buffers, std::int64_t items) {
    call_items(
        planner, {.kernel = "norm_pixels", .defines = {{"STAGE", stage}}}, buffers,
        {vector_address(planner, from), vector_address(planner, to), vectors_of(planner, from.pitch),
         vectors_of(planner, to.pitch), vector_address(planner, moments), vector_address(planner, all),
         vector_address(planner, scale), vector_address(planner, bias), Param::of(pixels), Param::of(parts),
         Param::of(terms), vectors_of(planner, floats), Param::of(node.real("epsilon", 1e-5f))},
        items);
  };
  const std::int64_t vectors = floats / planner.vector_floats();
  call(0, {from, moments}, pictures * parts * vectors);
  call(1, {moments, scale, all}, pictures * vectors);
  call(2, {from, all, bias, to}, from.pixels * vectors);
}

Status emit_instance_norm(Planner& planner, const Node& node) {
  const ValueId from = node.input(0), to = node.output(0);
  const Shape& shape = planner.value(from).shape;
  const std::int64_t planes = shape[0] * shape[1], pixels = elements(shape) / planes;
  if (comes_as_image(planner, from) || pixels % planner.vector_floats() != 0) {
    const Place source = planner.image(from);
    emit_pixels(planner, source, planner.new_image(to), node);
    return Done{};
  }
  const Place scale = planner.rows(node.input(1)), bias = planner.rows(node.input(2));
  const Runs source{planner.flat(from), planes, pixels, pixels};
  emit_runs(planner, {.turns = shape[1], .epsilon = node.real("epsilon", 1e-5f)}, source,
            {planner.new_flat(to), planes, pixels, pixels}, scale, bias);
  return Done{};
}

// Times `scale`, plus `bias`, both one number a channel: [channels], in whole vectors.
void emit_affine(Planner& planner, const Place& from, const Place& to, const Place& scale,
                 const Place& bias) {
  const std::int64_t vector = planner.vector_floats();
  if (from.layout != Layout::flat) {
    const std::int64_t vectors = planner.round_up_to_vector(from.channels) / vector;
    return call_items(
        planner, {.kernel = "channel_affine", .defines = {{"FORM", 0}}}, {from, scale, bias, to},
        {vector_address(planner, from), vector_address(planner, to), vector_address(planner, scale),
         vector_address(planner, bias), Param::of(vectors), Param::of(std::int64_t{1}),
         vectors_of(planner, from.pitch), vectors_of(planner, to.pitch)},
        from.pixels * vectors);
  }
  const std::int64_t channels = from.shape.size() > 1 ? from.shape[1] : 1;
  const std::int64_t inner = from.size() / from.shape[0] / channels;
  const std::int64_t unit = inner % vector == 0 ? vector : 1;
  call_items(
      planner, {.kernel = "channel_affine", .defines = {{"FORM", unit > 1 ? 1 : 2}}}, {from, scale, bias, to},
      {address_of(from, 0, unit), address_of(to, 0, unit), Param::address(scale), Param::address(bias),
       Param::of(channels), Param::of(inner / unit), Param::of(std::int64_t{0}), Param::of(std::int64_t{0})},
      from.size() / unit);
}

Refusal refuse_group_norm(const Graph& graph, const Node& node) {
  if (!is_real(graph, node.input(0))) return "not a real type";
  // Version 18 had one scale a group; it was a mistake, and withdrawn.
  if (graph.value(node.input(1)).shape != Shape{graph.value(node.input(0)).shape[1]})
    return "scales of groups";
  return {};
}

Status emit_group_norm(Planner& planner, const Node& node) {
  const Place source = planner.flat(node.input(0)), target = planner.new_flat(node.output(0));
  const std::int64_t count = source.shape[0] * node.integer("num_groups", 1),
                     channels = source.size() / count;
  const Runs from = runs_of_flat(planner, source, count, channels), runs = new_runs(planner, count, channels);
  emit_runs(planner, {.turns = 1, .epsilon = node.real("epsilon", 1e-5f)}, from, runs,
            same_for_all(planner, 1, 1.0f), same_for_all(planner, 1, 0.0f));
  const Place normalized = runs.pitch == runs.channels ? runs.place : planner.scratch(source.size());
  finish_flat(planner, runs, normalized);
  emit_affine(planner, seen_as(normalized, source.shape), target, planner.rows(node.input(1)),
              planner.rows(node.input(2)));
  return Done{};
}

// --- BatchNormalization

Refusal refuse_batch_norm(const Graph& graph, const Node& node) {
  if (!is_real(graph, node.input(0))) return "not a real type";
  if (node.integer("training_mode", 0) != 0 || node.output(1) != kNoValue) return "training";
  for (std::size_t input = 1; input < 5; ++input)
    if (!integers_are_constant(graph, node, input)) return "statistics are not constant";
  return {};
}

Status emit_batch_norm(Planner& planner, const Node& node) {
  const Graph& graph = planner.graph();
  auto scale = graph.constant_reals(node.input(1)), bias = graph.constant_reals(node.input(2));
  const auto mean = graph.constant_reals(node.input(3)), variance = graph.constant_reals(node.input(4));
  const float epsilon = node.real("epsilon", 1e-5f);
  for (std::size_t c = 0; c < scale.size(); ++c) {
    scale[c] /= std::sqrt(variance[c] + epsilon);
    bias[c] -= mean[c] * scale[c];
  }
  const auto padded =
      static_cast<std::size_t>(planner.round_up_to_vector(static_cast<std::int64_t>(scale.size())));
  scale.resize(padded);
  bias.resize(padded);
  const ValueId id = node.input(0);
  // Channels come second, but in rows they come last: only of two dimensions are these the same.
  Place from = planner.any(id);
  if (from.layout == Layout::rows && from.shape.size() != 2) from = planner.flat(id);
  const Place to = planner.new_like(node.output(0), from);
  emit_affine(planner, from, to, planner.constant(scale), planner.constant(bias));
  return Done{};
}

// --- MeanVarianceNormalization

// The axes to normalize over are brought together behind the others.
Status emit_mean_variance(Planner& planner, const Node& node) {
  const Place source = planner.any(node.input(0)), target = planner.new_flat(node.output(0));
  const std::size_t rank = source.shape.size();
  std::vector<bool> normalized(rank, false);
  for (const std::int64_t axis : node.integers("axes", {0, 2, 3}))
    normalized[static_cast<std::size_t>(normal_axis(axis, rank))] = true;
  std::int64_t count = 1, channels = 1;
  for (std::size_t i = 0; i < rank; ++i) (normalized[i] ? channels : count) *= source.shape[i];
  const Runs from = new_runs(planner, count, channels), to = new_runs(planner, count, channels);

  const auto source_strides = strides_of(source), target_strides = strides_of(target);
  StridedCopy gather{.from = source, .to = from.place}, scatter{.from = to.place, .to = target};
  std::int64_t in_run = 1, of_runs = from.pitch;
  for (std::size_t i = rank; i-- > 0;) {
    std::int64_t& stride = normalized[i] ? in_run : of_runs;
    gather.axes.push_back({source.shape[i], source_strides[i], stride});
    scatter.axes.push_back({source.shape[i], stride, target_strides[i]});
    stride *= source.shape[i];
  }
  emit_copy(planner, gather);
  constexpr float kEpsilon = 1e-9f;  // ONNX's own, added to the deviation there, to the variance here
  emit_runs(planner, {.turns = 1, .epsilon = kEpsilon}, from, to, same_for_all(planner, 1, 1.0f),
            same_for_all(planner, 1, 0.0f));
  emit_copy(planner, scatter);
  return Done{};
}

// --- LRN

Status emit_local_response(Planner& planner, const Node& node) {
  const ValueId id = node.input(0);
  const Place from = planner.as_written(id).layout == Layout::image ? planner.image(id) : planner.flat(id);
  const Place to = planner.new_like(node.output(0), from);
  const bool image = from.layout == Layout::image;
  if (image) emit_zero_padding(planner, to);
  const std::int64_t channels = from.shape[1], inner = image ? 1 : from.size() / from.shape[0] / channels;
  const std::int64_t size = node.integer("size", 1), before = (size - 1) / 2;
  call_items(planner, {.kernel = "local_response"}, {from, to},
             {Param::address(from), Param::address(to), Param::of(channels), Param::of(inner),
              Param::of(image ? from.pitch : channels * inner),
              Param::of(image ? to.pitch : channels * inner), Param::of(inner), Param::of(before),
              Param::of(size - 1 - before), Param::of(node.real("alpha", 1e-4f) / static_cast<float>(size)),
              Param::of(node.real("beta", 0.75f)), Param::of(node.real("bias", 1.0f))},
             from.size());
  return Done{};
}

constexpr std::array kRows = {
    OpRow{"LayerNormalization", "", refuse_layer_norm, emit_layer_norm},
    OpRow{"RMSNormalization", "", refuse_layer_norm, emit_rms_norm},
    OpRow{"SimplifiedLayerNormalization", "", refuse_layer_norm, emit_rms_norm},
    OpRow{"SkipLayerNormalization", "com.microsoft", refuse_skip_layer_norm, emit_skip_layer_norm},
    OpRow{"SkipSimplifiedLayerNormalization", "com.microsoft", refuse_skip_layer_norm, emit_skip_layer_norm},
    OpRow{"InstanceNormalization", "", refuse_integers, emit_instance_norm},
    OpRow{"GroupNormalization", "", refuse_group_norm, emit_group_norm},
    OpRow{"BatchNormalization", "", refuse_batch_norm, emit_batch_norm},
    OpRow{"MeanVarianceNormalization", "", refuse_integers, emit_mean_variance},
    OpRow{"LRN", "", refuse_integers, emit_local_response},
};

}  // namespace

std::span<const OpRow> normalize_ops() {
  return kRows;
}

}  // namespace eb::gpu
