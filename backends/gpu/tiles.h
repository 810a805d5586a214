#pragma once
// How products and convolutions are cut into tiles: presets by device and shape, and what the tuner found to
// be better on one device, kept in a file.
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "backends/gpu/compute_device.h"

namespace eb::gpu {

// One item makes `tm` rows (pixels) times `tn` vectors of columns (channels).
struct Tile {
  int tm = 8, tn = 2;
  int lanes = 1;  // items of a group
  bool lanes_on_channels =
      false;  // the items of a group stand side by side along channels, else along pixels

  bool operator==(const Tile&) const = default;
};

enum class ConvMethod : std::uint8_t { direct, winograd2, winograd4 };

struct ConvChoice {
  ConvMethod method = ConvMethod::direct;
  Tile tile{};

  bool operator==(const ConvChoice&) const = default;
};

// A shape class: what a choice depends on.
struct ProductShape {
  std::int64_t rows = 1;     // pixels of one image
  std::int64_t inputs = 1;   // channels summed over, times taps
  std::int64_t outputs = 1;  // channels
  std::int64_t taps = 1;
  bool may_winograd = false;  // 3 x 3, stride 1

  std::string key() const;
};

// Of a depthwise convolution: rows are pixels, inputs and outputs the channels.
struct DepthwiseShape {
  std::int64_t stride = 1, width = 1, channels = 1;

  std::string key() const;
};

// Presets: a table of what was best on devices of this kind (presets.cpp).
ConvChoice preset_for(const DeviceInfo& device, const ProductShape& shape);
Tile preset_for(const DeviceInfo& device, const DepthwiseShape& shape);
// What is worth trying for a shape, the preset first.
std::vector<ConvChoice> candidates_for(const DeviceInfo& device, const ProductShape& shape);

// Choices by key; the presets where there is none.
class Tiles {
 public:
  ConvChoice choose(const DeviceInfo& device, const ProductShape& shape) const;
  Tile choose(const DeviceInfo& device, const DepthwiseShape& shape) const;
  void set(const std::string& key, const ConvChoice& choice) { choices_[key] = choice; }
  bool has(const std::string& key) const { return choices_.count(key) != 0; }
  bool empty() const { return choices_.empty(); }

  // The file of a device and of these kernels in a cache folder. A file that is absent, damaged or foreign
  // gives no choices.
  static std::filesystem::path file_in(const std::filesystem::path& cache_folder, const DeviceInfo& device);
  static Tiles load(const std::filesystem::path& file);
  // Adds to what other processes have saved meanwhile; atomic.
  Status save(const std::filesystem::path& file) const;

 private:
  std::map<std::string, ConvChoice> choices_{};
};

}  // namespace eb::gpu
