// Which tile for which shape: data, from measurements of whole networks on each kind of device. The first row
// that fits wins.
#include <algorithm>
#include <limits>

#include "backends/gpu/tiles.h"

namespace eb::gpu {
namespace {

enum class DeviceClass : std::uint8_t {
  wide_cpu,    // vectors of 8 or 16 floats: a CPU behind OpenCL
  narrow_cpu,  // vectors of 4 floats on a CPU: a software Vulkan device
  gpu
};

DeviceClass class_of(const DeviceInfo& device) {
  if (device.type != DeviceType::cpu) return DeviceClass::gpu;
  return device.vector_floats >= 8 ? DeviceClass::wide_cpu : DeviceClass::narrow_cpu;
}

constexpr std::int64_t kAny = std::numeric_limits<std::int64_t>::max();

struct PresetRow {
  DeviceClass device = DeviceClass::gpu;
  ConvMethod method = ConvMethod::direct;
  std::int64_t min_rows = 1, max_rows = kAny;
  std::int64_t max_outputs = kAny;
  std::int64_t min_inputs = 1;
  std::int64_t min_taps = 1;
  Tile tile{};
  std::int64_t outputs_multiple = 1;
};

// Winograd F(4x4) while its weights (36 numbers an input and output) stay in the cache, F(2x2) above: by
// rows, which stand for the depth in a network. On narrow CPUs F(4x4) is best everywhere.
constexpr PresetRow kPresets[] = {
    {DeviceClass::wide_cpu, ConvMethod::winograd4, 1000, kAny, kAny, 32, 9, {14, 1, 4, false}},
    {DeviceClass::wide_cpu, ConvMethod::winograd4, 600, kAny, kAny, 32, 9, {7, 4, 1, false}},
    {DeviceClass::wide_cpu, ConvMethod::winograd2, 16, kAny, kAny, 32, 9, {7, 4, 1, false}},
    {DeviceClass::wide_cpu, ConvMethod::direct, 1, 1, kAny, 1, 1, {1, 4, 1, false}},
    {DeviceClass::wide_cpu, ConvMethod::direct, 2, 8, kAny, 1, 1, {4, 4, 1, false}},
    {DeviceClass::wide_cpu, ConvMethod::direct, 9, 13, kAny, 1, 1, {7, 2, 1, false}},
    {DeviceClass::wide_cpu, ConvMethod::direct, 14, 99, kAny, 1, 2, {7, 2, 1, false}},
    {DeviceClass::wide_cpu, ConvMethod::direct, 100, kAny, kAny, 1, 2, {14, 1, 4, false}},
    {DeviceClass::wide_cpu, ConvMethod::direct, 14, 599, kAny, 1, 1, {7, 4, 1, false}, 64},
    {DeviceClass::wide_cpu, ConvMethod::direct, 14, kAny, kAny, 1, 1, {14, 1, 4, false}},

    {DeviceClass::narrow_cpu, ConvMethod::winograd4, 16, kAny, kAny, 32, 9, {8, 4, 8, true}},
    {DeviceClass::narrow_cpu, ConvMethod::direct, 1, 3, kAny, 1, 1, {1, 1, 8, true}},
    {DeviceClass::narrow_cpu, ConvMethod::direct, 4, 64, 511, 384, 1, {4, 4, 8, false}},
    {DeviceClass::narrow_cpu, ConvMethod::direct, 4, 64, kAny, 1, 1, {7, 2, 8, true}},
    {DeviceClass::narrow_cpu, ConvMethod::direct, 65, 299, kAny, 1, 1, {7, 4, 8, true}, 128},
    {DeviceClass::narrow_cpu, ConvMethod::direct, 65, 299, 63, 1, 1, {8, 2, 8, false}},
    {DeviceClass::narrow_cpu, ConvMethod::direct, 65, 299, 383, 1, 1, {7, 4, 8, false}},
    {DeviceClass::narrow_cpu, ConvMethod::direct, 65, 299, kAny, 1, 1, {7, 4, 8, true}},
    {DeviceClass::narrow_cpu, ConvMethod::direct, 300, kAny, 24, 1, 1, {8, 2, 8, false}},
    {DeviceClass::narrow_cpu, ConvMethod::direct, 300, kAny, kAny, 1, 2, {8, 4, 8, true}, 128},
    {DeviceClass::narrow_cpu, ConvMethod::direct, 300, kAny, kAny, 1, 1, {8, 4, 8, false}},

    // By reasoning only; no GPU has been measured yet: few accumulators, whole subgroups, F(2x2) for its
    // small scratch.
    {DeviceClass::gpu, ConvMethod::winograd2, 196, kAny, kAny, 32, 9, {4, 1, 64, true}},
    {DeviceClass::gpu, ConvMethod::direct, 1, 3, kAny, 1, 1, {1, 1, 64, true}},
    {DeviceClass::gpu, ConvMethod::direct, 1, kAny, 127, 1, 1, {4, 1, 64, false}},
    {DeviceClass::gpu, ConvMethod::direct, 1, kAny, kAny, 1, 1, {4, 2, 32, true}},
};

struct CandidateRow {
  DeviceClass device = DeviceClass::gpu;
  Tile tile{};
};

constexpr CandidateRow kCandidates[] = {
    {DeviceClass::wide_cpu, {14, 2, 1, false}},  {DeviceClass::wide_cpu, {14, 2, 4, false}},
    {DeviceClass::wide_cpu, {10, 2, 1, false}},  {DeviceClass::wide_cpu, {10, 2, 4, false}},
    {DeviceClass::wide_cpu, {8, 2, 1, false}},   {DeviceClass::wide_cpu, {7, 2, 1, false}},
    {DeviceClass::wide_cpu, {7, 4, 1, false}},   {DeviceClass::wide_cpu, {14, 1, 4, false}},
    {DeviceClass::wide_cpu, {1, 2, 1, false}},   {DeviceClass::wide_cpu, {1, 8, 1, false}},
    {DeviceClass::narrow_cpu, {8, 4, 8, true}},  {DeviceClass::narrow_cpu, {8, 4, 8, false}},
    {DeviceClass::narrow_cpu, {8, 2, 8, false}}, {DeviceClass::narrow_cpu, {7, 4, 8, true}},
    {DeviceClass::narrow_cpu, {7, 4, 8, false}}, {DeviceClass::narrow_cpu, {7, 2, 8, true}},
    {DeviceClass::narrow_cpu, {4, 4, 8, false}}, {DeviceClass::narrow_cpu, {1, 2, 8, true}},
    {DeviceClass::gpu, {4, 1, 64, true}},        {DeviceClass::gpu, {4, 2, 32, true}},
    {DeviceClass::gpu, {8, 1, 32, true}},        {DeviceClass::gpu, {4, 1, 64, false}},
    {DeviceClass::gpu, {8, 2, 32, false}},       {DeviceClass::gpu, {2, 2, 64, true}},
    {DeviceClass::gpu, {1, 2, 64, true}},
};

}  // namespace

ConvChoice preset_for(const DeviceInfo& device, const ProductShape& shape) {
  const DeviceClass device_class = class_of(device);
  const std::int64_t channels = shape.inputs / shape.taps;
  for (const PresetRow& row : kPresets) {
    if (row.device != device_class || shape.rows < row.min_rows || shape.rows > row.max_rows) continue;
    if (shape.outputs > row.max_outputs || shape.taps < row.min_taps) continue;
    if (channels < row.min_inputs || shape.outputs % row.outputs_multiple != 0) continue;
    if (row.method != ConvMethod::direct && (!shape.may_winograd || shape.outputs < 32)) continue;
    return {row.method, row.tile};
  }
  return {};
}

Tile preset_for(const DeviceInfo& device, const DepthwiseShape& shape) {
  const std::int64_t stride = shape.stride, width = shape.width;
  switch (class_of(device)) {
    case DeviceClass::wide_cpu:
      return {7, stride == 1 ? 2 : 1, 4, stride == 2 || width < 56};
    case DeviceClass::narrow_cpu:
      if (stride == 1) return {7, width <= 14 ? 2 : 4, 8, width < 56};
      return {7, width >= 28 ? 4 : 1, 8, true};
    case DeviceClass::gpu:
      break;
  }
  return {2, 2, 32, true};
}

std::vector<ConvChoice> candidates_for(const DeviceInfo& device, const ProductShape& shape) {
  std::vector<ConvChoice> candidates = {preset_for(device, shape)};
  const DeviceClass device_class = class_of(device);
  for (const CandidateRow& row : kCandidates) {
    if (row.device != device_class) continue;
    // A tile far larger than the product is mostly tail.
    if (row.tile.tm > 2 * shape.rows || std::int64_t{row.tile.tm} * 4 < std::min<std::int64_t>(shape.rows, 4))
      continue;
    for (const ConvMethod method : {ConvMethod::direct, ConvMethod::winograd2, ConvMethod::winograd4}) {
      if (method != ConvMethod::direct && !shape.may_winograd) continue;
      const ConvChoice choice{method, row.tile};
      if (std::find(candidates.begin(), candidates.end(), choice) == candidates.end())
        candidates.push_back(choice);
    }
  }
  return candidates;
}

}  // namespace eb::gpu
