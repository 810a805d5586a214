#pragma once
// Where a series leaves its level for good: pure.
#include <cstddef>
#include <optional>
#include <span>

namespace eb {

// `slowness`: of even parts of a window, larger is slower. Of all ways to cut it in two, a level before and a
// straight line after, the one with the least squares; the index of the first value after it. Only a change
// that lasts counts: the last third is slower than the level by a twentieth, and by four standard errors of
// that difference, from what is left of the fit. Nothing for fewer than 6 values, or where any is not
// positive.
std::optional<std::size_t> find_knee(std::span<const double> slowness);

}  // namespace eb
