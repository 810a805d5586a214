#pragma once
// Where the elements of a resized axis come from: ONNX's Resize for one axis. Pure.
#include <cstdint>
#include <string>
#include <vector>

namespace eb::gpu {

struct Resample {
  std::string mode = "nearest";                 // or linear, cubic
  std::string coordinates = "half_pixel";       // how positions of the two axes correspond
  std::string rounding = "round_prefer_floor";  // nearest; "simple" is what Resize did before version 11
  float cubic = -0.75f;
  bool exclude_outside = false;  // cubic: weights beyond the axis count nothing, instead of its ends

  int taps() const { return mode == "nearest" ? 1 : mode == "linear" ? 2 : 4; }
};

struct Tap {
  std::int32_t index = 0;
  float weight = 0;
};

// taps() for each of the `to` elements made of `from`.
std::vector<Tap> resample(const Resample& how, float scale, std::int64_t from, std::int64_t to);

}  // namespace eb::gpu
