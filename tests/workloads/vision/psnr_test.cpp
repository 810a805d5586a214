#include "workloads/vision/psnr.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace eb {
namespace {

Image flat(Size size, int value) {
  const auto bytes = static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height) * 3;
  return {.size = size,
          .channels = 3,
          .pixels = std::vector<std::uint8_t>(bytes, static_cast<std::uint8_t>(value))};
}

TEST(LumaPsnr, OfGreysThatDifferByTenIsThatOfTheirLuma) {
  // A step of grey is 219/255 steps of luma.
  const double mean_square = std::pow(10 * 219.0 / 255, 2);
  EXPECT_NEAR(*luma_psnr_db(flat({8, 6}, 110), flat({8, 6}, 100), 0),
              10 * std::log10(255 * 255 / mean_square), 1e-9);
}

TEST(LumaPsnr, GreenWeighsMoreThanBlue) {
  const Image black = flat({4, 4}, 0);
  Image green = black, blue = black;
  for (std::size_t i = 0; i < black.pixels.size(); i += 3) {
    green.pixels[i + 1] = 50;
    blue.pixels[i + 2] = 50;
  }
  EXPECT_LT(*luma_psnr_db(green, black, 0), *luma_psnr_db(blue, black, 0) - 10);
}

TEST(LumaPsnr, OfEqualPicturesIsTheBest) {
  EXPECT_DOUBLE_EQ(*luma_psnr_db(flat({4, 4}, 7), flat({4, 4}, 7), 0), kBestPsnrDb);
}

TEST(LumaPsnr, TheBorderDoesNotCount) {
  Image picture = flat({6, 6}, 90);
  for (std::size_t i = 0; i < std::size_t{6} * 3; ++i) picture.pixels[i] = 255;  // the uppermost row
  EXPECT_DOUBLE_EQ(*luma_psnr_db(picture, flat({6, 6}, 90), 1), kBestPsnrDb);
  EXPECT_LT(*luma_psnr_db(picture, flat({6, 6}, 90), 0), 20);
}

TEST(LumaPsnr, OfNothingButBorderIsNone) {
  EXPECT_FALSE(luma_psnr_db(flat({6, 8}, 0), flat({6, 8}, 0), 3));
  EXPECT_FALSE(luma_psnr_db(flat({6, 8}, 0), flat({6, 8}, 0), -1));
}

TEST(ToImage, UndoesTheNormalizationAndStaysWithinBytes) {
  const float nan = std::numeric_limits<float>::quiet_NaN(),
              infinity = std::numeric_limits<float>::infinity();
  const std::vector<float> answer{0, 0.5F, 1, -3, 7, nan};
  const Image image = to_image(answer, {2, 1}, 10, 100);
  EXPECT_EQ(image.pixels, (std::vector<std::uint8_t>{10, 60, 110, 0, 255, 0}));
  EXPECT_EQ(to_image(std::vector<float>{infinity, -infinity, 0}, {1, 1}, 0, 255).pixels,
            (std::vector<std::uint8_t>{255, 0, 0}));
}

}  // namespace
}  // namespace eb
