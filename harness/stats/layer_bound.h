#pragma once
// What limits a layer, by the roofline of its device. Pure.
#include <cstdint>
#include <optional>
#include <string_view>

namespace eb {

// What a device can do at best, as measured; absent: it was not.
struct RooflinePeaks {
  std::optional<double> tops{}, gbps{};
};

struct LayerWork {
  double time_us = 0;
  std::optional<double> macs{};           // 1 MAC is 2 operations
  std::optional<double> traffic_bytes{};  // inputs, outputs and weights
};

enum class LayerBound : std::uint8_t {
  compute,   // so many operations for each byte that arithmetic is the limit
  memory,    // so few that memory is
  overhead,  // short, and far from either: starting it, or waiting, costs more than its work
  unknown    // a peak was not measured, or the work is not known
};
std::string_view bound_name(LayerBound bound);

// What the layer came to, and of which share of the peaks that is; absent where one side is not known.
struct LayerSpeed {
  std::optional<double> gops_per_s{}, gbytes_per_s{}, compute_share{}, memory_share{};
  LayerBound bound = LayerBound::unknown;
};

// A layer is bound by overhead if it takes more than kOverheadRatio times what the roofline allows, and less
// than kOverheadMostUs; else by the side of the ridge that it is on. Without MACs it is on memory's.
inline constexpr double kOverheadRatio = 10;
inline constexpr double kOverheadMostUs = 20;  // beyond, the time is the work's: it is done badly
LayerSpeed speed_of(const LayerWork& work, const RooflinePeaks& peaks);

}  // namespace eb
