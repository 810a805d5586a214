#include "workloads/vision/psnr.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>

namespace eb {
namespace {

double luma(const std::uint8_t* rgb) {
  return 16 + (65.481 * rgb[0] + 128.553 * rgb[1] + 24.966 * rgb[2]) / 255;
}

}  // namespace

std::optional<double> luma_psnr_db(const Image& picture, const Image& original, int border) {
  assert(picture.size == original.size && picture.channels == 3 && original.channels == 3);
  const int width = picture.size.width, height = picture.size.height;
  if (border < 0 || width <= 2 * border || height <= 2 * border) return std::nullopt;
  double squares = 0;
  for (int y = border; y < height - border; ++y) {
    for (int x = border; x < width - border; ++x) {
      const std::size_t at =
          (static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x)) * 3;
      const double wrong = luma(&picture.pixels[at]) - luma(&original.pixels[at]);
      squares += wrong * wrong;
    }
  }
  const double mean_square = squares / (static_cast<double>(width - 2 * border) * (height - 2 * border));
  return mean_square > 0 ? std::min(kBestPsnrDb, 10 * std::log10(255.0 * 255.0 / mean_square)) : kBestPsnrDb;
}

Image to_image(std::span<const float> answer, Size size, float mean, float deviation) {
  Image image{.size = size, .channels = 3};
  image.pixels.reserve(answer.size());
  for (const float value : answer) {
    const float pixel = value * deviation + mean;
    image.pixels.push_back(pixel > 0 ? static_cast<std::uint8_t>(std::lround(std::min(pixel, 255.0F))) : 0);
  }
  return image;
}

}  // namespace eb
