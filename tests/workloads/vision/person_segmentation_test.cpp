#include <gmock/gmock.h>

#include "tests/workloads/vision/png.h"
#include "workloads/vision/vision.h"

namespace eb {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;
using testing::ImageTaskTest;
using testing::make_flat_png;
using testing::make_png;
using testing::make_tensors;

// A network of 4 x 4; pictures of 8 x 8 whose left half is a person.
class PersonSegmentationTest : public ImageTaskTest {
 protected:
  void SetUp() override {
    ImageTaskTest::SetUp();
    manifest_.input = {{"input", "x"}, {"output", "y"},    {"width", 4},      {"height", 4},
                       {"mean", 0},    {"deviation", 255}, {"threshold", 0.5}};
    samples_ = Json::array({sample("a"), sample("b")});
  }

  Json sample(const std::string& name) const {
    const std::string image = name + ".png", mask = name + "-mask.png";
    return {
        {"image", image},
        {"sha256", write(image, make_flat_png({8, 8}, 3, 51))},
        {"mask", mask},
        {"mask_sha256", write(mask, make_png({8, 8}, 1, [](int x, int, int) { return x < 4 ? 255 : 0; }))}};
  }

  static TensorSet answer(const std::function<bool(int, int)>& is_person) {
    TensorSet set = make_tensors({{.name = "y", .shape = {1, 4, 4, 1}}});
    for (int i = 0; i < 16; ++i)
      set.tensors()[0].as<float>()[static_cast<std::size_t>(i)] = is_person(i % 4, i / 4) ? 1.0F : 0.0F;
    return set;
  }
};

TEST_F(PersonSegmentationTest, StretchesThePictureToTheInput) {
  const auto workload = make(make_person_segmentation);
  ASSERT_TRUE(workload) << workload.error().message;
  const TensorSet inputs = make_tensors({{.name = "x", .shape = {1, 4, 4, 3}}});
  ASSERT_TRUE((*workload)->load(1, inputs.tensors()));
  EXPECT_THAT(inputs.tensors()[0].as<float>(), Each(0.2F));
}

TEST_F(PersonSegmentationTest, GradesByTheMeanOverPictures) {
  const auto workload = make(make_person_segmentation);
  ASSERT_TRUE(workload);
  const auto judge = (*workload)->judge();
  ASSERT_TRUE(judge->add(0, answer([](int x, int) { return x < 2; }).tensors()));
  EXPECT_DOUBLE_EQ(*judge->grade(), 1);
  // The person and as much background again, then nobody: a half, and nothing.
  ASSERT_TRUE(judge->add(1, answer([](int, int) { return true; }).tensors()));
  EXPECT_DOUBLE_EQ(*judge->grade(), 0.75);
  ASSERT_TRUE(judge->add(1, answer([](int, int) { return false; }).tensors()));
  EXPECT_DOUBLE_EQ(*judge->grade(), 0.5);
}

TEST_F(PersonSegmentationTest, AJudgeThatSawNothingHasNoGrade) {
  const auto workload = make(make_person_segmentation);
  ASSERT_TRUE(workload);
  EXPECT_FALSE((*workload)->judge()->grade());
}

TEST_F(PersonSegmentationTest, RefusesOtherTensorsAndSamples) {
  const auto workload = make(make_person_segmentation);
  ASSERT_TRUE(workload);
  const TensorSet wrong =
      make_tensors({{.name = "x", .shape = {1, 4, 3, 3}}, {.name = "y", .shape = {1, 4, 3, 1}}});
  EXPECT_FALSE((*workload)->load(0, wrong.tensors()));
  EXPECT_FALSE((*workload)->judge()->add(0, wrong.tensors()));
  const TensorSet inputs = make_tensors({{.name = "x", .shape = {1, 4, 4, 3}}});
  EXPECT_FALSE((*workload)->load(2, inputs.tensors()));
  EXPECT_FALSE((*workload)->judge()->add(2, answer([](int, int) { return true; }).tensors()));
}

TEST_F(PersonSegmentationTest, RefusesAMaskThatIsMissingOrDamaged) {
  const auto workload = make(make_person_segmentation);
  ASSERT_TRUE(workload);
  const TensorSet everywhere = answer([](int, int) { return true; });
  write("a-mask.png", "damaged");
  const auto damaged = (*workload)->judge()->add(0, everywhere.tensors());
  ASSERT_FALSE(damaged);
  EXPECT_THAT(damaged.error().message, HasSubstr("a-mask.png"));
  std::filesystem::remove(folder_->path() / "b-mask.png");
  EXPECT_FALSE((*workload)->judge()->add(1, everywhere.tensors()));
}

TEST_F(PersonSegmentationTest, RefusesHostileSamplesAndManifests) {
  const Json good_samples = samples_;
  for (const char* key : {"image", "sha256", "mask", "mask_sha256"}) {
    samples_ = good_samples;
    samples_[1].erase(key);
    EXPECT_THAT(refusal(make_person_segmentation), AllOf(HasSubstr("sample 1"), HasSubstr(key)));
  }
  samples_ = good_samples;
  const Json good_input = manifest_.input;
  for (const char* key : {"input", "output", "width", "height", "mean", "deviation", "threshold"}) {
    manifest_.input = good_input;
    manifest_.input[key] = Json::array();
    EXPECT_THAT(refusal(make_person_segmentation), AllOf(HasSubstr("manifest"), HasSubstr(key)));
  }
}

}  // namespace
}  // namespace eb
