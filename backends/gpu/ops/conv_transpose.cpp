// ConvTranspose: a matrix product makes what each input pixel gives to each tap, and a kernel gathers these
// for each output pixel.
#include <algorithm>
#include <optional>

#include "backends/gpu/ops/conv.h"

namespace eb::gpu {
namespace {

// Products in memory at a time; a picture that makes more is cut into strips of rows.
constexpr std::int64_t kStripFloats = std::int64_t{1} << 22;

// Rows of the output, and those of the input that reach them. Of pictures that are whole, of all pictures.
struct Strip {
  Window window{};
  std::int64_t first_image = 0, first_in = 0, first_out = 0;  // the latter two in rows of their picture
};

std::int64_t divide_up(std::int64_t a, std::int64_t b) {
  return a <= 0 ? 0 : (a + b - 1) / b;
}

std::vector<Strip> strips_of(const Window& whole, std::int64_t floats_of_row) {
  const std::int64_t rows = whole.images * whole.in[0] * whole.in[1];
  if (rows * floats_of_row <= kStripFloats || whole.in[0] * whole.out[0] > 1) return {{whole}};
  const std::int64_t in_rows = std::max<std::int64_t>(kStripFloats / floats_of_row, 1);
  const std::int64_t height = in_rows * whole.stride[1];
  std::vector<Strip> strips;
  for (std::int64_t image = 0; image < whole.images; ++image)
    for (std::int64_t row = 0; row < whole.out[1]; row += height) {
      Strip strip{whole, image, 0, row};
      Window& window = strip.window;
      window.images = 1;
      window.out[1] = std::min(height, whole.out[1] - row);
      const std::int64_t shifted = row + whole.before[1];
      const std::int64_t first =
          divide_up(shifted - (whole.size[1] - 1) * whole.dilation[1], whole.stride[1]);
      strip.first_in = std::min(first, whole.in[1] - 1);
      const std::int64_t end = (shifted + window.out[1] - 1) / whole.stride[1] + 1;
      window.in[1] = std::max<std::int64_t>(std::min(end, whole.in[1]) - strip.first_in, 1);
      window.before[1] = shifted - strip.first_in * whole.stride[1];
      strips.push_back(strip);
    }
  return strips;
}

// What the gathering kernel reads: the input's pixels, or products of them.
struct Source {
  Place place{};
  std::int64_t pitch = 0, group_vectors = 1;  // vectors
  std::optional<Place> weights{};             // of a depthwise one, still to be multiplied
};

void call_gather(Planner& planner, const Convolution& conv, const Strip& strip, const Source& source,
                 const Place& bias, const Product& target) {
  const std::int64_t width = planner.vector_floats();
  const Window& window = strip.window;
  const std::int64_t vectors = planner.round_up_to_vector(conv.outputs) / width;
  const Place& residual = target.residual ? *target.residual : target.y;
  const std::int64_t first_out =
      (strip.first_image * conv.window.out[1] + strip.first_out) * conv.window.out[2];
  Call call;
  call.kernel = {"conv_transpose",
                 {{"DEPTHWISE", source.weights ? 1 : 0}, {"HAS_RES", target.residual ? 1 : 0}},
                 {{"DILATED", window.dilation == Window::Extent{1, 1, 1} ? 0 : 1},
                  {"ACT", static_cast<int>(target.activation)}},
                 {channel_lanes(planner.device(), vectors), 1, 1}};
  call.buffers = {source.place, bias, target.y};
  if (source.weights) call.buffers.push_back(*source.weights);
  if (target.residual) call.buffers.push_back(*target.residual);
  call.params = {Param::of(window.out_pixels()), Param::of(vectors), Param::of(source.group_vectors)};
  for (const auto& extent :
       {window.in, window.out, window.size, window.stride, window.dilation, window.before})
    for (const std::int64_t number : extent) call.params.push_back(Param::of(number));
  call.params.insert(
      call.params.end(),
      {Param::address(source.place, width), Param::of(source.pitch),
       Param::address(target.y, width, first_out * target.y.pitch), Param::of(target.y.pitch / width),
       Param::address(residual, width, first_out * residual.pitch), Param::of(residual.pitch / width),
       Param::of(target.a), Param::of(target.b)});
  call.items = {vectors, window.out_pixels(), 1};
  planner.call(std::move(call));
}

Place vector_bias(Planner& planner, const Convolution& conv) {
  std::vector<float> bias = constant_bias(planner, conv.bias, conv.outputs);
  bias.resize(static_cast<std::size_t>(planner.round_up_to_vector(conv.outputs)));
  return planner.constant(bias);
}

// Weights [Ci][Co / groups][taps] as those of a product whose outputs are [taps][Co / groups, in whole
// vectors]; `products` 1 of several groups has zeros where input and output are not of one group.
std::vector<float> packed_weights(const Planner& planner, const Convolution& conv, std::int64_t products,
                                  const PackShape& shape, const Packing& packing) {
  const std::vector<float> weights = planner.graph().constant_reals(conv.weights);
  const std::int64_t group_outputs = conv.group_outputs(), taps = conv.window.taps();
  const std::int64_t run = shape.outputs / taps, outputs = conv.outputs / products;
  std::vector<float> packed(static_cast<std::size_t>(packing.floats * products));
  for (std::int64_t product = 0; product < products; ++product)
    pack_weights(
        shape, packing,
        [&](std::int64_t column, std::int64_t, std::int64_t row) {
          const std::int64_t tap = column / run, lane = column % run;
          const std::int64_t input = product * shape.inputs + row, output = product * outputs + lane;
          if (lane >= outputs || input / conv.group_inputs() != output / group_outputs) return 0.0f;
          return weights[static_cast<std::size_t>((input * group_outputs + output % group_outputs) * taps +
                                                  tap)];
        },
        packed.data() + product * packing.floats);
  return packed;
}

// All of a strip's products: each pixel of the input times all weights.
void emit_product(Planner& planner, const Convolution& conv, std::int64_t products) {
  const std::int64_t width = planner.vector_floats(), taps = conv.window.taps();
  const std::int64_t run = planner.round_up_to_vector(conv.outputs / products);
  const std::int64_t floats_of_pixel = products * taps * run;
  const PackShape shape{taps * run, 1, conv.inputs / products, width};
  const ProductShape class_of{conv.window.in[1] * conv.window.in[2], shape.inputs, shape.outputs, 1, false};
  Product product;
  const Tile tile = planner.tiles().choose(planner.device(), class_of).tile;
  const Packing packing = packing_of(shape, tile);
  set_packing(product, shape, packing, tile);
  product.x = planner.image(conv.x);
  product.weights = planner.constant(packed_weights(planner, conv, products, shape, packing));
  product.bias = planner.constant(
      std::vector<float>(static_cast<std::size_t>(packing.panels * packing.panel_vectors * width)));
  product.x_pitch = product.x.pitch;
  product.batch = products;
  product.x_batch = shape.inputs;
  product.w_batch = packing.floats / width;
  product.y_batch = taps * run / width;

  Product target;
  set_epilogue(planner, target, Layout::image, Store::word);
  const Place bias = vector_bias(planner, conv);
  for (const Strip& strip : strips_of(conv.window, conv.window.in[2] * floats_of_pixel)) {
    const Window& window = strip.window;
    product.rows = window.images * window.in[0] * window.in[1] * window.in[2];
    product.x_offset =
        (strip.first_image * conv.window.in[1] + strip.first_in) * window.in[2] * product.x.pitch;
    product.y = planner.scratch(product.rows * floats_of_pixel);
    product.y.pitch = floats_of_pixel;
    call_product(planner, product);
    call_gather(planner, conv, strip, {product.y, floats_of_pixel / width, run / width, {}}, bias, target);
  }
}

void emit_depthwise_transposed(Planner& planner, const Convolution& conv) {
  const std::int64_t width = planner.vector_floats(), taps = conv.window.taps();
  const std::int64_t pitch = planner.round_up_to_vector(conv.outputs);
  const std::vector<float> weights = planner.graph().constant_reals(conv.weights);
  std::vector<float> packed(static_cast<std::size_t>(taps * pitch));
  for (std::int64_t channel = 0; channel < conv.outputs; ++channel)
    for (std::int64_t tap = 0; tap < taps; ++tap)
      packed[static_cast<std::size_t>(tap * pitch + channel)] =
          weights[static_cast<std::size_t>(channel * taps + tap)];
  const Place x = planner.image(conv.x), by_tap = planner.constant(packed);
  Product target;
  set_epilogue(planner, target, Layout::image, Store::word);
  call_gather(planner, conv, {conv.window}, {x, x.pitch / width, 1, by_tap}, vector_bias(planner, conv),
              target);
}

}  // namespace

Status emit_conv_transpose(Planner& planner, const Node& node) {
  const Convolution conv = convolution_of(planner.graph(), node);
  const bool constant = planner.value(conv.weights).is_constant() &&
                        (conv.bias == kNoValue || planner.value(conv.bias).is_constant());
  const bool whole_vectors =
      conv.group_inputs() % 4 == 0 && conv.group_outputs() % planner.vector_floats() == 0;
  // More groups than this in one product would multiply more zeros than is worth it.
  constexpr std::int64_t kMaxBlocks = 16;
  const bool is_depthwise = conv.groups > 1 && conv.group_inputs() == 1 && conv.group_outputs() == 1;
  if (constant && is_depthwise) {
    emit_depthwise_transposed(planner, conv);
  } else if (constant && (whole_vectors || conv.groups <= kMaxBlocks)) {
    emit_product(planner, conv, whole_vectors ? conv.groups : 1);
  } else {
    emit_direct(planner, conv, true);
  }
  return Done{};
}

}  // namespace eb::gpu
