#include "workloads/vision/last_layer.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

namespace eb {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;

TEST(LastLayer, ChangesGoInStepsOfThe127thOfTheLargest) {
  EXPECT_THAT(sent_in_bytes({1.27F, -0.004F, 0.006F, -1.27F}),
              ElementsAre(FloatNear(1.27F, 1e-6F), 0, FloatNear(0.01F, 1e-6F), FloatNear(-1.27F, 1e-6F)));
  EXPECT_THAT(sent_in_bytes({0, 0}), ElementsAre(0, 0));
  EXPECT_TRUE(sent_in_bytes({}).empty());
  EXPECT_TRUE(std::isnan(sent_in_bytes({std::nanf(""), 1})[0]));
}

TEST(LastLayer, TheMeanIsNumberByNumber) {
  const std::vector<LayerChange> changes = {{1, -2}, {3, 4}};
  EXPECT_THAT(mean_of(changes), ElementsAre(2, 1));
}

class AccuracyTest : public ::testing::Test {
 protected:
  // Two features and two classes; the layer takes the larger feature.
  HeldOut pictures_{2, 2, {1, 0, 0, 1, 2, 1, 1, 2}, {0, 1, 0, 1}};
  std::vector<float> layer_ = {1, 0, 0, 1, 0, 0};
  LayerChange none_ = LayerChange(6);
};

TEST_F(AccuracyTest, TheLayerAloneIsRight) {
  EXPECT_EQ(accuracy_of(layer_, none_, pictures_), 1);
}

TEST_F(AccuracyTest, AChangeOfWeightsAndOneOfBiasesCount) {
  EXPECT_EQ(accuracy_of(layer_, {-1, 1, 1, -1, 0, 0}, pictures_), 0) << "the classes are swapped";
  EXPECT_EQ(accuracy_of(layer_, {0, 0, 0, 0, 5, 0}, pictures_), 0.5) << "always the first class";
}

TEST_F(AccuracyTest, WhatIsNotFiniteAndWhatIsNotThereIsWorthNothing) {
  none_[2] = std::numeric_limits<float>::infinity();
  EXPECT_EQ(accuracy_of(layer_, none_, pictures_), 0);
  EXPECT_EQ(accuracy_of(layer_, LayerChange(6), {2, 2, {}, {}}), 0);
}

}  // namespace
}  // namespace eb
