#include <gmock/gmock.h>

#include "tests/workloads/vision/png.h"
#include "workloads/vision/landmark_error.h"
#include "workloads/vision/vision.h"

namespace eb {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;
using testing::ImageTaskTest;
using testing::make_flat_png;
using testing::make_tensors;

// A network of 8 x 4 with four points of three numbers, of which the last and the second are judged.
class LandmarksTest : public ImageTaskTest {
 protected:
  void SetUp() override {
    ImageTaskTest::SetUp();
    manifest_.input = {{"input", "x"},     {"output", "y"}, {"width", 8},  {"height", 4},     {"mean", 0},
                       {"deviation", 255}, {"points", 4},   {"values", 3}, {"judged", {3, 1}}};
    samples_ = Json::array({sample("a", {8, 4}), sample("b", {8, 4})});
  }

  Json sample(const std::string& name, Size size) const {
    const std::string image = name + ".png";
    return {{"image", image},
            {"sha256", write(image, make_flat_png(size, 3, 51))},
            {"points", {{6, 2}, {1.5, 3}}},
            {"size", 2}};
  }

  static TensorSet answer(Point last, Point second) {
    TensorSet set = make_tensors({{.name = "y", .shape = {1, 12}}});
    const auto values = set.tensors()[0].as<float>();
    for (float& value : values) value = 99;
    values[9] = last.x, values[10] = last.y;
    values[3] = second.x, values[4] = second.y;
    return set;
  }
};

TEST_F(LandmarksTest, LoadsThePixelsAsTheyAre) {
  const auto workload = make(make_landmarks);
  ASSERT_TRUE(workload) << workload.error().message;
  const TensorSet inputs = make_tensors({{.name = "x", .shape = {1, 4, 8, 3}}});
  ASSERT_TRUE((*workload)->load(1, inputs.tensors()));
  EXPECT_THAT(inputs.tensors()[0].as<float>(), Each(0.2F));
}

TEST_F(LandmarksTest, GradesTheJudgedPointsByTheMeanOverPictures) {
  const auto workload = make(make_landmarks);
  ASSERT_TRUE(workload);
  const auto judge = (*workload)->judge();
  ASSERT_TRUE(judge->add(0, answer({6, 2}, {1.5, 3}).tensors()));
  EXPECT_DOUBLE_EQ(*judge->grade(), 0);
  // One of two points is 4 away: 1 in units of the size, and half of it over both pictures.
  ASSERT_TRUE(judge->add(1, answer({6, 6}, {1.5, 3}).tensors()));
  EXPECT_DOUBLE_EQ(*judge->grade(), 0.5);
}

TEST_F(LandmarksTest, PointsThatCannotBeSeenDoNotCount) {
  samples_[0]["points"] = {nullptr, {1.5, 3}};
  const auto workload = make(make_landmarks);
  ASSERT_TRUE(workload) << workload.error().message;
  const auto judge = (*workload)->judge();
  ASSERT_TRUE(judge->add(0, answer({90, 90}, {1.5, 5}).tensors()));
  EXPECT_DOUBLE_EQ(*judge->grade(), 1);
}

TEST_F(LandmarksTest, AJudgeThatSawNothingHasNoGrade) {
  const auto workload = make(make_landmarks);
  ASSERT_TRUE(workload);
  EXPECT_FALSE((*workload)->judge()->grade());
}

TEST_F(LandmarksTest, RefusesOtherTensorsSamplesAndSizes) {
  samples_.push_back(sample("c", {4, 4}));
  const auto workload = make(make_landmarks);
  ASSERT_TRUE(workload);
  const TensorSet wrong =
      make_tensors({{.name = "x", .shape = {1, 4, 7, 3}}, {.name = "y", .shape = {1, 9}}});
  EXPECT_FALSE((*workload)->load(0, wrong.tensors()));
  EXPECT_FALSE((*workload)->judge()->add(0, wrong.tensors()));
  const TensorSet inputs = make_tensors({{.name = "x", .shape = {1, 4, 8, 3}}});
  EXPECT_FALSE((*workload)->load(2, inputs.tensors()));
  EXPECT_FALSE((*workload)->load(3, inputs.tensors()));
  EXPECT_FALSE((*workload)->judge()->add(3, answer({}, {}).tensors()));
}

TEST_F(LandmarksTest, EachSampleHasAsManyPointsAsAreJudged) {
  samples_[1]["points"] = {{1, 2}};
  EXPECT_THAT(refusal(make_landmarks), HasSubstr("sample 1 has 1 points, 2 are judged"));
}

TEST_F(LandmarksTest, RefusesHostileSamples) {
  const Json good = samples_;
  const std::pair<const char*, Json> changes[] = {{"image", nullptr},
                                                  {"sha256", 7},
                                                  {"size", 0},
                                                  {"size", "2"},
                                                  {"points", 5},
                                                  {"points", {{1, 2}, {1, 2, 3}}},
                                                  {"points", {nullptr, nullptr}},
                                                  {"points", Json::array()},
                                                  {"points", {{1, 2}, {1, "2"}}},
                                                  {"points", {{1, 2}, {1, 1e9}}},
                                                  {"points", Json::array_t(1001, {1, 2})}};
  for (const auto& [key, value] : changes) {
    samples_ = good;
    samples_[1][key] = value;
    EXPECT_THAT(refusal(make_landmarks), AllOf(HasSubstr("sample 1"), HasSubstr(key))) << value;
  }
}

TEST_F(LandmarksTest, RefusesHostileManifests) {
  const Json good = manifest_.input;
  for (const auto& [key, value] : good.items()) {
    manifest_.input = good;
    manifest_.input[key] = Json::object();
    EXPECT_THAT(refusal(make_landmarks), AllOf(HasSubstr("manifest"), HasSubstr(key)));
  }
  for (const Json& judged :
       {Json::array({4, 1}), Json::array({-1, 1}), Json::array({0.5, 1}), Json::array()}) {
    manifest_.input = good;
    manifest_.input["judged"] = judged;
    EXPECT_THAT(refusal(make_landmarks), HasSubstr("judged"));
  }
}

}  // namespace
}  // namespace eb
