#pragma once
// How alike two masks are. Pure functions.
#include <cstdint>
#include <span>

namespace eb {

// Intersection over union of what is set: in `chances` where a value is `threshold` or more, in `truth` where
// a byte is 128 or more. Both have one value a pixel. 1 where neither has anything set.
double mask_overlap(std::span<const float> chances, std::span<const std::uint8_t> truth, float threshold);

}  // namespace eb
