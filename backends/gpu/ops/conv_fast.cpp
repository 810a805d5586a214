// Winograd and depthwise convolutions of images.
#include <algorithm>
#include <array>

#include "backends/gpu/ops/conv.h"

namespace eb::gpu {
namespace {

using Row3 = std::array<float, 3>;

// Kernel transforms of F(2 x 2, 3 x 3) and F(4 x 4, 3 x 3): Lavin and Gray, arXiv:1509.09308.
constexpr std::array<Row3, 4> kTransform2 = {{{1, 0, 0}, {0.5f, 0.5f, 0.5f}, {0.5f, -0.5f, 0.5f}, {0, 0, 1}}};
constexpr std::array<Row3, 6> kTransform4 = {{{0.25f, 0, 0},
                                              {-1.0f / 6, -1.0f / 6, -1.0f / 6},
                                              {-1.0f / 6, 1.0f / 6, -1.0f / 6},
                                              {1.0f / 24, 1.0f / 12, 1.0f / 6},
                                              {1.0f / 24, -1.0f / 12, 1.0f / 6},
                                              {0, 0, 1}}};

// One position of G g G^T.
float transformed(const float* kernel, const Row3& by_row, const Row3& by_column) {
  float sum = 0;
  for (std::size_t y = 0; y < 3; ++y)
    for (std::size_t x = 0; x < 3; ++x) sum += by_row[y] * kernel[y * 3 + x] * by_column[x];
  return sum;
}

std::vector<float> winograd_weights(const std::vector<float>& weights, const PackShape& shape,
                                    const Packing& packing, std::span<const Row3> transform) {
  const std::size_t n = transform.size();
  std::vector<float> packed(n * n * static_cast<std::size_t>(packing.floats));
  for (std::size_t position = 0; position < n * n; ++position)
    pack_weights(
        shape, packing,
        [&](std::int64_t output, std::int64_t, std::int64_t input) {
          return transformed(weights.data() + (output * shape.inputs + input) * 9, transform[position / n],
                             transform[position % n]);
        },
        packed.data() + position * static_cast<std::size_t>(packing.floats));
  return packed;
}

// What both transforms have in common.
struct TileGrid {
  std::int64_t size = 4, across = 1, down = 1, images = 1;
  std::int64_t count() const { return images * across * down; }
  std::int64_t positions() const { return (size + 2) * (size + 2); }
};

void call_transform_in(Planner& planner, const Convolution& conv, const TileGrid& tiles, const Place& x,
                       const Place& transformed_x) {
  const auto width = static_cast<int>(planner.vector_floats());
  const Window& window = conv.window;
  const std::int64_t vectors = planner.round_up_to_vector(conv.inputs) / width;
  Call call;
  call.kernel = {"wino_in",
                 {{"WT", static_cast<int>(tiles.size)}, {"HALF", x.store == Store::half ? 1 : 0}},
                 {},
                 {channel_lanes(planner.device(), vectors), 1, 1}};
  call.buffers = {x, transformed_x};
  for (const std::int64_t number : {window.in[1], window.in[2], vectors, tiles.across, tiles.down,
                                    tiles.images, window.before[1], window.before[2]})
    call.params.push_back(Param::of(number));
  call.params.insert(call.params.end(), {Param::address(x, width), Param::of(x.pitch / width),
                                         Param::address(transformed_x, width), Param::of(vectors)});
  call.items = {vectors, tiles.count(), 1};
  planner.call(std::move(call));
}

void call_transform_out(Planner& planner, const Convolution& conv, const TileGrid& tiles,
                        const Product& product, const Place& bias, const Place& products) {
  const auto width = static_cast<int>(planner.vector_floats());
  const std::int64_t channels = planner.round_up_to_vector(conv.outputs) / width;
  const Place& residual = product.residual ? *product.residual : product.y;
  Call call;
  call.kernel = {"wino_out",
                 {{"WT", static_cast<int>(tiles.size)},
                  {"HAS_RES", product.residual ? 1 : 0},
                  {"HALF", product.y.store == Store::half ? 1 : 0}},
                 {{"ACT", static_cast<int>(product.activation)}},
                 {channel_lanes(planner.device(), channels), 1, 1}};
  call.buffers = {products, bias, product.y};
  if (product.residual) call.buffers.push_back(*product.residual);
  for (const std::int64_t number :
       {conv.window.out[1], conv.window.out[2], channels, tiles.across, tiles.down, tiles.images})
    call.params.push_back(Param::of(number));
  call.params.insert(call.params.end(),
                     {Param::address(products, width), Param::of(channels), Param::address(product.y, width),
                      Param::of(product.y.pitch / width), Param::address(residual, width),
                      Param::of(residual.pitch / width), Param::of(product.a), Param::of(product.b)});
  call.items = {channels, tiles.count(), 1};
  planner.call(std::move(call));
}

}  // namespace

void emit_winograd(Planner& planner, const Convolution& conv, int tile_size, const Tile& tile) {
  const std::int64_t width = planner.vector_floats();
  const Window& window = conv.window;
  const TileGrid tiles{tile_size, (window.out[2] + tile_size - 1) / tile_size,
                       (window.out[1] + tile_size - 1) / tile_size, window.images};
  const std::int64_t in_vectors = planner.round_up_to_vector(conv.inputs) / width;
  const std::int64_t out_vectors = planner.round_up_to_vector(conv.outputs) / width;
  const Store store = planner.store_of(conv.x);
  const Place x = planner.image(conv.x, store);
  const Place transformed_x = planner.scratch(tiles.positions() * tiles.count() * in_vectors * width);
  call_transform_in(planner, conv, tiles, x, transformed_x);

  const PackShape shape{conv.outputs, 1, conv.inputs, width};
  const Packing packing = packing_of(shape, tile);
  const auto transform =
      tile_size == 4 ? std::span<const Row3>(kTransform4) : std::span<const Row3>(kTransform2);
  Product product;
  product.x = transformed_x;
  product.weights = planner.constant(
      winograd_weights(planner.graph().constant_reals(conv.weights), shape, packing, transform));
  product.bias = planner.constant(
      std::vector<float>(static_cast<std::size_t>(packing.panels * packing.panel_vectors * width)));
  product.y = planner.scratch(tiles.positions() * tiles.count() * out_vectors * width);
  product.y.pitch = out_vectors * width;
  set_packing(product, shape, packing, tile);
  product.rows = tiles.count();
  product.x_pitch = in_vectors * width;
  product.batch = tiles.positions();
  product.x_batch = tiles.count() * in_vectors * width;
  product.w_batch = packing.floats / width;
  product.y_batch = tiles.count() * out_vectors;
  call_product(planner, product);

  Product last;
  set_epilogue(planner, last, Layout::image, store);
  std::vector<float> bias = constant_bias(planner, conv.bias, conv.outputs);
  bias.resize(static_cast<std::size_t>(out_vectors * width));
  call_transform_out(planner, conv, tiles, last, planner.constant(bias), product.y);
}

void emit_depthwise(Planner& planner, const Convolution& conv) {
  const auto width = static_cast<int>(planner.vector_floats());
  const Window& window = conv.window;
  const std::int64_t pitch = planner.round_up_to_vector(conv.outputs), vectors = pitch / width;
  const std::vector<float> weights = planner.graph().constant_reals(conv.weights);
  std::vector<float> packed(static_cast<std::size_t>(window.taps() * pitch));
  for (std::int64_t tap = 0; tap < window.taps(); ++tap)
    for (std::int64_t channel = 0; channel < conv.outputs; ++channel)
      packed[static_cast<std::size_t>(tap * pitch + channel)] =
          weights[static_cast<std::size_t>(channel * window.taps() + tap)];
  std::vector<float> bias = constant_bias(planner, conv.bias, conv.outputs);
  bias.resize(static_cast<std::size_t>(pitch));

  const Store store = planner.store_of(conv.x);
  const std::pair<std::string, int> half{"HALF", store == Store::half ? 1 : 0};
  const Place x = planner.image(conv.x, store);
  const Place y = planner.new_image_in_place(planner.epilogue().output, store);
  Call call;
  call.buffers = {x, planner.constant(packed, store), planner.constant(bias), y};
  const bool square = window.size[1] == window.size[2] && (window.size[1] == 3 || window.size[1] == 5);
  const bool even = window.stride[1] == window.stride[2] && window.stride[1] <= 2;
  const bool fast = square && even && window.dilation == Window::Extent{1, 1, 1};
  const std::pair<std::string, int> activation{"ACT", static_cast<int>(planner.epilogue().activation)};
  std::vector<std::int64_t> numbers;
  if (fast) {
    const Tile tile = planner.tiles().choose(planner.device(),
                                             DepthwiseShape{window.stride[1], window.out[2], conv.outputs});
    const std::int64_t row_tiles = (window.out[1] + tile.tn - 1) / tile.tn,
                       columns = (window.out[2] + tile.tm - 1) / tile.tm;
    call.kernel = {"dw",
                   {{"KS", static_cast<int>(window.size[1])},
                    {"ST", static_cast<int>(window.stride[1])},
                    {"LANE_OC", tile.lanes_on_channels ? 1 : 0},
                    half},
                   {{"RX", tile.tm}, {"RY", tile.tn}, activation},
                   {static_cast<std::uint32_t>(tile.lanes), 1, 1}};
    call.items = {tile.lanes_on_channels ? vectors : columns, tile.lanes_on_channels ? columns : vectors,
                  row_tiles * window.images};
    numbers = {window.out[1], window.out[2],    window.in[1],    window.in[2],
               vectors,       window.before[1], window.before[2]};
  } else {
    call.kernel = {"dw_any", {half}, {activation}, {channel_lanes(planner.device(), vectors), 1, 1}};
    call.items = {vectors, window.out_pixels(), 1};
    numbers = {window.out_pixels(), window.out[1],    window.out[2],      window.in[1],
               window.in[2],        vectors,          window.before[1],   window.before[2],
               window.stride[1],    window.stride[2], window.dilation[1], window.dilation[2],
               window.size[1],      window.size[2]};
  }
  for (const std::int64_t number : numbers) call.params.push_back(Param::of(number));
  call.params.insert(call.params.end(), {Param::address(x, width), Param::of(x.pitch / width),
                                         Param::address(y, width), Param::of(y.pitch / width)});
  if (fast) call.params.push_back(Param::of(call.items[2] / window.images));
  call.params.push_back(Param::of(planner.epilogue().a));
  call.params.push_back(Param::of(planner.epilogue().b));
  planner.call(std::move(call));
}

}  // namespace eb::gpu
