#include "workloads/vision/image.h"

#include <gmock/gmock.h>

#include "tests/workloads/vision/png.h"

namespace eb {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::make_flat_png;
using testing::make_png;

// A number that names its place.
int place(int x, int y, int c) {
  return 100 * c + 10 * y + x;
}

Image make_image(Size size, int channels, const std::vector<std::uint8_t>& pixels) {
  return {.size = size, .channels = channels, .pixels = pixels};
}

TEST(DecodePng, GivesThePixelsInOrder) {
  const auto image = decode_png(make_png({2, 2}, 3, place), PixelFormat::rgb);
  ASSERT_TRUE(image) << image.error().message;
  EXPECT_EQ(image->size, (Size{2, 2}));
  EXPECT_EQ(image->channels, 3);
  EXPECT_THAT(image->pixels, ElementsAre(0, 100, 200, 1, 101, 201, 10, 110, 210, 11, 111, 211));
}

TEST(DecodePng, GreyBecomesThreeEqualChannels) {
  const auto image = decode_png(make_png({2, 1}, 1, place), PixelFormat::rgb);
  ASSERT_TRUE(image);
  EXPECT_THAT(image->pixels, ElementsAre(0, 0, 0, 1, 1, 1));
}

TEST(DecodePng, KeepsTheValuesOfAGreyMask) {
  const auto image =
      decode_png(make_png({2, 1}, 1, [](int x, int, int) { return x * 255; }), PixelFormat::grey);
  ASSERT_TRUE(image);
  EXPECT_EQ(image->channels, 1);
  EXPECT_THAT(image->pixels, ElementsAre(0, 255));
}

TEST(DecodePng, TransparencyIsBlack) {
  const auto image =
      decode_png(make_png({1, 1}, 4, [](int, int, int c) { return c == 3 ? 0 : 255; }), PixelFormat::rgb);
  ASSERT_TRUE(image);
  EXPECT_THAT(image->pixels, Each(0));
}

TEST(DecodePng, RefusesWhatIsNoPng) {
  for (const std::string& bytes : {std::string(), std::string("x"), std::string("\x89PNG\r\n\x1a\n"),
                                   std::string(1000, '\0'), std::string("GIF89a...........")}) {
    const auto image = decode_png(bytes, PixelFormat::rgb);
    ASSERT_FALSE(image);
    EXPECT_EQ(image.error().kind, ErrorKind::invalid);
    EXPECT_THAT(image.error().message, HasSubstr("PNG"));
  }
}

TEST(DecodePng, RefusesATruncatedFileAtEveryLength) {
  const std::string png = make_png({9, 7}, 3, place);
  // The last 12 bytes are the end marker, without which the pixels are complete.
  for (std::size_t length = 0; length + 12 < png.size(); ++length)
    EXPECT_FALSE(decode_png(std::string_view(png).substr(0, length), PixelFormat::rgb)) << length;
}

TEST(DecodePng, SurvivesAnyFlippedByte) {
  const std::string png = make_png({9, 7}, 3, place);
  int refused = 0;
  for (std::size_t i = 0; i < png.size(); ++i) {
    std::string damaged = png;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x55);
    const auto image = decode_png(damaged, PixelFormat::rgb);
    if (!image) {
      ++refused;
    } else {
      EXPECT_EQ(image->pixels.size(), 3u * 9 * 7);
    }
  }
  EXPECT_GT(refused, 0);
}

TEST(DecodePng, RefusesHugeSidesBeforeItAllocates) {
  std::string png = make_flat_png({1, 1}, 3, 0);
  // The header's width, made 2^30; its checksum is then wrong, too, so a tall but valid image is tried as
  // well.
  png[16] = 0x40;
  EXPECT_FALSE(decode_png(png, PixelFormat::rgb));
  const auto tall = decode_png(make_flat_png({1, kMaxImageSide + 1}, 1, 0), PixelFormat::grey);
  ASSERT_FALSE(tall);
  EXPECT_THAT(tall.error().message, HasSubstr("at most 8192"));
  EXPECT_TRUE(decode_png(make_flat_png({1, kMaxImageSide}, 1, 0), PixelFormat::grey));
}

TEST(ResizeBilinear, KeepsAnImageOfTheSameSize) {
  const Image image = make_image({2, 1}, 1, {7, 9});
  EXPECT_EQ(resize_bilinear(image, {2, 1}).pixels, image.pixels);
}

TEST(ResizeBilinear, DoublesWithHalfPixelCentres) {
  // New centres lie at -0.25, 0.25, 0.75 and 1.25 of the old ones; the outer two repeat the edge.
  EXPECT_THAT(resize_bilinear(make_image({2, 1}, 1, {0, 100}), {4, 1}).pixels, ElementsAre(0, 25, 75, 100));
}

TEST(ResizeBilinear, HalvesToTheMeanOfTheMiddle) {
  EXPECT_THAT(resize_bilinear(make_image({4, 1}, 1, {0, 10, 20, 30}), {2, 1}).pixels, ElementsAre(5, 25));
}

TEST(ResizeBilinear, TreatsChannelsAndRowsApart) {
  const Image image = make_image({1, 2}, 3, {0, 50, 100, 100, 50, 0});
  EXPECT_THAT(resize_bilinear(image, {1, 3}).pixels, ElementsAre(0, 50, 100, 50, 50, 50, 100, 50, 0));
}

TEST(ResizeBilinear, SinglePixelFillsAnySize) {
  EXPECT_THAT(resize_bilinear(make_image({1, 1}, 1, {42}), {3, 2}).pixels, Each(42));
}

TEST(ResizeBilinear, DoesNotRoundFloats) {
  const std::vector<float> plane = {0.0F, 1.0F};
  EXPECT_THAT(resize_bilinear(plane, {1, 2}, {1, 4}), ElementsAre(0.0F, 0.25F, 0.75F, 1.0F));
}

TEST(FitLetterbox, CentresAWideImage) {
  const Letterbox box = fit_letterbox({320, 240}, {256, 256});
  EXPECT_EQ(box.size, (Size{256, 192}));
  EXPECT_EQ(box.left, 0);
  EXPECT_EQ(box.top, 32);
}

TEST(FitLetterbox, CentresATallImageAndEnlargesASmallOne) {
  const Letterbox box = fit_letterbox({10, 40}, {80, 80});
  EXPECT_EQ(box.size, (Size{20, 80}));
  EXPECT_EQ(box.left, 30);
  EXPECT_EQ(box.top, 0);
}

TEST(FitLetterbox, NeverVanishes) {
  EXPECT_EQ(fit_letterbox({8000, 1}, {16, 16}).size, (Size{16, 1}));
}

TEST(WritePixels, PutsChannelsLastAndLeavesTheRestAlone) {
  std::vector<float> tensor(2 * 2 * 3, -9.0F);
  write_pixels(make_image({1, 1}, 3, {10, 20, 30}),
               {.size = {2, 2}, .left = 1, .top = 1, .mean = 10, .deviation = 5}, tensor);
  EXPECT_THAT(tensor, ElementsAre(-9, -9, -9, -9, -9, -9, -9, -9, -9, 0, 2, 4));
}

TEST(WritePixels, PutsChannelsFirstInReverse) {
  std::vector<float> tensor(2 * 1 * 3);
  write_pixels(make_image({2, 1}, 3, {1, 2, 3, 4, 5, 6}),
               {.size = {2, 1}, .layout = Layout::nchw, .order = ChannelOrder::bgr}, tensor);
  EXPECT_THAT(tensor, ElementsAre(3, 6, 2, 5, 1, 4));
}

}  // namespace
}  // namespace eb
