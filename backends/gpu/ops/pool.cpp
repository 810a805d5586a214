#include <algorithm>

#include "backends/gpu/ops.h"
#include "backends/gpu/ops/window.h"

namespace eb::gpu {
namespace {

enum PoolKind : int { maximum = 0, average_inside = 1, average_padded = 2 };

Refusal refuse_pool(const Graph& graph, const Node& node) {
  const Value& x = graph.value(node.inputs[0]);
  if (x.type != Type::f32 && x.type != Type::f16) return "not a float type";
  if (x.rank() < 3 || x.rank() > 5) return "not 1 to 3 spatial dimensions";
  if (node.output(1) != kNoValue) return "indices of the maxima";
  if (node.integer("storage_order", 0) != 0) return "column-major order";
  if (node.op_type.starts_with("Global")) return {};
  const std::size_t rank = x.rank() - 2;
  if (node.integers("kernel_shape").size() != rank) return "kernel_shape does not fit the input";
  for (const auto& [name, count] : {std::pair("strides", rank), {"dilations", rank}, {"pads", 2 * rank}})
    if (node.has(name) && node.integers(name).size() != count)
      return "a spatial attribute of the wrong length";
  return {};
}

Window global_window(const Shape& shape) {
  Window window;
  window.images = shape[0];
  for (std::size_t i = 2; i < shape.size(); ++i) window.in[i + 3 - shape.size()] = shape[i];
  window.size = window.in;
  return window;
}

void call_pool(Planner& planner, const Node& node, const Window& window, PoolKind kind) {
  const auto width = static_cast<int>(planner.vector_floats());
  const Place x = planner.image(node.inputs[0]);
  const Place y = planner.new_image_in_place(node.outputs[0]);
  const std::int64_t vectors = planner.round_up_to_vector(y.channels) / width;
  Call call;
  call.kernel = {"pool", {}, {{"KIND", kind}}, {channel_lanes(planner.device(), vectors), 1, 1}};
  call.buffers = {x, y};
  call.params = {Param::of(window.out_pixels()), Param::of(vectors)};
  for (const auto& extent :
       {window.in, window.out, window.size, window.stride, window.dilation, window.before})
    for (const std::int64_t number : extent) call.params.push_back(Param::of(number));
  for (std::size_t i = 0; i < 3; ++i) call.params.push_back(Param::of(window.in[i] + window.after[i]));
  call.params.insert(call.params.end(), {Param::address(x, width), Param::of(x.pitch / width),
                                         Param::address(y, width), Param::of(y.pitch / width)});
  call.items = {vectors, window.out_pixels(), 1};
  planner.call(std::move(call));
}

Status emit_pool(Planner& planner, const Node& node) {
  const Shape& input = planner.value(node.inputs[0]).shape;
  const auto kernel = node.integers("kernel_shape");
  const Window window = window_of(node, input, planner.value(node.outputs[0]).shape, kernel);
  const PoolKind kind = node.op_type == "MaxPool"                   ? maximum
                        : node.integer("count_include_pad", 0) != 0 ? average_padded
                                                                    : average_inside;
  call_pool(planner, node, window, kind);
  return Done{};
}

Status emit_global_pool(Planner& planner, const Node& node) {
  const Window window = global_window(planner.value(node.inputs[0]).shape);
  call_pool(planner, node, window, node.op_type == "GlobalMaxPool" ? maximum : average_inside);
  return Done{};
}

constexpr OpRow kRows[] = {
    {"MaxPool", "", refuse_pool, emit_pool},
    {"AveragePool", "", refuse_pool, emit_pool},
    {"GlobalMaxPool", "", refuse_pool, emit_global_pool},
    {"GlobalAveragePool", "", refuse_pool, emit_global_pool},
};

}  // namespace

std::span<const OpRow> pool_ops() {
  return kRows;
}

}  // namespace eb::gpu
