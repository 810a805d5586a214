#pragma once
// Whether layers are timed: a user's wish, and what it may cost where there was none.
#include <cstdint>

namespace eb {

enum class LayerTiming : std::uint8_t { off, if_cheap, on };

// Of the windows of a cell, what timing its layers may cost unasked.
inline constexpr double kLayersShare = 0.1;

}  // namespace eb
