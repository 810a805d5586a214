#include <gmock/gmock.h>

#include "tests/workloads/vision/png.h"
#include "workloads/vision/vision.h"

namespace eb {
namespace {

using ::testing::HasSubstr;
using testing::ImageTaskTest;
using testing::make_png;
using testing::make_tensors;

// A network of 16 x 8; two pages of two lines and of one.
class TextDetectionTest : public ImageTaskTest {
 protected:
  void SetUp() override {
    ImageTaskTest::SetUp();
    manifest_.input = {{"input", "x"},     {"output", "y"},        {"width", 16},
                       {"height", 8},      {"mean", {10, 20, 30}}, {"deviation", {1, 2, 5}},
                       {"threshold", 0.3}, {"min_score", 0.6},     {"growth", 0},
                       {"min_side", 1}};
    samples_ = Json::array(
        {sample("a", {16, 8}, {{0, 0, 8, 2}, {0, 4, 8, 6}}), sample("b", {16, 8}, {{4, 4, 12, 6}})});
  }

  // Red 50, green 60, blue 70.
  Json sample(const std::string& name, Size size, const Json& lines) const {
    const std::string image = name + ".png";
    const std::string png = make_png(size, 3, [](int, int, int c) { return 50 + 10 * c; });
    return {{"image", image}, {"sha256", write(image, png)}, {"lines", lines}};
  }

  static TensorSet answer(const std::function<bool(int, int)>& is_text) {
    TensorSet set = make_tensors({{.name = "y", .shape = {1, 1, 8, 16}}});
    for (int i = 0; i < 128; ++i)
      set.tensors()[0].as<float>()[static_cast<std::size_t>(i)] = is_text(i % 16, i / 16) ? 1.0F : 0.0F;
    return set;
  }
};

TEST_F(TextDetectionTest, LoadsPlanesOfBlueGreenAndRedEachWithItsOwnMean) {
  const auto workload = make(make_text_detection);
  ASSERT_TRUE(workload) << workload.error().message;
  const TensorSet inputs = make_tensors({{.name = "x", .shape = {1, 3, 8, 16}}});
  ASSERT_TRUE((*workload)->load(0, inputs.tensors()));
  const auto values = inputs.tensors()[0].as<float>();
  EXPECT_FLOAT_EQ(values[0], 60);
  EXPECT_FLOAT_EQ(values[128], 20);
  EXPECT_FLOAT_EQ(values[256], 4);
}

TEST_F(TextDetectionTest, GradesByPrecisionAndRecallOverAllPages) {
  const auto workload = make(make_text_detection);
  ASSERT_TRUE(workload);
  const auto judge = (*workload)->judge();
  // One of two lines, and half of it is enough.
  ASSERT_TRUE(judge->add(0, answer([](int x, int y) { return x < 4 && y < 2; }).tensors()));
  EXPECT_DOUBLE_EQ(*judge->grade(), 2.0 / 3);
  // The line, and what is none: 2 hits, 3 found, 3 true.
  ASSERT_TRUE(judge->add(1, answer([](int x, int y) {
                              return y < 2 ? x == 0 : x >= 4 && x < 12 && (y == 4 || y == 5);
                            }).tensors()));
  EXPECT_DOUBLE_EQ(*judge->grade(), 2.0 / 3);
}

TEST_F(TextDetectionTest, ALineThatIsFoundInPiecesIsFoundOnce) {
  const auto workload = make(make_text_detection);
  ASSERT_TRUE(workload);
  const auto judge = (*workload)->judge();
  ASSERT_TRUE(judge->add(
      1, answer([](int x, int y) { return (y == 4 || y == 5) && x >= 4 && x < 12 && x != 8; }).tensors()));
  EXPECT_DOUBLE_EQ(*judge->grade(), 2.0 / 3);
}

TEST_F(TextDetectionTest, AJudgeThatSawNoLineHasNoGrade) {
  samples_[1]["lines"] = Json::array();
  const auto workload = make(make_text_detection);
  ASSERT_TRUE(workload);
  const auto judge = (*workload)->judge();
  EXPECT_FALSE(judge->grade());
  ASSERT_TRUE(judge->add(1, answer([](int, int) { return true; }).tensors()));
  EXPECT_FALSE(judge->grade());
}

TEST_F(TextDetectionTest, RefusesOtherTensorsSamplesAndSizes) {
  samples_.push_back(sample("c", {15, 8}, {{0, 0, 8, 2}}));
  const auto workload = make(make_text_detection);
  ASSERT_TRUE(workload);
  const TensorSet wrong =
      make_tensors({{.name = "x", .shape = {1, 3, 8, 15}}, {.name = "y", .shape = {1, 1, 8, 15}}});
  EXPECT_FALSE((*workload)->load(0, wrong.tensors()));
  EXPECT_FALSE((*workload)->judge()->add(0, wrong.tensors()));
  const TensorSet inputs = make_tensors({{.name = "x", .shape = {1, 3, 8, 16}}});
  EXPECT_FALSE((*workload)->load(2, inputs.tensors()));
  EXPECT_FALSE((*workload)->load(3, inputs.tensors()));
  EXPECT_FALSE((*workload)->judge()->add(3, answer([](int, int) { return true; }).tensors()));
}

TEST_F(TextDetectionTest, RefusesHostileSamplesAndManifests) {
  const Json good_samples = samples_;
  for (const char* key : {"image", "sha256", "lines"}) {
    samples_ = good_samples;
    samples_[1].erase(key);
    EXPECT_THAT(refusal(make_text_detection), AllOf(HasSubstr("sample 1"), HasSubstr(key)));
  }
  samples_ = good_samples;
  const Json good_input = manifest_.input;
  for (const auto& [key, value] : good_input.items()) {
    manifest_.input = good_input;
    manifest_.input[key] = Json::object();
    EXPECT_THAT(refusal(make_text_detection), AllOf(HasSubstr("manifest"), HasSubstr(key)));
  }
}

}  // namespace
}  // namespace eb
