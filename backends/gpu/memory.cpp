#include "backends/gpu/memory.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace eb::gpu {
namespace {

struct Placed {
  std::int64_t first, end;  // floats
  int first_call, last_call;
};

// The lowest gap of `floats` among those that live at the same time. `placed` is sorted by address.
std::int64_t lowest_gap(const std::vector<Placed>& placed, const Program::Area& area, std::int64_t floats) {
  std::int64_t at = kZeroPageFloats;
  for (const Placed& other : placed) {
    if (other.last_call < area.first_call || other.first_call > area.last_call) continue;
    if (other.first - at >= floats) break;
    at = std::max(at, other.end);
  }
  return at;
}

}  // namespace

Result<MemoryLayout> lay_out(std::span<const Program::Area> areas, std::uint64_t max_slab_bytes) {
  // Addresses are 32-bit counts of floats in the kernels.
  constexpr std::uint64_t kMaxSlabBytes = std::uint64_t{1} << 32;
  const auto max_floats = static_cast<std::int64_t>(std::min(max_slab_bytes, kMaxSlabBytes) / sizeof(float));
  std::vector<std::size_t> order(areas.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return areas[a].floats > areas[b].floats; });

  MemoryLayout layout;
  layout.areas.resize(areas.size());
  std::vector<std::vector<Placed>> slabs;
  for (const std::size_t index : order) {
    const Program::Area& area = areas[index];
    const std::int64_t floats = (area.floats + MemoryLayout::kAlignFloats - 1) / MemoryLayout::kAlignFloats *
                                MemoryLayout::kAlignFloats;
    if (kZeroPageFloats + floats > max_floats)
      return Error{ErrorKind::unsupported,
                   fmt::format("a tensor of {} MB is more than one buffer of this device holds",
                               area.floats * 4 / 1000000)};
    std::size_t slab = 0;
    std::int64_t at = kZeroPageFloats;
    for (; slab < slabs.size(); ++slab) {
      at = lowest_gap(slabs[slab], area, floats);
      if (at + floats <= max_floats) break;
    }
    if (slab == slabs.size()) {
      slabs.emplace_back();
      layout.slab_floats.push_back(kZeroPageFloats);
      at = kZeroPageFloats;
    }
    const Placed placed{at, at + floats, area.first_call, area.last_call};
    slabs[slab].insert(std::upper_bound(slabs[slab].begin(), slabs[slab].end(), placed,
                                        [](const Placed& a, const Placed& b) { return a.first < b.first; }),
                       placed);
    layout.areas[index] = {static_cast<int>(slab), at};
    layout.slab_floats[slab] = std::max(layout.slab_floats[slab], placed.end);
  }
  return layout;
}

}  // namespace eb::gpu
