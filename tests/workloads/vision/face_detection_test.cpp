#include <gmock/gmock.h>

#include "tests/workloads/vision/png.h"
#include "workloads/vision/vision.h"

namespace eb {
namespace {

using ::testing::HasSubstr;
using testing::ImageTaskTest;
using testing::make_flat_png;
using testing::make_tensors;

// A network with an input of 8 x 8 and one anchor in each of 2 x 2 cells: at 2 and 6 of the input.
class FaceDetectionTest : public ImageTaskTest {
 protected:
  void SetUp() override {
    ImageTaskTest::SetUp();
    manifest_.input = {{"input", "x"},     {"width", 8},
                       {"height", 8},      {"mean", 0},
                       {"deviation", 255}, {"scores", {"s"}},
                       {"boxes", {"b"}},   {"grids", {{{"cells", 2}, {"anchors", 1}}}},
                       {"min_score", 0.5}, {"max_overlap", 0.3}};
    // 16 x 8 pixels go to 8 x 4 in the middle: two black rows above and below.
    samples_ = Json::array({sample("a.png", {{2, 2, 6, 6}}), sample("b.png", Json::array())});
  }

  Json sample(const std::string& name, const Json& faces) const {
    const std::string sha256 = write(name, make_flat_png({16, 8}, 3, 255));
    return {{"image", name}, {"sha256", sha256}, {"width", 16}, {"height", 8}, {"faces", faces}};
  }

  // Answers with one face at the first anchor; -inf elsewhere. In the input's pixels.
  static TensorSet answer(float logit, std::array<float, 4> box) {
    TensorSet set = make_tensors({{.name = "s", .shape = {1, 4, 1}}, {.name = "b", .shape = {1, 4, 16}}});
    for (float& value : set.tensors()[0].as<float>()) value = -100;
    set.tensors()[0].as<float>()[0] = logit;
    std::copy(box.begin(), box.end(), set.tensors()[1].as<float>().begin());
    return set;
  }

  // The face of sample 0 as the network would have to see it: 2..6 of the picture is 1..3 across and 3..5
  // down.
  static TensorSet right_answer(float logit) { return answer(logit, {0, 2, 2, 2}); }
  static TensorSet no_answer() { return answer(-100, {}); }
};

TEST_F(FaceDetectionTest, LettersTheBoxBlackAndFillsTheMiddle) {
  const auto workload = make(make_face_detection);
  ASSERT_TRUE(workload) << workload.error().message;
  EXPECT_EQ((*workload)->sample_count(), 2u);
  EXPECT_EQ((*workload)->data_sha256().size(), 64u);
  const TensorSet inputs = make_tensors({{.name = "x", .shape = {1, 8, 8, 3}}});
  const auto values = inputs.tensors()[0].as<float>();
  values[0] = 9;  // what an earlier sample left
  ASSERT_TRUE((*workload)->load(0, inputs.tensors()));
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t row = i / 24;
    EXPECT_EQ(values[i], row >= 2 && row < 6 ? 1.0F : 0.0F) << i;
  }
}

TEST_F(FaceDetectionTest, RightAnswersAreWorthOne) {
  const auto workload = make(make_face_detection);
  ASSERT_TRUE(workload);
  const auto judge = (*workload)->judge();
  ASSERT_TRUE(judge->add(0, right_answer(3).tensors()));
  ASSERT_TRUE(judge->add(1, no_answer().tensors()));
  const auto grade = judge->grade();
  ASSERT_TRUE(grade);
  EXPECT_DOUBLE_EQ(*grade, 1);
}

TEST_F(FaceDetectionTest, AFaceInAnEmptySceneCosts) {
  const auto workload = make(make_face_detection);
  ASSERT_TRUE(workload);
  const auto judge = (*workload)->judge();
  ASSERT_TRUE(judge->add(0, right_answer(3).tensors()));
  ASSERT_TRUE(judge->add(1, right_answer(4).tensors()));  // surer, and wrong
  EXPECT_DOUBLE_EQ(*judge->grade(), 0.5);
}

TEST_F(FaceDetectionTest, AFaceMissedOrElsewhereIsWorthNothing) {
  const auto workload = make(make_face_detection);
  ASSERT_TRUE(workload);
  const auto missed = (*workload)->judge();
  ASSERT_TRUE(missed->add(0, no_answer().tensors()));
  EXPECT_EQ(*missed->grade(), 0);
  const auto elsewhere = (*workload)->judge();
  ASSERT_TRUE(elsewhere->add(0, answer(3, {4, 2, 2, 2}).tensors()));
  EXPECT_EQ(*elsewhere->grade(), 0);
}

TEST_F(FaceDetectionTest, JudgesDoNotShareWhatTheySaw) {
  const auto workload = make(make_face_detection);
  ASSERT_TRUE(workload);
  ASSERT_TRUE((*workload)->judge()->add(1, right_answer(4).tensors()));
  const auto judge = (*workload)->judge();
  ASSERT_TRUE(judge->add(0, right_answer(3).tensors()));
  EXPECT_DOUBLE_EQ(*judge->grade(), 1);
}

TEST_F(FaceDetectionTest, AJudgeThatSawNoFaceHasNoGrade) {
  const auto workload = make(make_face_detection);
  ASSERT_TRUE(workload);
  EXPECT_FALSE((*workload)->judge()->grade());
}

TEST_F(FaceDetectionTest, RefusesOtherTensors) {
  const auto workload = make(make_face_detection);
  ASSERT_TRUE(workload);
  const TensorSet small = make_tensors({{.name = "x", .shape = {1, 8, 8, 1}}});
  const TensorSet other = make_tensors({{.name = "y", .shape = {1, 8, 8, 3}}});
  EXPECT_FALSE((*workload)->load(0, small.tensors()));
  EXPECT_FALSE((*workload)->load(0, other.tensors()));
  EXPECT_FALSE((*workload)->judge()->add(0, small.tensors()));
  EXPECT_FALSE((*workload)->judge()->add(0, {}));
}

TEST_F(FaceDetectionTest, RefusesASampleThatIsNotThere) {
  const auto workload = make(make_face_detection);
  ASSERT_TRUE(workload);
  const TensorSet inputs = make_tensors({{.name = "x", .shape = {1, 8, 8, 3}}});
  EXPECT_FALSE((*workload)->load(2, inputs.tensors()));
  EXPECT_FALSE((*workload)->judge()->add(2, right_answer(3).tensors()));
}

TEST_F(FaceDetectionTest, RefusesAnImageThatChanged) {
  const auto workload = make(make_face_detection);
  ASSERT_TRUE(workload);
  write("a.png", make_flat_png({16, 8}, 3, 254));
  const TensorSet inputs = make_tensors({{.name = "x", .shape = {1, 8, 8, 3}}});
  const auto status = (*workload)->load(0, inputs.tensors());
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().message, HasSubstr("a.png"));
}

TEST_F(FaceDetectionTest, RefusesAnImageOfAnotherSizeThanListed) {
  samples_[0]["width"] = 17;
  const auto workload = make(make_face_detection);
  ASSERT_TRUE(workload);
  const TensorSet inputs = make_tensors({{.name = "x", .shape = {1, 8, 8, 3}}});
  const auto status = (*workload)->load(0, inputs.tensors());
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().message, HasSubstr("size"));
}

TEST_F(FaceDetectionTest, RefusesHostileSamples) {
  const std::pair<const char*, Json> changes[] = {
      {"faces", nullptr},
      {"faces", {1, 2, 3, 4}},
      {"faces", {{1, 2, 3}}},
      {"faces", {{6, 2, 2, 6}}},
      {"faces", {{2, 2, 2, 6}}},
      {"faces", {{-1, 2, 2, 6}}},
      {"faces", {{1, 2, 2, 1e9}}},
      {"faces", {{1, "2", 2, 3}}},
      {"faces", Json::array_t(1001, {1, 2, 3, 4})},
      {"width", 0},
      {"height", 1 << 20},
      {"image", ""},
      {"image", 5},
      {"sha256", std::string(65, '0')},
  };
  const Json good = samples_;
  for (const auto& [key, value] : changes) {
    samples_ = good;
    samples_[1][key] = value;
    EXPECT_THAT(refusal(make_face_detection), AllOf(HasSubstr("sample 1"), HasSubstr(key))) << value;
  }
}

TEST_F(FaceDetectionTest, RefusesHostileManifests) {
  const std::pair<const char*, Json> changes[] = {
      {"grids", nullptr},
      {"grids", Json::array()},
      {"grids", {1}},
      {"grids", {{{"cells", 100'000}, {"anchors", 1}}}},
      {"grids", {{{"cells", 2}, {"anchors", 0}}}},
      {"scores", {"s", "t"}},
      {"boxes", "b"},
      {"min_score", 2},
      {"max_overlap", -1},
      {"width", 16},
      {"height", 0},
  };
  const Json good = manifest_.input;
  for (const auto& [key, value] : changes) {
    manifest_.input = good;
    manifest_.input[key] = value;
    EXPECT_THAT(refusal(make_face_detection), HasSubstr("vision/test: manifest")) << key << value;
  }
}

TEST_F(FaceDetectionTest, SaysWhatIsMissing) {
  const auto workload = make_face_detection(manifest_, folder_->path());
  ASSERT_FALSE(workload);
  EXPECT_EQ(workload.error().kind, ErrorKind::unavailable);
  EXPECT_THAT(workload.error().message, HasSubstr("samples.json"));
}

}  // namespace
}  // namespace eb
