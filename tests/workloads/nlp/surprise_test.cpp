#include "workloads/nlp/surprise.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>

namespace eb {
namespace {

TEST(Surprise, IsTheBinaryLogarithmOfTheChance) {
  EXPECT_NEAR(surprise_bits(std::array{5.0F, 5.0F, 5.0F, 5.0F}, 2), 2, 1e-12);
  const std::array logits = {0.0F, static_cast<float>(std::log(3.0))};
  EXPECT_NEAR(surprise_bits(logits, 0), 2, 1e-6);
  EXPECT_NEAR(surprise_bits(logits, 1), std::log2(4.0 / 3), 1e-6);
}

TEST(Surprise, LargeLogitsOverflowNowhere) {
  EXPECT_NEAR(surprise_bits(std::array{3e38F, 3e38F}, 0), 1, 1e-12);
  EXPECT_EQ(surprise_bits(std::array{3e38F, 0.0F}, 0), 0);
  EXPECT_EQ(surprise_bits(std::array{3e38F, 0.0F}, 1), kMostBits);
}

TEST(Surprise, WhatIsNoNumberSaysNothing) {
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    EXPECT_EQ(surprise_bits(std::array{0.0F, bad}, 0), kMostBits);
    EXPECT_EQ(surprise_bits(std::array{0.0F, bad}, 1), kMostBits);
  }
}

}  // namespace
}  // namespace eb
