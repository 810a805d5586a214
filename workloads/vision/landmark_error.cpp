#include "workloads/vision/landmark_error.h"

#include <cassert>
#include <cmath>
#include <cstddef>

namespace eb {

double mean_landmark_error(std::span<const Point> found, std::span<const Point> truth, double size) {
  assert(found.size() == truth.size() && !truth.empty() && size > 0);
  double sum = 0;
  for (std::size_t i = 0; i < truth.size(); ++i)
    sum += std::hypot(static_cast<double>(found[i].x) - truth[i].x,
                      static_cast<double>(found[i].y) - truth[i].y);
  const double error = sum / (static_cast<double>(truth.size()) * size);
  return error < kWorstLandmarkError ? error : kWorstLandmarkError;
}

}  // namespace eb
