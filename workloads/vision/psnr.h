#pragma once
// How near an enlarged picture is to the original. Pure functions.
#include <cstdint>
#include <optional>
#include <span>

#include "workloads/vision/image.h"

namespace eb {

inline constexpr double kBestPsnrDb = 100;  // of pictures without any difference

// Peak signal-to-noise ratio in decibels of the luma of two RGB images of one size, as papers on
// super-resolution have it: luma of BT.601 (16 to 235), peak 255, without `border` pixels along each edge.
// Nothing where the border leaves no pixel.
std::optional<double> luma_psnr_db(const Image& picture, const Image& original, int border);

// What a screen shows of a network's answer, [height, width, 3]: a number v is the pixel v * deviation +
// mean, rounded and within 0 to 255. What is not a number is black.
Image to_image(std::span<const float> answer, Size size, float mean, float deviation);

}  // namespace eb
