#pragma once
// PNG files made in memory, and a folder with a sample list, for the tests of the image tasks.
#include <gtest/gtest.h>
#include <png.h>

#include <cstdint>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/files.h"
#include "workloads/manifest.h"
#include "workloads/vision/image.h"

namespace eb::testing {

// `value` gives channel c of the pixel at x, y. One channel: grey, three: RGB, four: RGB and alpha.
inline std::string make_png(Size size, int channels, const std::function<int(int, int, int)>& value) {
  std::vector<std::uint8_t> pixels;
  for (int y = 0; y < size.height; ++y)
    for (int x = 0; x < size.width; ++x)
      for (int c = 0; c < channels; ++c) pixels.push_back(static_cast<std::uint8_t>(value(x, y, c)));
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(size.width);
  image.height = static_cast<png_uint_32>(size.height);
  image.format = channels == 1 ? PNG_FORMAT_GRAY : channels == 3 ? PNG_FORMAT_RGB : PNG_FORMAT_RGBA;
  png_alloc_size_t bytes = 0;
  EXPECT_NE(png_image_write_get_memory_size(image, bytes, 0, pixels.data(), 0, nullptr), 0);
  std::string png(bytes, '\0');
  EXPECT_NE(png_image_write_to_memory(&image, png.data(), &bytes, 0, pixels.data(), 0, nullptr), 0);
  png.resize(bytes);
  return png;
}

inline std::string make_flat_png(Size size, int channels, int value) {
  return make_png(size, channels, [value](int, int, int) { return value; });
}

// A workload's folder with files and a sample list of our own.
class ImageTaskTest : public ::testing::Test {
 protected:
  using Json = nlohmann::json;
  using Make = Result<std::unique_ptr<Workload>> (*)(const Manifest&, const std::filesystem::path&);

  void SetUp() override {
    auto folder = TempFolder::create();
    ASSERT_TRUE(folder);
    folder_.emplace(*std::move(folder));
    manifest_.info.id = "vision/test";
    manifest_.data_file = "samples.json";
  }

  // Writes the file and gives its hash.
  std::string write(const std::string& name, std::string_view bytes) const {
    std::ofstream(folder_->path() / name, std::ios::binary) << bytes;
    return sha256_hex(bytes);
  }

  Result<std::unique_ptr<Workload>> make(Make factory) const {
    write("samples.json", Json{{"schema", "edgebench.samples/1"}, {"samples", samples_}}.dump());
    return factory(manifest_, folder_->path());
  }

  // Why the factory refuses the folder as it is.
  std::string refusal(Make factory) const {
    const auto workload = make(factory);
    return workload ? "accepted" : workload.error().message;
  }

  std::optional<TempFolder> folder_;
  Manifest manifest_;
  Json samples_ = Json::array();
};

inline TensorSet make_tensors(std::vector<TensorSpec> specs) {
  auto set = TensorSet::create(std::move(specs));
  EXPECT_TRUE(set);
  return set ? *std::move(set) : TensorSet{};
}

}  // namespace eb::testing
