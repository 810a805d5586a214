#pragma once
// The matrix product behind convolutions, Gemm and MatMul: how it is cut into tiles, and how weights are
// packed for it.
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "backends/gpu/plan.h"
#include "backends/gpu/tiles.h"

namespace eb::gpu {

// Packed weights: panels of lanes * tn (or tn) vectors; in a panel one run of vectors a (tap, channel) in
// order. Channels are padded to a multiple of 4, outputs to whole panels; padding is zero.
struct PackShape {
  std::int64_t outputs = 1, taps = 1, inputs = 1;
  std::int64_t vector_floats = 4;
};
struct Packing {
  std::int64_t panel_vectors = 0;  // wk: from one channel to the next
  std::int64_t panel_stride = 0;   // wp: from one panel to the next, in vectors
  std::int64_t padded_inputs = 0;  // KC
  std::int64_t panels = 0;
  std::int64_t floats = 0;
};
Packing packing_of(const PackShape& shape, const Tile& tile);
// `weight(output, tap, input)` gives the numbers; `packed` has packing.floats.
void pack_weights(const PackShape& shape, const Packing& packing,
                  const std::function<float(std::int64_t, std::int64_t, std::int64_t)>& weight,
                  float* packed);

// One call of kernel `conv`. Counts are of one of `batch` products. x, weights, y and residual are of one
// store; the bias is of words.
struct Product {
  Place x{}, weights{}, bias{}, y{};
  std::optional<Place> residual{};
  Tile tile{};
  std::int64_t rows = 1, outputs = 1, inputs = 1;
  std::int64_t weight_step = 0, panel_stride = 0;                                 // vectors
  std::int64_t batch = 1, x_batch = 0, w_batch = 0, bias_batch = 0, y_batch = 0;  // elements, then vectors
  std::int64_t x_offset = 0, w_offset = 0,
               y_offset = 0;  // added to the places' addresses: elements, then vectors
  std::int64_t x_pitch = 0;   // elements
  Activation activation = Activation::none;
  float a = 0, b = 0;
  bool tail = false;  // read exactly `inputs` channels, not a multiple of 4
  // Of a convolution that is no plain product.
  struct Picture {
    std::int64_t out_width, in_width, in_height, stride_x, stride_y, pad_left, pad_top, dilation_x,
        dilation_y, kernel_width, kernel_height;
  };
  std::optional<Picture> picture{};
};
// Tile, outputs, and how the weights lie: what `packing_of` the shape and the tile says.
void set_packing(Product& product, const PackShape& shape, const Packing& packing, const Tile& tile);
void call_product(Planner& planner, const Product& product);

}  // namespace eb::gpu
