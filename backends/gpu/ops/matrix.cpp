#include "backends/gpu/ops/matrix.h"

namespace eb::gpu {
namespace {

std::int64_t divide_up(std::int64_t a, std::int64_t b) {
  return (a + b - 1) / b;
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

void call_product(Planner& planner, const Product& product) {
  const auto width = static_cast<int>(planner.vector_floats());
  const Tile& tile = product.tile;
  const std::int64_t vectors = divide_up(product.outputs, width);
  Call call;
  call.kernel.kernel = "conv";
  call.kernel.defines = {{"ONE", product.picture ? 0 : 1},
                         {"LANE_OC", tile.lanes_on_channels ? 1 : 0},
                         {"HAS_RES", product.residual ? 1 : 0},
                         {"TAIL", product.tail ? 1 : 0}};
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

}  // namespace eb::gpu
