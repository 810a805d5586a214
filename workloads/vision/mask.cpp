#include "workloads/vision/mask.h"

#include <cassert>
#include <cstddef>

namespace eb {

double mask_overlap(std::span<const float> chances, std::span<const std::uint8_t> truth, float threshold) {
  assert(chances.size() == truth.size());
  std::size_t both = 0, either = 0;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const bool is_found = chances[i] >= threshold;
    const bool is_true = truth[i] >= 128;
    both += is_found && is_true ? 1 : 0;
    either += is_found || is_true ? 1 : 0;
  }
  return either == 0 ? 1.0 : static_cast<double>(both) / static_cast<double>(either);
}

}  // namespace eb
