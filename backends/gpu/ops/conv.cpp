#include "backends/gpu/ops/conv.h"

#include <algorithm>

#include "backends/gpu/loops.h"
#include "backends/gpu/ops.h"
#include "backends/gpu/ops/bytes.h"

namespace eb::gpu {
namespace {

bool is_real(Type type) {
  return type == Type::f32 || type == Type::f16;
}

Refusal refuse_conv(const Graph& graph, const Node& node) {
  for (const ValueId id : node.inputs)
    if (id != kNoValue && !is_real(graph.value(id).type)) return "not a float type";
  const Value& x = graph.value(node.inputs[0]);
  const Value& weights = graph.value(node.inputs[1]);
  if (x.rank() < 3 || x.rank() > 5 || weights.rank() != x.rank()) return "not 1 to 3 spatial dimensions";
  const std::size_t rank = x.rank() - 2;
  for (const auto& [name, count] : {std::pair("strides", rank), {"dilations", rank}, {"pads", 2 * rank}})
    if (node.has(name) && node.integers(name).size() != count)
      return "a spatial attribute of the wrong length";
  for (const std::int64_t pad : node.integers("pads"))
    if (pad < 0) return "negative pads";
  const std::int64_t groups = node.integer("group", 1);
  if (groups < 1 || x.shape[1] % groups != 0) return "channels are not a multiple of the groups";
  return {};
}

// Weights of one group as packed panels, one after the other; zero where input and output are not of one
// block.
Place packed_weights(Planner& planner, const Convolution& conv, const PackShape& shape,
                     const Packing& packing) {
  const std::vector<float> weights = planner.graph().constant_reals(conv.weights);
  std::vector<float> packed(static_cast<std::size_t>(packing.floats * conv.groups));
  const std::int64_t inputs = shape.inputs / conv.blocks, outputs = shape.outputs / conv.blocks;
  for (std::int64_t group = 0; group < conv.groups; ++group)
    pack_weights(
        shape, packing,
        [&](std::int64_t output, std::int64_t tap, std::int64_t input) {
          if (output / outputs != input / inputs) return 0.0f;
          return weights[static_cast<std::size_t>(
              ((group * shape.outputs + output) * inputs + input % inputs) * shape.taps + tap)];
        },
        packed.data() + group * packing.floats);
  return planner.constant(packed, planner.store_of(conv.x));
}

Place padded_bias(Planner& planner, const Convolution& conv, std::int64_t floats) {
  std::vector<float> bias = constant_bias(planner, conv.bias, conv.outputs);
  bias.resize(static_cast<std::size_t>(std::max(floats, conv.outputs)));
  return planner.constant(bias);
}

Product::Picture picture_of(const Window& window) {
  return {window.out[2],      window.in[2],     window.in[1],     window.stride[2],
          window.stride[1],   window.before[2], window.before[1], window.dilation[2],
          window.dilation[1], window.size[2],   window.size[1]};
}

// Implicit GEMM over an image. Groups are independent products of one call; of several images each gets a
// call then.
void emit_gemm(Planner& planner, const Convolution& conv, const Tile& tile) {
  const Window& window = conv.window;
  const std::int64_t width = planner.vector_floats();
  const PackShape shape{conv.group_outputs(), window.taps(), conv.group_inputs(), width};
  const Packing packing = packing_of(shape, tile);
  Product product;
  const Store store = planner.store_of(conv.x);
  product.x = planner.image(conv.x, store);
  product.weights = packed_weights(planner, conv, shape, packing);
  product.bias = padded_bias(planner, conv, conv.outputs + packing.panel_vectors * width);
  set_epilogue(planner, product, Layout::image, store);
  set_packing(product, shape, packing, tile);
  product.x_pitch = product.x.pitch;
  const std::int64_t in_pixels = window.in[1] * window.in[2], out_pixels = window.out[1] * window.out[2];
  const std::int64_t y_pitch = product.y.pitch / width;
  if (window.is_pointwise() && conv.groups == 1) {
    product.rows = window.images * out_pixels;
    call_product(planner, product);
    return;
  }
  if (!window.is_pointwise()) product.picture = picture_of(window);
  product.rows = out_pixels;
  if (conv.groups == 1) {
    product.batch = window.images;
    product.x_batch = in_pixels * product.x.pitch;
    product.y_batch = out_pixels * y_pitch;
    call_product(planner, product);
    return;
  }
  product.batch = conv.groups;
  product.x_batch = conv.group_inputs();
  product.w_batch = packing.floats / width;
  product.bias_batch = product.y_batch = conv.group_outputs() / width;
  for (std::int64_t image = 0; image < window.images; ++image) {
    product.x_offset = image * in_pixels * product.x.pitch;
    product.y_offset = image * out_pixels * y_pitch;
    call_product(planner, product);
  }
}

// The first convolution of a network: at most 4 channels in a flat picture. Its kernel rows become runs of KW
// * 4 channels.
void emit_bordered(Planner& planner, const Convolution& conv, const Tile& tile) {
  const Window& window = conv.window;
  const std::int64_t width = planner.vector_floats();
  const std::int64_t border_height = window.in[1] + window.before[1] + window.after[1];
  const std::int64_t border_width = window.in[2] + window.before[2] + window.after[2];
  const Place from = planner.flat(conv.x);
  Product product;
  const Store store = planner.store_of(conv.x);
  product.x = planner.scratch(window.images * border_height * border_width * 4, store);
  Call border;
  border.kernel = {"bordered", {{"HALF", store == Store::half ? 1 : 0}}, {}, {8, 1, 1}};
  border.buffers = {from, product.x};
  for (const std::int64_t number : {conv.inputs, window.in[1], window.in[2], window.before[1],
                                    window.before[2], border_height, border_width})
    border.params.push_back(Param::of(number));
  border.params.push_back(Param::address(from));
  border.params.push_back(Param::address(product.x, 4));
  border.items = {border_width, border_height, window.images};
  planner.call(std::move(border));

  const PackShape shape{conv.outputs, window.size[1], window.size[2] * 4, width};
  const Packing packing = packing_of(shape, tile);
  const std::vector<float> weights = planner.graph().constant_reals(conv.weights);
  std::vector<float> packed(static_cast<std::size_t>(packing.floats));
  pack_weights(
      shape, packing,
      [&](std::int64_t output, std::int64_t row, std::int64_t run) {
        const std::int64_t column = run / 4, channel = run % 4;
        if (channel >= conv.inputs) return 0.0f;
        return weights[static_cast<std::size_t>(
            ((output * conv.inputs + channel) * window.size[1] + row) * window.size[2] + column)];
      },
      packed.data());
  product.weights = planner.constant(packed, store);
  product.bias = padded_bias(planner, conv, conv.outputs + packing.panel_vectors * width);
  set_epilogue(planner, product, Layout::image, store);
  set_packing(product, shape, packing, tile);
  product.x_pitch = 4;
  product.rows = window.out[1] * window.out[2];
  product.batch = window.images;
  product.x_batch = border_height * border_width * 4;
  product.y_batch = product.rows * product.y.pitch / width;
  product.picture = Product::Picture{window.out[2],
                                     border_width,
                                     border_height,
                                     window.stride[2],
                                     window.stride[1],
                                     0,
                                     0,
                                     1,
                                     window.dilation[1],
                                     1,
                                     window.size[1]};
  call_product(planner, product);
}

bool is_depthwise(const Convolution& conv) {
  return conv.groups > 1 && conv.groups == conv.inputs && conv.inputs == conv.outputs;
}

// The fewest groups together whose channels are whole vectors, or all of them.
Convolution with_wide_groups(Convolution conv, std::int64_t width) {
  std::int64_t blocks = 1;
  while (blocks < conv.groups && (conv.groups % blocks != 0 || blocks * conv.group_inputs() % 4 != 0 ||
                                  blocks * conv.group_outputs() % width != 0))
    ++blocks;
  conv.groups /= blocks;
  conv.blocks = blocks;
  return conv;
}

bool is_first_layer(Planner& planner, const Convolution& conv) {
  return conv.groups == 1 && conv.blocks == 1 && conv.inputs <= 4 && conv.window.size[2] > 1 &&
         conv.window.dilation[2] == 1 && !planner.has(conv.x, Layout::image);
}

Status emit_conv(Planner& planner, const Node& node) {
  if (planner.quantized()) {
    emit_conv_dot(planner, node);
    return Done{};
  }
  Convolution conv = convolution_of(planner.graph(), node);
  const std::int64_t width = planner.vector_floats();
  const bool constant = planner.value(conv.weights).is_constant() &&
                        (conv.bias == kNoValue || planner.value(conv.bias).is_constant());
  const bool flat_depth = conv.window.in[0] == 1 && conv.window.size[0] == 1 && conv.window.out[0] == 1;
  if (!constant || !flat_depth) {
    emit_direct(planner, conv, false);
    return Done{};
  }
  if (is_depthwise(conv) && planner.epilogue().residual == kNoValue) {
    emit_depthwise(planner, conv);
    return Done{};
  }
  if (conv.groups > 1) conv = with_wide_groups(conv, width);
  // More zeros than that are not worth it.
  constexpr std::int64_t kMaxBlocks = 16;
  if (conv.blocks > kMaxBlocks) {
    emit_direct(planner, convolution_of(planner.graph(), node), false);
    return Done{};
  }
  const ConvChoice choice = planner.tiles().choose(planner.device(), product_shape_of(conv));
  if (is_first_layer(planner, conv)) {
    emit_bordered(planner, conv, choice.tile);
  } else if (choice.method == ConvMethod::direct) {
    emit_gemm(planner, conv, choice.tile);
  } else {
    emit_winograd(planner, conv, choice.method == ConvMethod::winograd4 ? 4 : 2, choice.tile);
  }
  return Done{};
}

constexpr OpRow kRows[] = {
    {"Conv", "", refuse_conv, emit_conv},
    {"ConvTranspose", "", refuse_conv, emit_conv_transpose},
};

}  // namespace

std::span<const OpRow> conv_ops() {
  return kRows;
}

Convolution convolution_of(const Graph& graph, const Node& node) {
  Convolution conv;
  conv.x = node.inputs[0];
  conv.weights = node.inputs[1];
  conv.bias = node.input(2);
  const Shape& x = graph.value(conv.x).shape;
  const Shape& weights = graph.value(conv.weights).shape;
  const bool is_transposed = node.op_type == "ConvTranspose";
  conv.groups = node.integer("group", 1);
  conv.inputs = x[1];
  conv.outputs = is_transposed ? weights[1] * conv.groups : weights[0];
  conv.window =
      window_of(node, x, graph.value(node.outputs[0]).shape, std::span(weights).subspan(2), is_transposed);
  return conv;
}

ProductShape product_shape_of(const Convolution& conv) {
  constexpr Window::Extent kThree{1, 3, 3}, kOnes{1, 1, 1};
  const Window& window = conv.window;
  const bool may_winograd = conv.groups == 1 && conv.blocks == 1 && window.size == kThree &&
                            window.stride == kOnes && window.dilation == kOnes;
  return {window.out[1] * window.out[2], conv.group_inputs() * window.taps(), conv.group_outputs(),
          window.taps(), may_winograd};
}

std::vector<float> constant_bias(Planner& planner, ValueId own, std::int64_t outputs) {
  std::vector<float> bias(static_cast<std::size_t>(outputs));
  for (const ValueId id : {own, planner.epilogue().bias}) {
    const std::vector<float> numbers = planner.graph().constant_reals(id);
    for (std::size_t i = 0; i < bias.size() && !numbers.empty(); ++i) bias[i] += numbers[i % numbers.size()];
  }
  return bias;
}

void set_epilogue(Planner& planner, Product& product, Layout layout, Store store) {
  const Epilogue& epilogue = planner.epilogue();
  product.activation = epilogue.activation;
  product.a = epilogue.a;
  product.b = epilogue.b;
  if (epilogue.residual != kNoValue)
    product.residual = layout == Layout::image ? planner.image(epilogue.residual, store)
                                               : planner.rows(epilogue.residual, store);
  product.y = layout == Layout::image ? planner.new_image_in_place(epilogue.output, store)
                                      : planner.new_rows(epilogue.output, store);
}

void emit_direct(Planner& planner, const Convolution& conv, bool transposed) {
  const Epilogue& epilogue = planner.epilogue();
  const Window& window = conv.window;
  const Place x = planner.flat(conv.x), weights = planner.flat(conv.weights);
  const bool has_constant_bias = epilogue.bias != kNoValue;
  const bool has_bias = has_constant_bias || conv.bias != kNoValue;
  const Place bias = has_constant_bias ? planner.constant(constant_bias(planner, conv.bias, conv.outputs))
                     : has_bias        ? planner.flat(conv.bias)
                                       : x;
  const Place y = planner.new_flat(epilogue.output);
  // Long sums in parts of the channels: the first has bias and residual, the others add to what is there, the
  // last activates.
  constexpr int kAllChannels = 1 << 30;  // one kernel for all sums that are not cut
  const std::int64_t channels = std::max<std::int64_t>(kMaxRounds / window.taps() - 1, 1);
  for (std::int64_t first = 0; first < conv.group_inputs(); first += channels) {
    const bool is_first = first == 0, is_last = first + channels >= conv.group_inputs();
    const bool has_residual = !is_first || epilogue.residual != kNoValue;
    const Place residual = !is_first ? y : has_residual ? planner.flat(epilogue.residual) : x;
    const std::vector<std::pair<std::string, int>> constants = {
        {"HAS_BIAS", is_first && has_bias ? 1 : 0},
        {"HAS_RES", has_residual ? 1 : 0},
        {"ACT", static_cast<int>(is_last ? epilogue.activation : Activation::none)},
        {"FIRST_CHANNEL", static_cast<int>(first)},
        {"END_CHANNEL", is_last ? kAllChannels : static_cast<int>(first + channels)}};
    std::vector<Param> params = {Param::of(y.size()), Param::of(conv.inputs), Param::of(conv.outputs),
                                 Param::of(conv.groups)};
    for (const auto& extent :
         {window.in, window.out, window.size, window.stride, window.dilation, window.before})
      for (const std::int64_t number : extent) params.push_back(Param::of(number));
    for (const Place& place : {x, weights, bias, residual, y}) params.push_back(Param::address(place));
    params.push_back(Param::of(epilogue.a));
    params.push_back(Param::of(epilogue.b));
    planner.call_linear({"conv_direct", {{"TRANSPOSED", transposed ? 1 : 0}}, constants},
                        {x, weights, bias, residual, y}, std::move(params), y.size());
  }
}

}  // namespace eb::gpu
