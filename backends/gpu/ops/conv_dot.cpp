// Convolutions and matrix products in whole numbers, by kernel `conv_dot`.
#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>

#include "backends/gpu/ops/bytes.h"
#include "backends/gpu/ops/conv.h"

namespace eb::gpu {
namespace {

constexpr std::int64_t kWordChannels = 4;
constexpr float kMaxByte = 255;
constexpr float kLowered = 128;      // what the kernel takes off every byte of X
constexpr float kMaxBias = 0x1p30f;  // leaves as much for the sum

std::int64_t divide_up(std::int64_t a, std::int64_t b) {
  return (a + b - 1) / b;
}

// One call. Weights are [output][tap][input]; counts are of one image.
struct DotProduct {
  Place x{}, y{};
  std::int64_t rows = 1, images = 1, x_image_pixels = 0;
  std::int64_t outputs = 1, taps = 1, inputs = 1;
  Tile tile{};
  std::function<std::int64_t(std::int64_t output, std::int64_t tap, std::int64_t input)> weight{};
  std::vector<float> bias{};        // in reals, one an output
  std::optional<Window> picture{};  // of one that is no plain product
};

// Weights in panels, and what goes with each channel.
struct Packed {
  std::vector<std::uint32_t> weights{}, bias{};
  std::vector<float> scales{};
  std::int64_t panel_vectors = 0, panel_stride = 0;
};

std::uint32_t word_of(const DotProduct& product, std::int64_t output, std::int64_t tap, std::int64_t word,
                      std::int64_t& sum) {
  std::uint32_t bits = 0;
  for (std::int64_t i = 0; i < kWordChannels; ++i) {
    const std::int64_t input = word * kWordChannels + i;
    if (output >= product.outputs || input >= product.inputs) continue;
    const std::int64_t number = product.weight(output, tap, input);
    sum += number;
    bits |= static_cast<std::uint32_t>(number & 0xff) << (8 * i);
  }
  return bits;
}

Packed pack(const Planner& planner, const DotProduct& product, const Quantized& quantized) {
  Packed packed;
  const std::int64_t words = divide_up(product.inputs, kWordChannels);
  packed.panel_vectors =
      std::int64_t{product.tile.tn} * (product.tile.lanes_on_channels ? product.tile.lanes : 1);
  packed.panel_stride = product.taps * words * packed.panel_vectors;
  const std::int64_t lanes = packed.panel_vectors * planner.vector_floats();
  const std::int64_t panels = divide_up(product.outputs, lanes);
  std::vector<std::int64_t> sums(static_cast<std::size_t>(panels * lanes));
  packed.weights.reserve(static_cast<std::size_t>(panels * product.taps * words * lanes));
  for (std::int64_t panel = 0; panel < panels; ++panel)
    for (std::int64_t tap = 0; tap < product.taps; ++tap)
      for (std::int64_t word = 0; word < words; ++word)
        for (std::int64_t output = panel * lanes; output < (panel + 1) * lanes; ++output)
          packed.weights.push_back(
              word_of(product, output, tap, word, sums[static_cast<std::size_t>(output)]));

  packed.scales.resize(sums.size());
  packed.bias.resize(sums.size());
  const std::vector<float>& scales = quantized.weights.scales;
  const auto zero = static_cast<std::int64_t>(quantized.x_steps.zero - kLowered);
  for (std::size_t i = 0; i < product.bias.size(); ++i) {
    const float step = quantized.x_steps.scale * scales[i % scales.size()];
    const float bias = std::nearbyint(std::clamp(product.bias[i] / step, -kMaxBias, kMaxBias));
    packed.bias[i] = static_cast<std::uint32_t>(static_cast<std::int64_t>(bias) - zero * sums[i]);
    packed.scales[i] = step / quantized.y_steps.scale;
  }
  return packed;
}

void add_picture(const Planner& planner, const DotProduct& product, std::vector<Param>& params) {
  const Window window = product.picture.value_or(Window{});
  for (const std::int64_t number :
       {window.out[2], window.in[2], window.in[1], window.stride[2], window.stride[1], window.before[2],
        window.before[1], window.dilation[2], window.dilation[1], window.size[2], window.size[1]})
    params.push_back(Param::of(number));
  const float zero = planner.quantized()->x_steps.zero - kLowered;
  const auto pad = static_cast<std::uint32_t>(static_cast<std::int64_t>(zero) & 0xff) * 0x01010101u;
  params.push_back(Param::of(std::int64_t{std::bit_cast<std::int32_t>(pad)}));
}

void call_dot(Planner& planner, const DotProduct& product) {
  const std::int64_t width = planner.vector_floats(), vectors = divide_up(product.outputs, width);
  const Tile& tile = product.tile;
  const Packed packed = pack(planner, product, *planner.quantized());
  Call call;
  call.kernel = {"conv_dot",
                 {{"ONE", product.picture ? 0 : 1}, {"LANE_OC", tile.lanes_on_channels ? 1 : 0}},
                 {{"TM", tile.tm}, {"TN", tile.tn}},
                 {static_cast<std::uint32_t>(tile.lanes), 1, 1}};
  call.buffers = {product.x, planner.constant_words(packed.weights), planner.constant_words(packed.bias),
                  planner.constant(packed.scales), product.y};
  const std::int64_t x_pitch = product.x.pitch / kWordChannels, y_pitch = product.y.pitch / width;
  call.params = {Param::of(product.rows),
                 Param::of(vectors),
                 Param::of(divide_up(product.inputs, kWordChannels)),
                 Param::address(product.x, kWordChannels),
                 Param::of(x_pitch),
                 Param::of(packed.panel_vectors),
                 Param::of(packed.panel_stride),
                 Param::address(product.y, width),
                 Param::of(y_pitch),
                 Param::of(product.x_image_pixels * x_pitch),
                 Param::of(product.rows * y_pitch)};
  add_picture(planner, product, call.params);
  const Steps& y = planner.quantized()->y_steps;
  float low = -y.zero, high = kMaxByte - y.zero;
  if (const Epilogue& epilogue = planner.epilogue(); epilogue.activation == Activation::clamp) {
    low = std::max(low, epilogue.a / y.scale);
    high = std::min(high, epilogue.b / y.scale);
  }
  for (const float number : {low, high, y.zero}) call.params.push_back(Param::of(number));
  const std::int64_t row_tiles = divide_up(product.rows, tile.tm);
  if (tile.lanes_on_channels)
    call.items = {divide_up(vectors, std::int64_t{tile.tn} * tile.lanes) * tile.lanes, row_tiles,
                  product.images};
  else
    call.items = {row_tiles, divide_up(vectors, tile.tn), product.images};
  planner.call(std::move(call));
}

}  // namespace

void emit_conv_dot(Planner& planner, const Node& node) {
  const Convolution conv = convolution_of(planner.graph(), node);
  const Quantized& quantized = *planner.quantized();
  const Window& window = conv.window;
  DotProduct product;
  product.x = planner.image(quantized.x, Store::byte);
  product.y = planner.new_image(planner.epilogue().output, Store::byte);
  product.outputs = conv.outputs;
  product.inputs = conv.inputs;
  product.taps = window.taps();
  ProductShape shape = product_shape_of(conv);
  shape.may_winograd = false;
  product.tile = planner.tiles().choose(planner.device(), shape).tile;
  product.bias = constant_bias(planner, conv.bias, conv.outputs);
  const std::vector<std::int64_t> numbers = planner.graph().constant_integers(quantized.weights.numbers);
  product.weight = [&](std::int64_t output, std::int64_t tap, std::int64_t input) {
    return numbers[static_cast<std::size_t>((output * conv.inputs + input) * product.taps + tap)] -
           quantized.weights.zero;
  };
  product.rows = window.out[1] * window.out[2];
  product.images = window.images;
  product.x_image_pixels = window.in[1] * window.in[2];
  if (!window.is_pointwise()) product.picture = window;
  call_dot(planner, product);
}

void emit_matrix_dot(Planner& planner, const Node& node) {
  const Quantized& quantized = *planner.quantized();
  const Shape& weights = planner.value(quantized.weights.numbers).shape;
  const bool is_transposed = node.op_type == "Gemm" && node.integer("transB", 0) != 0;
  DotProduct product;
  product.x = planner.rows(quantized.x, Store::byte);
  product.y = planner.new_rows(planner.epilogue().output, Store::byte);
  product.rows = product.x.pixels;
  product.outputs = weights[is_transposed ? 0 : 1];
  product.inputs = weights[is_transposed ? 1 : 0];
  const ProductShape shape{product.rows, product.inputs, product.outputs, 1, false};
  product.tile = planner.tiles().choose(planner.device(), shape).tile;
  product.bias = constant_bias(planner, node.op_type == "Gemm" ? node.input(2) : kNoValue, product.outputs);
  const std::vector<std::int64_t> numbers = planner.graph().constant_integers(quantized.weights.numbers);
  const std::int64_t columns = weights[1];
  product.weight = [&](std::int64_t output, std::int64_t, std::int64_t input) {
    const std::int64_t at = is_transposed ? output * columns + input : input * columns + output;
    return numbers[static_cast<std::size_t>(at)] - quantized.weights.zero;
  };
  call_dot(planner, product);
}

}  // namespace eb::gpu
