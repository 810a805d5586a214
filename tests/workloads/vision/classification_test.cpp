#include <gmock/gmock.h>

#include "tests/workloads/vision/png.h"
#include "workloads/vision/vision.h"

namespace eb {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::ImageTaskTest;
using testing::make_tensors;

// A network of 2 x 1 pixels and two classes.
class ClassificationTest : public ImageTaskTest {
 protected:
  void SetUp() override {
    ImageTaskTest::SetUp();
    manifest_.input = {{"input", "x"}, {"output", "y"}, {"classes", 2},   {"width", 2},
                       {"height", 1},  {"mean", 100},   {"deviation", 50}};
    samples_ = Json::array({sample("a", 100, {1, -1}), sample("b", 250, {-1, 1})});
  }

  Json sample(const std::string& name, int last, const std::vector<float>& logits) const {
    const std::string pixels = {0, 50, 100, char(150), char(200), static_cast<char>(last)};
    const std::string bytes(reinterpret_cast<const char*>(logits.data()), logits.size() * sizeof(float));
    return {{"pixels", name + ".u8"},
            {"pixels_sha256", write(name + ".u8", pixels)},
            {"logits", name + ".f32"},
            {"logits_sha256", write(name + ".f32", bytes)}};
  }

  static TensorSet answer(float first, float second) {
    TensorSet set = make_tensors({{.name = "y", .shape = {1, 2}}});
    set.tensors()[0].as<float>()[0] = first;
    set.tensors()[0].as<float>()[1] = second;
    return set;
  }
};

TEST_F(ClassificationTest, GivesPixelsInTheirOrder) {
  const auto workload = make(make_classification_agreement);
  ASSERT_TRUE(workload) << workload.error().message;
  EXPECT_EQ((*workload)->sample_count(), 2U);
  const TensorSet inputs = make_tensors({{.name = "x", .shape = {1, 3, 1, 2}}});
  ASSERT_TRUE((*workload)->load(1, inputs.tensors()));
  EXPECT_THAT(inputs.tensors()[0].as<float>(), ElementsAre(-2, -1, 0, 1, 2, 3));
}

TEST_F(ClassificationTest, GradesByTheDistanceToTheReference) {
  const auto workload = make(make_classification_agreement);
  ASSERT_TRUE(workload) << workload.error().message;
  const auto judge = (*workload)->judge();
  EXPECT_FALSE(judge->grade()) << "nothing was judged";
  ASSERT_TRUE(judge->add(0, answer(1, -1).tensors()));
  ASSERT_TRUE(judge->add(1, answer(-1, 1.25F).tensors()));
  EXPECT_NEAR(*judge->grade(), 18.06, 0.01);  // 4 to 0.0625
  const auto other = (*workload)->judge();
  for (const std::size_t index : {0U, 1U}) ASSERT_TRUE(other->add(index, answer(1, -1).tensors()));
  EXPECT_LT(*other->grade(), 0) << "the same answer for every sample";
}

TEST_F(ClassificationTest, RefusesOtherTensorsAndSamples) {
  const auto workload = make(make_classification_agreement);
  ASSERT_TRUE(workload) << workload.error().message;
  const TensorSet wrong =
      make_tensors({{.name = "x", .shape = {1, 3, 2, 2}}, {.name = "y", .shape = {1, 3}}});
  EXPECT_FALSE((*workload)->load(0, wrong.tensors()));
  EXPECT_FALSE((*workload)->judge()->add(0, wrong.tensors()));
  EXPECT_FALSE((*workload)->judge()->add(2, answer(0, 0).tensors()));
}

TEST_F(ClassificationTest, RefusesFilesOfAnotherSize) {
  samples_[1]["logits"] = "short";
  samples_[1]["logits_sha256"] = write("short", "1234");
  const auto workload = make(make_classification_agreement);
  ASSERT_FALSE(workload);
  EXPECT_THAT(workload.error().message, HasSubstr("has 4 bytes where 8 are due"));
}

TEST_F(ClassificationTest, RefusesAManifestWithoutClasses) {
  manifest_.input.erase("classes");
  const auto workload = make(make_classification_agreement);
  ASSERT_FALSE(workload);
  EXPECT_THAT(workload.error().message, HasSubstr("classes"));
}

}  // namespace
}  // namespace eb
