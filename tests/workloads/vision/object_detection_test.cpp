#include <gmock/gmock.h>

#include "tests/workloads/vision/png.h"
#include "workloads/vision/vision.h"

namespace eb {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::ImageTaskTest;
using testing::make_tensors;

// A network of 2 x 2 pixels, four anchors that have a quarter of it each, and two classes of objects.
class ObjectDetectionTest : public ImageTaskTest {
 protected:
  void SetUp() override {
    ImageTaskTest::SetUp();
    const std::string pixels = "abcdefghijkl" + std::string(12, '\xff');
    manifest_.input = {{"input", "x"},
                       {"boxes", "b"},
                       {"scores", "s"},
                       {"width", 2},
                       {"height", 2},
                       {"mean", 0},
                       {"deviation", 255},
                       {"classes", 3},
                       {"min_score", 0.5},
                       {"max_overlap", 0.6},
                       {"max_objects", 10},
                       {"pictures", "p.u8"},
                       {"pictures_sha256", write("p.u8", pixels)},
                       {"grids", Json::array({{{"cells", 2}, {"shapes", {{0.5, 0.5}}}}})}};
    samples_ = Json::array({{{"boxes", {{0, 0, 1, 1}, {1, 1, 2, 2}}}, {"classes", {1, 2}}},
                            {{"boxes", Json::array()}, {"classes", Json::array()}}});
  }

  // Objects of classes `first` and `last` at the first and the last anchor; 0: none.
  static TensorSet answer(std::size_t first, std::size_t last) {
    TensorSet set = make_tensors({{.name = "b", .shape = {1, 4, 4}}, {.name = "s", .shape = {1, 4, 3}}});
    const auto scores = set.tensors()[1].as<float>();
    for (float& score : scores) score = -4;
    scores[first] = 4;
    scores[9 + last] = 3;
    return set;
  }

  double grade(std::size_t first, std::size_t last) {
    const auto workload = make(make_object_detection_agreement);
    EXPECT_TRUE(workload) << workload.error().message;
    const auto judge = (*workload)->judge();
    EXPECT_TRUE(judge->add(0, answer(first, last).tensors()));
    EXPECT_TRUE(judge->add(1, answer(0, 0).tensors()));
    return *judge->grade();
  }
};

TEST_F(ObjectDetectionTest, GivesPixelsInTheirOrder) {
  const auto workload = make(make_object_detection_agreement);
  ASSERT_TRUE(workload) << workload.error().message;
  EXPECT_EQ((*workload)->sample_count(), 2U);
  const TensorSet inputs = make_tensors({{.name = "x", .shape = {1, 3, 2, 2}}});
  ASSERT_TRUE((*workload)->load(0, inputs.tensors()));
  EXPECT_FLOAT_EQ(inputs.tensors()[0].as<float>()[1], 'b' / 255.0F);
  ASSERT_TRUE((*workload)->load(1, inputs.tensors()));
  EXPECT_FLOAT_EQ(inputs.tensors()[0].as<float>()[11], 1);
  EXPECT_FALSE((*workload)->load(2, inputs.tensors()));
}

TEST_F(ObjectDetectionTest, GradesBoxAndClassTogether) {
  EXPECT_DOUBLE_EQ(grade(1, 2), 1);
  EXPECT_DOUBLE_EQ(grade(1, 0), 0.5) << "one is missed";
  EXPECT_DOUBLE_EQ(grade(1, 1), 0.5) << "the second is taken for something else";
  EXPECT_DOUBLE_EQ(grade(2, 1), 0);
}

TEST_F(ObjectDetectionTest, GradesNothingBeforeASampleWasJudged) {
  const auto workload = make(make_object_detection_agreement);
  ASSERT_TRUE(workload);
  EXPECT_FALSE((*workload)->judge()->grade());
  EXPECT_FALSE((*workload)->judge()->add(2, answer(0, 0).tensors()));
  const TensorSet other =
      make_tensors({{.name = "b", .shape = {1, 4, 4}}, {.name = "s", .shape = {1, 4, 2}}});
  EXPECT_FALSE((*workload)->judge()->add(0, other.tensors()));
}

TEST_F(ObjectDetectionTest, RefusesManifestsThatDoNotFit) {
  const Json good = manifest_.input;
  const auto refused = [&](const std::string& name, const Json& value) {
    manifest_.input = good;
    manifest_.input[name] = value;
    return refusal(make_object_detection_agreement);
  };
  EXPECT_THAT(refused("grids", Json::array()), HasSubstr("\"grids\""));
  EXPECT_THAT(refused("grids", Json::array({1})), HasSubstr("\"grids\""));
  EXPECT_THAT(refused("grids", {{{"cells", 0}}}), HasSubstr("cells"));
  EXPECT_THAT(refused("grids", {{{"cells", 2}}}), HasSubstr("\"shapes\""));
  EXPECT_THAT(refused("grids", {{{"cells", 2}, {"shapes", {{1, "a"}}}}}), HasSubstr("pair"));
  EXPECT_THAT(refused("grids", {{{"cells", 2}, {"shapes", {{1, 0}}}}}), HasSubstr("no size"));
  EXPECT_THAT(refused("classes", 1), HasSubstr("classes"));
  EXPECT_THAT(refused("min_score", 2), HasSubstr("min_score"));
  EXPECT_THAT(refused("max_objects", 0), HasSubstr("max_objects"));
  EXPECT_THAT(refused("pictures_sha256", std::string(64, '0')), HasSubstr("p.u8"));
  EXPECT_THAT(refused("classes", 2), HasSubstr("sample 0 has an object of class 2"));
}

TEST_F(ObjectDetectionTest, RefusesSamplesThatDoNotFit) {
  const Json good = samples_;
  const auto refused = [&](const std::string& name, const Json& value) {
    samples_ = good;
    samples_[0][name] = value;
    return refusal(make_object_detection_agreement);
  };
  EXPECT_THAT(refused("classes", {1}), HasSubstr("one class a box"));
  EXPECT_THAT(refused("classes", {0, 1}), HasSubstr("class"));
  EXPECT_THAT(refused("boxes", {{0, 0, 1, 1}, {1, 1, 1, 2}}), HasSubstr("boxes"));
  samples_ = good;
  samples_.push_back(good[1]);
  EXPECT_THAT(refusal(make_object_detection_agreement), HasSubstr("for 3 samples"));
}

}  // namespace
}  // namespace eb
