#pragma once
// How far landmarks are from where they should be. Pure functions.
#include <span>

namespace eb {

struct Point {
  float x = 0, y = 0;
};

inline constexpr double kWorstLandmarkError = 100;  // also where a point is not a number

// The mean distance of each point found from its true one, in units of `size`, which is above 0. Both have
// the same number of points, at least one.
double mean_landmark_error(std::span<const Point> found, std::span<const Point> truth, double size);

}  // namespace eb
