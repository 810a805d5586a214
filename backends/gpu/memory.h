#pragma once
// Places the areas of a program in few slabs of device memory: areas that never live at the same time share
// addresses. Pure. Every slab starts with the zero page.
#include <cstdint>
#include <span>
#include <vector>

#include "backends/gpu/plan.h"

namespace eb::gpu {

struct MemoryLayout {
  struct Spot {
    int slab = 0;
    std::int64_t first_float = 0;  // within the slab; a multiple of kAlignFloats
  };
  static constexpr std::int64_t kAlignFloats = 64;

  std::vector<Spot> areas{};  // one an area, in order
  std::vector<std::int64_t> slab_floats{};
};

// `unsupported` if one area alone is larger than a slab may be.
Result<MemoryLayout> lay_out(std::span<const Program::Area> areas, std::uint64_t max_slab_bytes);

}  // namespace eb::gpu
