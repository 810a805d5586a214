#include <gmock/gmock.h>

#include "tests/workloads/vision/png.h"
#include "workloads/vision/psnr.h"
#include "workloads/vision/vision.h"

namespace eb {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;
using testing::ImageTaskTest;
using testing::make_flat_png;
using testing::make_tensors;

// A network of 6 x 4 that doubles the sides; grey pictures.
class SuperResolutionTest : public ImageTaskTest {
 protected:
  void SetUp() override {
    ImageTaskTest::SetUp();
    manifest_.input = {{"input", "x"}, {"output", "y"}, {"width", 6},      {"height", 4},
                       {"scale", 2},   {"mean", 0},     {"deviation", 255}};
    samples_ = Json::array({sample("a", {6, 4}, {12, 8}), sample("b", {6, 4}, {12, 8})});
  }

  Json sample(const std::string& name, Size small, Size large) const {
    const std::string image = name + ".png", original = name + "-original.png";
    return {{"image", image},
            {"sha256", write(image, make_flat_png(small, 3, 51))},
            {"original", original},
            {"original_sha256", write(original, make_flat_png(large, 3, 102))}};
  }

  static TensorSet answer(float value) {
    TensorSet set = make_tensors({{.name = "y", .shape = {1, 8, 12, 3}}});
    for (float& number : set.tensors()[0].as<float>()) number = value;
    return set;
  }
};

TEST_F(SuperResolutionTest, LoadsThePixelsAsTheyAre) {
  const auto workload = make(make_super_resolution);
  ASSERT_TRUE(workload) << workload.error().message;
  EXPECT_EQ((*workload)->sample_count(), 2U);
  const TensorSet inputs = make_tensors({{.name = "x", .shape = {1, 4, 6, 3}}});
  ASSERT_TRUE((*workload)->load(1, inputs.tensors()));
  EXPECT_THAT(inputs.tensors()[0].as<float>(), Each(0.2F));
}

TEST_F(SuperResolutionTest, GradesByTheMeanOverPictures) {
  const auto workload = make(make_super_resolution);
  ASSERT_TRUE(workload);
  const auto judge = (*workload)->judge();
  ASSERT_TRUE(judge->add(0, answer(0.4F).tensors()));
  EXPECT_DOUBLE_EQ(*judge->grade(), kBestPsnrDb);
  ASSERT_TRUE(judge->add(1, answer(0).tensors()));
  EXPECT_LT(*judge->grade(), 60);
  EXPECT_GT(*judge->grade(), 50);
}

TEST_F(SuperResolutionTest, AJudgeThatSawNothingHasNoGrade) {
  const auto workload = make(make_super_resolution);
  ASSERT_TRUE(workload);
  EXPECT_FALSE((*workload)->judge()->grade());
}

TEST_F(SuperResolutionTest, RefusesOtherTensorsAndSamples) {
  const auto workload = make(make_super_resolution);
  ASSERT_TRUE(workload);
  const TensorSet wrong =
      make_tensors({{.name = "x", .shape = {1, 4, 5, 3}}, {.name = "y", .shape = {1, 8, 11, 3}}});
  EXPECT_FALSE((*workload)->load(0, wrong.tensors()));
  EXPECT_FALSE((*workload)->judge()->add(0, wrong.tensors()));
  const TensorSet inputs = make_tensors({{.name = "x", .shape = {1, 4, 6, 3}}});
  EXPECT_FALSE((*workload)->load(2, inputs.tensors()));
  EXPECT_FALSE((*workload)->judge()->add(2, answer(0).tensors()));
}

TEST_F(SuperResolutionTest, RefusesPicturesOfAnotherSizeOrDamaged) {
  samples_ = Json::array({sample("a", {5, 4}, {12, 8}), sample("b", {6, 4}, {12, 9})});
  const auto workload = make(make_super_resolution);
  ASSERT_TRUE(workload);
  const TensorSet inputs = make_tensors({{.name = "x", .shape = {1, 4, 6, 3}}});
  const auto small = (*workload)->load(0, inputs.tensors());
  ASSERT_FALSE(small);
  EXPECT_THAT(small.error().message, AllOf(HasSubstr("a.png"), HasSubstr("5 x 4"), HasSubstr("6 x 4")));
  const auto large = (*workload)->judge()->add(1, answer(0).tensors());
  ASSERT_FALSE(large);
  EXPECT_THAT(large.error().message, HasSubstr("b-original.png"));
  write("a-original.png", "damaged");
  EXPECT_FALSE((*workload)->judge()->add(0, answer(0).tensors()));
}

TEST_F(SuperResolutionTest, RefusesHostileSamplesAndManifests) {
  const Json good_samples = samples_;
  for (const char* key : {"image", "sha256", "original", "original_sha256"}) {
    samples_ = good_samples;
    samples_[1].erase(key);
    EXPECT_THAT(refusal(make_super_resolution), AllOf(HasSubstr("sample 1"), HasSubstr(key)));
  }
  samples_ = good_samples;
  const Json good_input = manifest_.input;
  for (const char* key : {"input", "output", "width", "height", "mean", "deviation", "scale"}) {
    manifest_.input = good_input;
    manifest_.input[key] = Json::array();
    EXPECT_THAT(refusal(make_super_resolution), AllOf(HasSubstr("manifest"), HasSubstr(key)));
  }
  manifest_.input["scale"] = 17;
  EXPECT_THAT(refusal(make_super_resolution), HasSubstr("scale"));
}

}  // namespace
}  // namespace eb
