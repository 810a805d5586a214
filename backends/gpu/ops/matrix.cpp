#include "backends/gpu/ops/matrix.h"

#include <algorithm>

#include "backends/gpu/loops.h"

namespace eb::gpu {
namespace {

std::int64_t divide_up(std::int64_t a, std::int64_t b) {
  return (a + b - 1) / b;
}

// HALF of conv.krn. Processors that have half arithmetic have it to convert, not to be faster.
int halves_of(const DeviceInfo& device, Store store) {
  if (store != Store::half) return 0;
  return device.fp16_arithmetic && device.type != DeviceType::cpu ? 2 : 1;
}

}  // namespace

Packing packing_of(const PackShape& shape, const Tile& tile) {
  Packing packing;
  packing.panel_vectors = std::int64_t{tile.tn} * (tile.lanes_on_channels ? tile.lanes : 1);
  packing.padded_inputs = divide_up(shape.inputs, 4) * 4;
  packing.panels = divide_up(shape.outputs, packing.panel_vectors * shape.vector_floats);
  packing.panel_stride = shape.taps * packing.padded_inputs * packing.panel_vectors;
  packing.floats = packing.panels * packing.panel_stride * shape.vector_floats;
  return packing;
}

void pack_weights(const PackShape& shape, const Packing& packing,
                  const std::function<float(std::int64_t, std::int64_t, std::int64_t)>& weight,
                  float* packed) {
  const std::int64_t width = packing.panel_vectors * shape.vector_floats;
  for (std::int64_t panel = 0; panel < packing.panels; ++panel)
    for (std::int64_t tap = 0; tap < shape.taps; ++tap)
      for (std::int64_t input = 0; input < packing.padded_inputs; ++input)
        for (std::int64_t lane = 0; lane < width; ++lane) {
          const std::int64_t output = panel * width + lane;
          const bool real = output < shape.outputs && input < shape.inputs;
          *packed++ = real ? weight(output, tap, input) : 0.0f;
        }
}

void set_packing(Product& product, const PackShape& shape, const Packing& packing, const Tile& tile) {
  product.tile = tile;
  product.outputs = shape.outputs;
  product.inputs = packing.padded_inputs;
  product.weight_step = packing.panel_vectors;
  product.panel_stride = packing.panel_stride;
}

namespace {

// Part of the taps of a product, or part of the channels of one tap.
struct Slice {
  std::int64_t row = 0, column = 0, channel = 0;
  std::int64_t rows = 1, columns = 1, channels = 1;
};

// Whether a tap can fall outside the picture; the kernel then reads the zero page.
bool has_border(const Product& product) {
  if (!product.picture) return false;
  const Product::Picture& picture = *product.picture;
  const std::int64_t last_x = (picture.out_width - 1) * picture.stride_x - picture.pad_left +
                              (picture.kernel_width - 1) * picture.dilation_x;
  const std::int64_t last_y = (product.rows / picture.out_width - 1) * picture.stride_y - picture.pad_top +
                              (picture.kernel_height - 1) * picture.dilation_y;
  return picture.pad_left > 0 || picture.pad_top > 0 || last_x >= picture.in_width ||
         last_y >= picture.in_height;
}

// As few as a work-item's rounds (loops.h) and the zero page allow.
std::vector<Slice> slices_of(const Product& product) {
  const std::int64_t height = product.picture ? product.picture->kernel_height : 1;
  const std::int64_t width = product.picture ? product.picture->kernel_width : 1;
  const std::int64_t rounds = product.inputs / 4 + 1;  // of a tap
  Slice most{.rows = std::clamp<std::int64_t>(kMaxRounds / (width * rounds), 1, height),
             .columns = std::clamp<std::int64_t>(kMaxRounds / rounds, 1, width),
             .channels = rounds > kMaxRounds ? 4 * kMaxRounds : product.inputs};
  if (product.inputs > kZeroPageFloats && has_border(product))
    most = {.rows = 1, .columns = 1, .channels = kZeroPageFloats};
  std::vector<Slice> slices;
  for (std::int64_t row = 0; row < height; row += most.rows)
    for (std::int64_t column = 0; column < width; column += most.columns)
      for (std::int64_t channel = 0; channel < product.inputs; channel += most.channels)
        slices.push_back({row, column, channel, std::min(most.rows, height - row),
                          std::min(most.columns, width - column),
                          std::min(most.channels, product.inputs - channel)});
  return slices;
}

Product part_of(const Product& product, const Slice& slice) {
  Product part = product;
  const std::int64_t width = product.picture ? product.picture->kernel_width : 1;
  part.x_offset += slice.channel;
  part.w_offset +=
      ((slice.row * width + slice.column) * product.inputs + slice.channel) * product.weight_step;
  part.inputs = slice.channels;
  if (part.picture) {
    part.picture->pad_top -= slice.row * part.picture->dilation_y;
    part.picture->pad_left -= slice.column * part.picture->dilation_x;
    part.picture->kernel_height = slice.rows;
    part.picture->kernel_width = slice.columns;
  }
  return part;
}

void call_once(Planner& planner, const Product& product) {
  const auto width = static_cast<int>(planner.vector_floats());
  const Tile& tile = product.tile;
  const std::int64_t vectors = divide_up(product.outputs, width);
  Call call;
  call.kernel.kernel = "conv";
  call.kernel.defines = {{"ONE", product.picture ? 0
                                 : product.tail  ? 2
                                                 : 1},
                         {"LANE_OC", tile.lanes_on_channels ? 1 : 0},
                         {"HAS_RES", product.residual ? 1 : 0},
                         {"HALF", halves_of(planner.device(), product.y.store)}};
  call.kernel.constants = {{"TM", tile.tm}, {"TN", tile.tn}, {"ACT", static_cast<int>(product.activation)}};
  call.kernel.group = {static_cast<std::uint32_t>(tile.lanes), 1, 1};
  call.buffers = {product.x, product.weights, product.bias, product.y};
  if (product.residual) call.buffers.push_back(*product.residual);
  const Place& residual = product.residual ? *product.residual : product.y;
  const auto picture = product.picture.value_or(Product::Picture{1, 1, 1, 1, 1, 0, 0, 1, 1, 1, 1});
  call.params = {Param::of(product.rows),
                 Param::of(vectors),
                 Param::of(product.inputs),
                 Param::address(product.x, 1, product.x_offset),
                 Param::of(product.x_pitch),
                 Param::address(product.weights, width, product.w_offset * width),
                 Param::of(product.weight_step),
                 Param::of(product.panel_stride),
                 Param::address(product.y, width, product.y_offset * width),
                 Param::of(product.y.pitch / width),
                 Param::address(residual, width, product.y_offset * width),
                 Param::of(residual.pitch / width),
                 Param::of(product.x_batch),
                 Param::of(product.w_batch),
                 Param::of(product.bias_batch),
                 Param::of(product.y_batch)};
  for (const std::int64_t number : {picture.out_width, picture.in_width, picture.in_height, picture.stride_x,
                                    picture.stride_y, picture.pad_left, picture.pad_top, picture.dilation_x,
                                    picture.dilation_y, picture.kernel_width, picture.kernel_height})
    call.params.push_back(Param::of(number));
  call.params.push_back(Param::of(product.a));
  call.params.push_back(Param::of(product.b));
  const std::int64_t row_tiles = divide_up(product.rows, tile.tm);
  if (tile.lanes_on_channels) {
    call.items = {divide_up(vectors, std::int64_t{tile.tn} * tile.lanes) * tile.lanes, row_tiles,
                  product.batch};
  } else {
    call.items = {row_tiles, divide_up(vectors, tile.tn), product.batch};
  }
  planner.call(std::move(call));
}

}  // namespace

// The first part has bias and residual, the others add to what is there, the last activates.
void call_product(Planner& planner, const Product& product) {
  const std::vector<Slice> slices = slices_of(product);
  if (slices.size() == 1) return call_once(planner, product);
  const Place zeros = planner.constant(std::vector<float>(static_cast<std::size_t>(product.bias.size())));
  for (std::size_t i = 0; i < slices.size(); ++i) {
    Product part = part_of(product, slices[i]);
    if (i > 0) {
      part.residual = product.y;
      part.bias = zeros;
    }
    if (i + 1 < slices.size()) part.activation = Activation::none;
    call_once(planner, part);
  }
}

}  // namespace eb::gpu
