#include <gmock/gmock.h>

#include "tests/workloads/vision/png.h"
#include "workloads/vision/vision.h"

namespace eb {
namespace {

using ::testing::HasSubstr;
using testing::ImageTaskTest;
using testing::make_png;
using testing::make_tensors;

// A network of 8 x 4 that gives 3 steps of 4 classes: blank, a, b and the space.
class TextRecognitionTest : public ImageTaskTest {
 protected:
  void SetUp() override {
    ImageTaskTest::SetUp();
    manifest_.input = {{"input", "x"}, {"output", "y"},  {"width", 8}, {"height", 4},
                       {"mean", 100},  {"deviation", 1}, {"steps", 3}, {"keys", "keys.txt"}};
    manifest_.input["keys_sha256"] = write("keys.txt", "a\nb\n");
    samples_ = Json::array({sample("short.png", {4, 8}, "ab"), sample("long.png", {64, 8}, " abab ")});
  }

  // Red 110, green 120, blue 130.
  Json sample(const std::string& name, Size size, const std::string& text) const {
    const std::string png = make_png(size, 3, [](int, int, int c) { return 110 + 10 * c; });
    return {{"image", name}, {"sha256", write(name, png)}, {"text", text}};
  }

  static TensorSet answer(std::array<std::size_t, 3> classes) {
    TensorSet set = make_tensors({{.name = "y", .shape = {1, 3, 4}}});
    for (std::size_t step = 0; step < 3; ++step) set.tensors()[0].as<float>()[step * 4 + classes[step]] = 1;
    return set;
  }
};

TEST_F(TextRecognitionTest, ScalesToTheHeightAndPadsWithZero) {
  const auto workload = make(make_text_recognition);
  ASSERT_TRUE(workload) << workload.error().message;
  const TensorSet inputs = make_tensors({{.name = "x", .shape = {1, 3, 4, 8}}});
  const auto values = inputs.tensors()[0].as<float>();
  values[7] = 9;  // what an earlier sample left
  ASSERT_TRUE((*workload)->load(0, inputs.tensors()));
  // 4 x 8 becomes 2 x 4. Planes are blue, green, red.
  const float planes[] = {30, 20, 10};
  for (std::size_t i = 0; i < values.size(); ++i)
    EXPECT_EQ(values[i], i % 8 < 2 ? planes[i / 32] : 0.0F) << i;
}

TEST_F(TextRecognitionTest, SqueezesALineThatIsTooLong) {
  const auto workload = make(make_text_recognition);
  ASSERT_TRUE(workload);
  const TensorSet inputs = make_tensors({{.name = "x", .shape = {1, 3, 4, 8}}});
  ASSERT_TRUE((*workload)->load(1, inputs.tensors()));
  EXPECT_EQ(inputs.tensors()[0].as<float>()[7], 30);
}

TEST_F(TextRecognitionTest, CountsErrorsOverAllCharacters) {
  const auto workload = make(make_text_recognition);
  ASSERT_TRUE(workload);
  const auto judge = (*workload)->judge();
  ASSERT_TRUE(judge->add(0, answer({3, 1, 2}).tensors()));  // " ab": the space at the end does not count
  EXPECT_EQ(*judge->grade(), 0);
  ASSERT_TRUE(judge->add(1, answer({1, 0, 1}).tensors()));  // "aa" for "abab": two characters are missing
  EXPECT_DOUBLE_EQ(*judge->grade(), 2.0 / 6.0);
}

TEST_F(TextRecognitionTest, SilenceIsAllWrong) {
  const auto workload = make(make_text_recognition);
  ASSERT_TRUE(workload);
  const auto judge = (*workload)->judge();
  ASSERT_TRUE(judge->add(0, answer({0, 0, 0}).tensors()));
  EXPECT_DOUBLE_EQ(*judge->grade(), 1);
}

TEST_F(TextRecognitionTest, AJudgeThatSawNothingHasNoGrade) {
  const auto workload = make(make_text_recognition);
  ASSERT_TRUE(workload);
  EXPECT_FALSE((*workload)->judge()->grade());
}

TEST_F(TextRecognitionTest, RefusesOtherTensorsAndSamples) {
  const auto workload = make(make_text_recognition);
  ASSERT_TRUE(workload);
  const TensorSet wrong =
      make_tensors({{.name = "x", .shape = {1, 1, 4, 8}}, {.name = "y", .shape = {1, 3, 5}}});
  EXPECT_FALSE((*workload)->load(0, wrong.tensors()));
  EXPECT_FALSE((*workload)->judge()->add(0, wrong.tensors()));
  const TensorSet inputs = make_tensors({{.name = "x", .shape = {1, 3, 4, 8}}});
  EXPECT_FALSE((*workload)->load(2, inputs.tensors()));
  EXPECT_FALSE((*workload)->judge()->add(2, answer({1, 2, 3}).tensors()));
}

TEST_F(TextRecognitionTest, RefusesOtherKeys) {
  write("keys.txt", "b\na\n");
  EXPECT_THAT(refusal(make_text_recognition), AllOf(HasSubstr("keys.txt"), HasSubstr("fetch")));
  manifest_.input["keys_sha256"] = write("keys.txt", "a\n\nb\n");
  EXPECT_THAT(refusal(make_text_recognition), AllOf(HasSubstr("keys.txt"), HasSubstr("line 2")));
}

TEST_F(TextRecognitionTest, RefusesHostileSamplesAndManifests) {
  const Json good_samples = samples_;
  const std::pair<const char*, Json> changes[] = {{"text", ""},       {"text", "   "},
                                                  {"text", 7},        {"text", std::string(10'000, 'a')},
                                                  {"image", nullptr}, {"sha256", 1}};
  for (const auto& [key, value] : changes) {
    samples_ = good_samples;
    samples_[1][key] = value;
    EXPECT_THAT(refusal(make_text_recognition), AllOf(HasSubstr("sample 1"), HasSubstr(key))) << value;
  }
  samples_ = good_samples;
  const Json good_input = manifest_.input;
  for (const char* key : {"input", "output", "width", "height", "steps", "keys", "keys_sha256"}) {
    manifest_.input = good_input;
    manifest_.input[key] = -1;
    EXPECT_THAT(refusal(make_text_recognition), AllOf(HasSubstr("manifest"), HasSubstr(key)));
  }
}

}  // namespace
}  // namespace eb
