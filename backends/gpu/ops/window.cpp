#include "backends/gpu/ops/window.h"

#include <algorithm>

namespace eb::gpu {
namespace {

// How much padding makes the large side of a window exactly what it is.
std::int64_t total_padding(const Window& window, std::size_t axis, bool transposed) {
  const std::int64_t small = transposed ? window.in[axis] : window.out[axis];
  const std::int64_t large = transposed ? window.out[axis] : window.in[axis];
  const std::int64_t reach = (window.size[axis] - 1) * window.dilation[axis] + 1;
  return std::max<std::int64_t>((small - 1) * window.stride[axis] + reach - large, 0);
}

}  // namespace

bool Window::is_pointwise() const {
  constexpr Extent kOnes{1, 1, 1}, kZeros{};
  return size == kOnes && stride == kOnes && before == kZeros && after == kZeros;
}

Window window_of(const Node& node, const Shape& input, const Shape& output,
                 std::span<const std::int64_t> kernel, bool transposed) {
  Window window;
  window.images = input[0];
  const std::size_t rank = kernel.size(), lead = 3 - rank;
  const std::string auto_pad = node.text("auto_pad", "NOTSET");
  const auto strides = node.integers("strides", Shape(rank, 1));
  const auto dilations = node.integers("dilations", Shape(rank, 1));
  const auto pads = node.integers("pads", Shape(2 * rank, 0));
  const bool output_given = transposed && node.has("output_shape");
  for (std::size_t i = 0; i < rank; ++i) {
    const std::size_t axis = lead + i;
    window.in[axis] = input[i + 2];
    window.out[axis] = output[i + 2];
    window.size[axis] = kernel[i];
    window.stride[axis] = strides[i];
    window.dilation[axis] = dilations[i];
    if (auto_pad == "NOTSET" && !output_given) {
      window.before[axis] = pads[i];
      window.after[axis] = pads[i + rank];
    } else if (auto_pad != "VALID") {
      const std::int64_t total = total_padding(window, axis, transposed);
      const bool more_before = auto_pad == "SAME_LOWER";
      window.before[axis] = more_before ? total - total / 2 : total / 2;
      window.after[axis] = total - window.before[axis];
    }
  }
  return window;
}

std::uint32_t channel_lanes(const DeviceInfo& device, std::int64_t vectors) {
  const std::int64_t most = device.type == DeviceType::cpu ? (device.vector_floats >= 8 ? 4 : 8) : 32;
  return static_cast<std::uint32_t>(std::min(most, vectors));
}

}  // namespace eb::gpu
