#include "workloads/vision/mask.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace eb {
namespace {

double share(const std::vector<float>& chances, const std::vector<std::uint8_t>& truth) {
  return mask_overlap(chances, truth, 0.5F);
}

TEST(MaskOverlap, WorkedExamples) {
  EXPECT_DOUBLE_EQ(share({0.9F, 0.9F, 0.1F, 0.1F}, {255, 255, 0, 0}), 1);
  EXPECT_DOUBLE_EQ(share({0.9F, 0.9F, 0.9F, 0.1F}, {0, 255, 255, 255}), 0.5);
  EXPECT_DOUBLE_EQ(share({0.9F, 0.1F}, {0, 255}), 0);
}

TEST(MaskOverlap, TheThresholdsAreInclusive) {
  EXPECT_DOUBLE_EQ(share({0.5F}, {128}), 1);
  EXPECT_DOUBLE_EQ(share({0.49F, 0.5F}, {255, 255}), 0.5);
  EXPECT_DOUBLE_EQ(share({0.9F, 0.9F}, {127, 128}), 0.5);
}

TEST(MaskOverlap, OfTwoEmptyMasksIsOne) {
  EXPECT_DOUBLE_EQ(share({0.1F}, {0}), 1);
}

TEST(MaskOverlap, NotANumberIsNotThere) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_DOUBLE_EQ(share({nan, 0.9F}, {255, 255}), 0.5);
  EXPECT_DOUBLE_EQ(share({nan, nan}, {255, 255}), 0);
}

}  // namespace
}  // namespace eb
