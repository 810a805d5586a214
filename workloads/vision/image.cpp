#include "workloads/vision/image.h"

#include <fmt/format.h>
#include <png.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <memory>

namespace eb {
namespace {

// Frees what libpng holds for an image, not the image.
struct FreePng {
  void operator()(png_image* image) const { png_image_free(image); }
};

Error damaged(const png_image& image) {
  return {ErrorKind::invalid, fmt::format("not a readable PNG image: {}", image.message)};
}

// Two neighbours in the source and the share of the second.
struct Tap {
  int first = 0, second = 0;
  float share = 0;
};

std::vector<Tap> make_taps(int from, int to) {
  std::vector<Tap> taps(static_cast<std::size_t>(to));
  const double step = static_cast<double>(from) / to;
  for (int i = 0; i < to; ++i) {
    const double at = std::clamp((i + 0.5) * step - 0.5, 0.0, from - 1.0);
    const int first = static_cast<int>(at);
    taps[static_cast<std::size_t>(i)] = {
        .first = first, .second = std::min(first + 1, from - 1), .share = static_cast<float>(at - first)};
  }
  return taps;
}

// `source` is [from.height, from.width, channels]; `emit` takes each value of the result in order.
template <class T, class Emit>
void resample(std::span<const T> source, Size from, Size to, int channels, Emit emit) {
  const std::vector<Tap> rows = make_taps(from.height, to.height);
  const std::vector<Tap> columns = make_taps(from.width, to.width);
  const auto value = [&](int y, int x, int c) {
    const std::size_t pixel =
        static_cast<std::size_t>(y) * static_cast<std::size_t>(from.width) + static_cast<std::size_t>(x);
    return static_cast<float>(
        source[pixel * static_cast<std::size_t>(channels) + static_cast<std::size_t>(c)]);
  };
  for (const Tap& row : rows) {
    for (const Tap& column : columns) {
      for (int c = 0; c < channels; ++c) {
        const float above =
            std::lerp(value(row.first, column.first, c), value(row.first, column.second, c), column.share);
        const float below =
            std::lerp(value(row.second, column.first, c), value(row.second, column.second, c), column.share);
        emit(std::lerp(above, below, row.share));
      }
    }
  }
}

std::size_t area(Size size) {
  return static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height);
}

}  // namespace

Result<Image> decode_png(std::string_view bytes, PixelFormat format) {
  png_image png{};
  png.version = PNG_IMAGE_VERSION;
  const std::unique_ptr<png_image, FreePng> held(&png);
  if (png_image_begin_read_from_memory(&png, bytes.data(), bytes.size()) == 0) return damaged(png);
  if (png.width > kMaxImageSide || png.height > kMaxImageSide) {
    return Error{ErrorKind::invalid, fmt::format("image of {} x {} pixels; at most {} a side are read",
                                                 png.width, png.height, kMaxImageSide)};
  }
  png.format = format == PixelFormat::rgb ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
  Image image{.size = {static_cast<int>(png.width), static_cast<int>(png.height)},
              .channels = format == PixelFormat::rgb ? 3 : 1};
  image.pixels.resize(PNG_IMAGE_SIZE(png));
  const png_color black{};
  if (png_image_finish_read(&png, &black, image.pixels.data(), 0, nullptr) == 0) return damaged(png);
  return image;
}

Image resize_bilinear(const Image& image, Size size) {
  if (size == image.size) return image;
  Image resized{.size = size, .channels = image.channels};
  resized.pixels.reserve(area(size) * static_cast<std::size_t>(image.channels));
  resample(std::span<const std::uint8_t>(image.pixels), image.size, size, image.channels, [&](float value) {
    resized.pixels.push_back(static_cast<std::uint8_t>(std::lround(std::clamp(value, 0.0F, 255.0F))));
  });
  return resized;
}

std::vector<float> resize_bilinear(std::span<const float> plane, Size from, Size to) {
  assert(plane.size() == area(from));
  std::vector<float> resized;
  resized.reserve(area(to));
  resample(plane, from, to, 1, [&](float value) { resized.push_back(value); });
  return resized;
}

Letterbox fit_letterbox(Size image, Size frame) {
  const double scale = std::min(static_cast<double>(frame.width) / image.width,
                                static_cast<double>(frame.height) / image.height);
  const auto scaled = [scale](int side, int limit) {
    return std::clamp(static_cast<int>(std::lround(side * scale)), 1, limit);
  };
  Letterbox box{.size = {scaled(image.width, frame.width), scaled(image.height, frame.height)}};
  box.left = (frame.width - box.size.width) / 2;
  box.top = (frame.height - box.size.height) / 2;
  return box;
}

void write_pixels(const Image& image, const InputPlane& plane, std::span<float> tensor) {
  assert(image.channels == 3 && tensor.size() == area(plane.size) * 3);
  assert(plane.left + image.size.width <= plane.size.width &&
         plane.top + image.size.height <= plane.size.height);
  const std::size_t pixel_step = plane.layout == Layout::nhwc ? 3 : 1;
  const std::size_t channel_step = plane.layout == Layout::nhwc ? 1 : area(plane.size);
  const std::uint8_t* source = image.pixels.data();
  for (int y = 0; y < image.size.height; ++y) {
    const std::size_t row =
        static_cast<std::size_t>(plane.top + y) * static_cast<std::size_t>(plane.size.width);
    for (int x = 0; x < image.size.width; ++x, source += 3) {
      const std::size_t pixel = (row + static_cast<std::size_t>(plane.left + x)) * pixel_step;
      for (std::size_t c = 0; c < 3; ++c) {
        const std::uint8_t value = plane.order == ChannelOrder::rgb ? source[c] : source[2 - c];
        tensor[pixel + c * channel_step] =
            (static_cast<float>(value) - plane.mean.of[c]) / plane.deviation.of[c];
      }
    }
  }
}

}  // namespace eb
