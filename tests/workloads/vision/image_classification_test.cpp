#include <gmock/gmock.h>

#include <limits>

#include "tests/workloads/vision/png.h"
#include "workloads/vision/vision.h"

namespace eb {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::ImageTaskTest;
using testing::make_tensors;

// A network of 2 x 1 grey pixels and three classes; two samples.
class ImageClassificationTest : public ImageTaskTest {
 protected:
  void SetUp() override {
    ImageTaskTest::SetUp();
    manifest_.input = {{"input", "x"}, {"output", "y"}, {"channels", 1}, {"classes", 3},
                       {"width", 2},   {"height", 1},   {"mean", 100},   {"deviation", 50}};
    set_pictures({0, 50, char(200), char(250)});
    samples_ = Json::array({{{"class", 2}}, {{"class", 0}}});
  }

  void set_pictures(const std::string& bytes) {
    manifest_.input["pictures"] = "pictures.u8";
    manifest_.input["pictures_sha256"] = write("pictures.u8", bytes);
  }

  static TensorSet answer(std::vector<float> logits) {
    TensorSet set = make_tensors({{.name = "y", .shape = {1, static_cast<std::int64_t>(logits.size())}}});
    std::copy(logits.begin(), logits.end(), set.tensors()[0].as<float>().begin());
    return set;
  }
};

TEST_F(ImageClassificationTest, GivesTheSamplesOwnPixels) {
  const auto workload = make(make_image_classification);
  ASSERT_TRUE(workload) << workload.error().message;
  EXPECT_EQ((*workload)->sample_count(), 2U);
  EXPECT_EQ((*workload)->data_sha256().size(), 64U);
  const TensorSet inputs = make_tensors({{.name = "x", .shape = {1, 1, 1, 2}}});
  ASSERT_TRUE((*workload)->load(0, inputs.tensors()));
  EXPECT_THAT(inputs.tensors()[0].as<float>(), ElementsAre(-2, -1));
  ASSERT_TRUE((*workload)->load(1, inputs.tensors()));
  EXPECT_THAT(inputs.tensors()[0].as<float>(), ElementsAre(2, 3));
  EXPECT_FALSE((*workload)->load(2, inputs.tensors()));
}

TEST_F(ImageClassificationTest, GradesTheShareOfRightClasses) {
  const auto workload = make(make_image_classification);
  ASSERT_TRUE(workload) << workload.error().message;
  const auto judge = (*workload)->judge();
  EXPECT_FALSE(judge->grade()) << "nothing was judged";
  ASSERT_TRUE(judge->add(0, answer({-1, 0, 1}).tensors()));
  EXPECT_EQ(*judge->grade(), 1.0);
  ASSERT_TRUE(judge->add(1, answer({0, 0, 1}).tensors()));
  EXPECT_EQ(*judge->grade(), 0.5);
}

TEST_F(ImageClassificationTest, AnAnswerThatIsNoNumberIsWrong) {
  const auto workload = make(make_image_classification);
  ASSERT_TRUE(workload) << workload.error().message;
  const auto judge = (*workload)->judge();
  ASSERT_TRUE(judge->add(0, answer({0, std::numeric_limits<float>::quiet_NaN(), 1}).tensors()));
  EXPECT_EQ(*judge->grade(), 0.0);
}

TEST_F(ImageClassificationTest, RefusesOtherTensorsAndSamples) {
  const auto workload = make(make_image_classification);
  ASSERT_TRUE(workload) << workload.error().message;
  const TensorSet wrong = make_tensors({{.name = "x", .shape = {1, 3, 1, 2}}});
  EXPECT_FALSE((*workload)->load(0, wrong.tensors()));
  EXPECT_FALSE((*workload)->judge()->add(0, answer({1, 2}).tensors()));
  EXPECT_FALSE((*workload)->judge()->add(2, answer({1, 2, 3}).tensors()));
}

TEST_F(ImageClassificationTest, RefusesAClassThatTheNetworkDoesNotHave) {
  samples_[1]["class"] = 3;
  EXPECT_THAT(refusal(make_image_classification), HasSubstr("sample 1 is of class 3"));
  samples_[1]["class"] = -1;
  EXPECT_THAT(refusal(make_image_classification), HasSubstr("\"class\" is not within"));
  samples_[1]["class"] = "boot";
  EXPECT_THAT(refusal(make_image_classification), HasSubstr("\"class\""));
}

TEST_F(ImageClassificationTest, RefusesPicturesThatAreMoreOrFewerOrOthers) {
  set_pictures({0, 50, char(200)});
  EXPECT_THAT(refusal(make_image_classification), HasSubstr("has 3 bytes where 4 are due, for 2 samples"));
  set_pictures({0, 50, char(200), char(250), 0, 0});
  EXPECT_THAT(refusal(make_image_classification), HasSubstr("has 6 bytes where 4 are due"));
  set_pictures({0, 50, char(200), char(250)});
  write("pictures.u8", "abcd");
  EXPECT_THAT(refusal(make_image_classification), HasSubstr("pictures.u8"));
  std::filesystem::remove(folder_->path() / "pictures.u8");
  EXPECT_THAT(refusal(make_image_classification), HasSubstr("run scripts/fetch zoo"));
}

TEST_F(ImageClassificationTest, RefusesAManifestThatLacksAnything) {
  for (const char* field : {"channels", "classes", "output", "pictures", "pictures_sha256", "mean"}) {
    const Json whole = manifest_.input;
    manifest_.input.erase(field);
    EXPECT_THAT(refusal(make_image_classification), HasSubstr(std::string("\"") + field + "\"")) << field;
    manifest_.input = whole;
  }
}

}  // namespace
}  // namespace eb
