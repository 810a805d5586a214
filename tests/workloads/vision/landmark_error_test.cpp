#include "workloads/vision/landmark_error.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace eb {
namespace {

TEST(MeanLandmarkError, IsTheMeanDistanceInUnitsOfTheSize) {
  const std::vector<Point> truth{{0, 0}, {10, 10}}, found{{3, 4}, {10, 10}};
  EXPECT_DOUBLE_EQ(mean_landmark_error(found, truth, 10), 0.25);
  EXPECT_DOUBLE_EQ(mean_landmark_error(truth, truth, 10), 0);
}

TEST(MeanLandmarkError, HasAnEnd) {
  const std::vector<Point> truth{{0, 0}};
  const float nan = std::numeric_limits<float>::quiet_NaN(),
              infinity = std::numeric_limits<float>::infinity();
  for (const Point& point : {Point{nan, 0}, Point{0, infinity}, Point{1e30F, 0}})
    EXPECT_DOUBLE_EQ(mean_landmark_error(std::vector<Point>{point}, truth, 1), kWorstLandmarkError);
}

}  // namespace
}  // namespace eb
