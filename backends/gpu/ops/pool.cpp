#include <algorithm>

#include "backends/gpu/ops.h"
#include "backends/gpu/ops/reduce.h"
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

void call_pool(Planner& planner, const Window& window, PoolKind kind, const Place& x, const Place& y) {
  const std::int64_t width = planner.vector_floats();
  const std::int64_t vectors = planner.round_up_to_vector(y.channels) / width;
  Call call;
  call.kernel = {"pool",
                 {{"HALF", x.store == Store::half ? 1 : 0}},
                 {{"KIND", kind}},
                 {channel_lanes(planner.device(), vectors), 1, 1}};
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

// All pixels of a picture at once.
void emit_whole(Planner& planner, const Window& window, PoolKind kind, const Place& x, const Place& y) {
  const std::int64_t pixels = window.taps();
  reduce_lines(planner, reduction_of(kind == maximum ? "ReduceMax" : "ReduceMean"), x, y,
               {.outer = window.images,
                .size = pixels,
                .inner = planner.round_up_to_vector(y.channels),
                .x_outer = pixels * x.pitch,
                .x_step = x.pitch,
                .y_outer = y.pitch});
}

// The maximum of a window is that of its rows' maxima, and so is the average: one axis after the other.
void emit_by_axis(Planner& planner, const Window& window, PoolKind kind, const Place& x, const Place& y) {
  Window pass = window;
  pass.out = window.in;
  pass.size = pass.stride = pass.dilation = {1, 1, 1};
  pass.before = pass.after = {};
  Place from = x;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    Window one = pass;
    one.out[axis] = window.out[axis];
    one.size[axis] = window.size[axis];
    one.stride[axis] = window.stride[axis];
    one.dilation[axis] = window.dilation[axis];
    one.before[axis] = window.before[axis];
    one.after[axis] = window.after[axis];
    Place to = y;
    if (axis < 2) {
      to.pitch = planner.round_up_to_vector(y.channels);
      to.first_channel = 0;
      to.area = planner.scratch(one.out_pixels() * to.pitch).area;
    }
    call_pool(planner, one, kind, from, to);
    pass.in[axis] = pass.out[axis] = window.out[axis];
    from = to;
  }
}

bool is_whole(const Window& window) {
  constexpr Window::Extent kOnes{1, 1, 1}, kZeros{};
  return window.size == window.in && window.out == kOnes && window.dilation == kOnes &&
         window.before == kZeros && window.after == kZeros;
}

void emit_window(Planner& planner, const Node& node, const Window& window, PoolKind kind) {
  constexpr std::int64_t kMostTaps = 4096;  // of an item
  const bool is_long = window.taps() > kMostTaps;
  const Store store = is_long ? Store::word : planner.store_of(node.inputs[0]);
  const Place x = planner.image(node.inputs[0], store);
  const Place y = planner.new_image_in_place(node.outputs[0], store);
  (!is_long ? call_pool : is_whole(window) ? emit_whole : emit_by_axis)(planner, window, kind, x, y);
}

Status emit_pool(Planner& planner, const Node& node) {
  const Shape& input = planner.value(node.inputs[0]).shape;
  const auto kernel = node.integers("kernel_shape");
  const PoolKind kind = node.op_type == "MaxPool"                   ? maximum
                        : node.integer("count_include_pad", 0) != 0 ? average_padded
                                                                    : average_inside;
  emit_window(planner, node, window_of(node, input, planner.value(node.outputs[0]).shape, kernel), kind);
  return Done{};
}

Status emit_global_pool(Planner& planner, const Node& node) {
  emit_window(planner, node, global_window(planner.value(node.inputs[0]).shape),
              node.op_type == "GlobalMaxPool" ? maximum : average_inside);
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
