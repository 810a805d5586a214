#pragma once
// Images as bytes, and the way from a PNG file to a network's input. Pure functions, no files.
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "harness/base/result.h"

namespace eb {

struct Size {
  int width = 0, height = 0;

  friend bool operator==(const Size&, const Size&) = default;
};

// [height, width, channels] u8. Three channels are red, green, blue.
struct Image {
  Size size{};
  int channels = 0;
  std::vector<std::uint8_t> pixels{};
};

enum class PixelFormat : std::uint8_t { grey, rgb };

inline constexpr int kMaxImageSide = 8192;

// Any PNG as 8-bit pixels, transparency on black. Refuses sides over kMaxImageSide before it allocates.
Result<Image> decode_png(std::string_view bytes, PixelFormat format);

// Bilinear with half-pixel centres, edges repeated, no antialiasing. Both sizes are at least 1 x 1.
Image resize_bilinear(const Image& image, Size size);

// The same for one plane of floats: `plane` is [from.height, from.width], the result [to.height, to.width].
std::vector<float> resize_bilinear(std::span<const float> plane, Size from, Size to);

// Where an image lies when it is scaled to fit into a frame, centred, in its own proportions.
struct Letterbox {
  Size size{};  // of the scaled image, at least 1 x 1
  int left = 0, top = 0;
};
Letterbox fit_letterbox(Size image, Size frame);

enum class Layout : std::uint8_t { nhwc, nchw };
enum class ChannelOrder : std::uint8_t { rgb, bgr };

// A number for each of three channels, or one for all.
struct PerChannel {
  constexpr PerChannel(float all) : of{all, all, all} {}  // NOLINT(google-explicit-constructor)
  constexpr PerChannel(float first, float second, float third) : of{first, second, third} {}

  float of[3];
};

// A network's input of one image, and where in it pixels go.
struct InputPlane {
  Size size{};
  int left = 0, top = 0;
  Layout layout = Layout::nhwc;
  ChannelOrder order = ChannelOrder::rgb;
  PerChannel mean = 0, deviation = 1;  // of the tensor's channels; a pixel p becomes (p - mean) / deviation
};

// Writes an RGB image into `tensor`, [1, H, W, 3] or [1, 3, H, W] of `plane.size`, and nothing else of it.
// The image must fit.
void write_pixels(const Image& image, const InputPlane& plane, std::span<float> tensor);

}  // namespace eb
