#include "backends/gpu/ops/resample.h"

#include <algorithm>
#include <cmath>

namespace eb::gpu {
namespace {

// In single precision, as ONNX Runtime does it: ties are decided by rounding errors.
float position(const std::string& coordinates, float scale, float from, float to, float x) {
  if (coordinates == "asymmetric") return x / scale;
  if (coordinates == "align_corners") return to == 1 ? 0 : x * (from - 1) / (to - 1);
  if (coordinates == "tf_half_pixel_for_nn") return (x + 0.5f) / scale;
  const float half_pixel = (x + 0.5f) / scale - 0.5f;
  if (coordinates == "pytorch_half_pixel") return to > 1 ? half_pixel : 0;
  if (coordinates == "half_pixel_symmetric") {
    const float adjustment = to / (scale * from);
    return from / 2 * (1 - adjustment) + half_pixel;
  }
  return half_pixel;
}

float nearest(const std::string& rounding, float scale, float x) {
  if (rounding == "floor") return std::floor(x);
  if (rounding == "ceil") return std::ceil(x);
  if (rounding == "round_prefer_ceil") return std::round(x);
  if (rounding == "simple") return scale < 1 ? std::ceil(x) : std::trunc(x);
  return x == std::trunc(x) + 0.5f ? std::floor(x) : std::round(x);
}

void add_linear(std::vector<Tap>& taps, float x, std::int32_t last) {
  x = std::clamp(x, 0.0f, static_cast<float>(last));
  const auto low = static_cast<std::int32_t>(x);
  const float rest = x - static_cast<float>(low);
  taps.push_back({low, 1 - rest});
  taps.push_back({std::min(low + 1, last), rest});
}

void add_cubic(std::vector<Tap>& taps, const Resample& how, float x, std::int32_t last) {
  const float floor = std::floor(x), s = x - floor, a = how.cubic;
  const auto base = static_cast<std::int32_t>(floor);
  float weights[4] = {((a * (s + 1) - 5 * a) * (s + 1) + 8 * a) * (s + 1) - 4 * a,
                      ((a + 2) * s - (a + 3)) * s * s + 1,
                      ((a + 2) * (1 - s) - (a + 3)) * (1 - s) * (1 - s) + 1,
                      ((a * (2 - s) - 5 * a) * (2 - s) + 8 * a) * (2 - s) - 4 * a};
  float sum = 0;
  for (int k = 0; k < 4; ++k) {
    const std::int32_t index = base - 1 + k;
    if (how.exclude_outside && (index < 0 || index > last)) weights[k] = 0;
    sum += weights[k];
  }
  for (int k = 0; k < 4; ++k)
    taps.push_back({std::clamp(base - 1 + k, 0, last), how.exclude_outside ? weights[k] / sum : weights[k]});
}

}  // namespace

std::vector<Tap> resample(const Resample& how, float scale, std::int64_t from, std::int64_t to) {
  std::vector<Tap> taps;
  const auto last = static_cast<std::int32_t>(from - 1);
  for (std::int64_t i = 0; i < to; ++i) {
    const float x = position(how.coordinates, scale, static_cast<float>(from), static_cast<float>(to),
                             static_cast<float>(i));
    if (how.mode == "nearest")
      taps.push_back({std::clamp(static_cast<std::int32_t>(nearest(how.rounding, scale, x)), 0, last), 1.0f});
    else if (how.mode == "linear")
      add_linear(taps, x, last);
    else
      add_cubic(taps, how, x, last);
  }
  return taps;
}

}  // namespace eb::gpu
