#pragma once
// The sliding window of a convolution or pool, with ONNX's attributes resolved to numbers.
#include <array>
#include <cstdint>

#include "backends/gpu/compute_device.h"
#include "backends/gpu/graph.h"

namespace eb::gpu {

// Three spatial dimensions: depth, height, width; those that a tensor does not have are 1.
struct Window {
  using Extent = std::array<std::int64_t, 3>;
  std::int64_t images = 1;
  Extent in{1, 1, 1}, out{1, 1, 1}, size{1, 1, 1}, stride{1, 1, 1}, dilation{1, 1, 1}, before{}, after{};

  std::int64_t taps() const { return size[0] * size[1] * size[2]; }
  std::int64_t out_pixels() const { return images * out[0] * out[1] * out[2]; }
  bool is_pointwise() const;  // one tap, stride 1, no padding
};

// `kernel`: the spatial extents of the window. `transposed`: the output is the larger side.
Window window_of(const Node& node, const Shape& input, const Shape& output,
                 std::span<const std::int64_t> kernel, bool transposed = false);

// Items of a group that work side by side on the channel vectors of a pixel.
std::uint32_t channel_lanes(const DeviceInfo& device, std::int64_t vectors);

}  // namespace eb::gpu
