#include <gmock/gmock.h>

#include <cstring>

#include "tests/workloads/vision/png.h"
#include "workloads/vision/vision.h"

namespace eb {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::ImageTaskTest;
using testing::make_tensors;

template <class T>
std::string bytes_of(const std::vector<T>& numbers) {
  std::string bytes(numbers.size() * sizeof(T), '\0');
  std::memcpy(bytes.data(), numbers.data(), bytes.size());
  return bytes;
}

// Pictures of one pixel, one feature, two classes. The layer says class 1 of whatever is positive. Two
// clients, the first with two steps.
class LastLayerTrainingTest : public ImageTaskTest {
 protected:
  void SetUp() override {
    ImageTaskTest::SetUp();
    manifest_.input = {{"input", "x"},
                       {"label", "l"},
                       {"learned_weights", "w"},
                       {"learned_biases", "b"},
                       {"classes", 2},
                       {"features", 1},
                       {"width", 1},
                       {"height", 1},
                       {"mean", 100},
                       {"deviation", 50}};
    set("pictures", std::string{0, char(200)});
    set("layer", bytes_of<float>({-1, 1, 0, 0}));
    set("held_out", bytes_of<std::int16_t>({256, 1, -256, 0, 512, 1, -1, 0}));
    samples_ = Json::array({{{"picture", 0}, {"class", 0}, {"client", 0}},
                            {{"picture", 1}, {"class", 1}, {"client", 0}},
                            {{"picture", 1}, {"class", 1}, {"client", 1}}});
  }

  void set(const std::string& name, const std::string& bytes) {
    manifest_.input[name] = name + ".bin";
    manifest_.input[name + "_sha256"] = write(name + ".bin", bytes);
  }

  static TensorSet learned(std::vector<float> weights, std::vector<float> biases) {
    TensorSet set = make_tensors({{.name = "w", .shape = {1, static_cast<std::int64_t>(weights.size())}},
                                  {.name = "b", .shape = {1, static_cast<std::int64_t>(biases.size())}}});
    std::copy(weights.begin(), weights.end(), set.tensors()[0].as<float>().begin());
    std::copy(biases.begin(), biases.end(), set.tensors()[1].as<float>().begin());
    return set;
  }
};

TEST_F(LastLayerTrainingTest, ASampleIsAPictureAndItsLabel) {
  const auto workload = make(make_last_layer_training);
  ASSERT_TRUE(workload) << workload.error().message;
  EXPECT_EQ((*workload)->sample_count(), 3U);
  const TensorSet inputs =
      make_tensors({{.name = "x", .shape = {1, 1, 1, 1}}, {.name = "l", .shape = {1, 2}}});
  ASSERT_TRUE((*workload)->load(0, inputs.tensors()));
  EXPECT_THAT(inputs.tensors()[0].as<float>(), ElementsAre(-2));
  EXPECT_THAT(inputs.tensors()[1].as<float>(), ElementsAre(1, 0));
  ASSERT_TRUE((*workload)->load(2, inputs.tensors()));
  EXPECT_THAT(inputs.tensors()[0].as<float>(), ElementsAre(2));
  EXPECT_THAT(inputs.tensors()[1].as<float>(), ElementsAre(0, 1));
  EXPECT_FALSE((*workload)->load(3, inputs.tensors()));
}

TEST_F(LastLayerTrainingTest, AClientIsAStream) {
  const auto workload = make(make_last_layer_training);
  ASSERT_TRUE(workload) << workload.error().message;
  EXPECT_TRUE((*workload)->starts_stream(0));
  EXPECT_FALSE((*workload)->starts_stream(1));
  EXPECT_TRUE((*workload)->starts_stream(2));
}

TEST_F(LastLayerTrainingTest, WhatClientsHadAtTheirEndIsAveraged) {
  const auto workload = make(make_last_layer_training);
  ASSERT_TRUE(workload) << workload.error().message;
  const auto judge = (*workload)->judge();
  EXPECT_FALSE(judge->grade()) << "nothing was judged";
  ASSERT_TRUE(judge->add(0, learned({9, -9}, {0, 0}).tensors()));
  EXPECT_FALSE(judge->grade()) << "the first client is not at its end";
  ASSERT_TRUE(judge->add(1, learned({3, -3}, {0, 0}).tensors()));
  EXPECT_EQ(*judge->grade(), 0) << "its change turns the layer around";
  ASSERT_TRUE(judge->add(2, learned({-3, 3}, {0, 0}).tensors()));
  EXPECT_EQ(*judge->grade(), 1) << "the mean of both is none";
  EXPECT_FALSE(judge->add(3, learned({0, 0}, {0, 0}).tensors()));
  EXPECT_FALSE(judge->add(2, learned({0, 0, 0}, {0, 0}).tensors()));
}

TEST_F(LastLayerTrainingTest, BytesLoseWhatIsSmall) {
  const auto grade = [&] {
    const auto workload = make(make_last_layer_training);
    EXPECT_TRUE(workload) << workload.error().message;
    const auto judge = (*workload)->judge();
    // The biases turn the answers to the last picture, whose feature is -1/256, around; next to 100 they are
    // nothing.
    EXPECT_TRUE(judge->add(1, learned({100, 100}, {-0.01F, 0.01F}).tensors()));
    return *judge->grade();
  };
  EXPECT_EQ(grade(), 0.75);
  manifest_.input["sent_in_bytes"] = true;
  EXPECT_EQ(grade(), 1);
}

TEST_F(LastLayerTrainingTest, FilesOfTheWrongSizeAreNamed) {
  const auto refusal = [&](const std::string& name, const std::string& bytes) {
    SetUp();
    set(name, bytes);
    const auto workload = make(make_last_layer_training);
    return workload ? "" : workload.error().message;
  };
  EXPECT_THAT(refusal("layer", bytes_of<float>({1, 1, 0})), HasSubstr("layer.bin has 12 bytes"));
  EXPECT_THAT(refusal("held_out", bytes_of<std::int16_t>({1, 0, 1})), HasSubstr("held_out.bin has 6 bytes"));
  EXPECT_THAT(refusal("held_out", ""), HasSubstr("held_out.bin"));
  EXPECT_THAT(refusal("held_out", bytes_of<std::int16_t>({1, 2})), HasSubstr("of class 2"));
  EXPECT_THAT(refusal("held_out", bytes_of<std::int16_t>({1, -1})), HasSubstr("of class -1"));
  EXPECT_THAT(refusal("pictures", std::string{0}), HasSubstr("sample 1 names picture 1"));
}

TEST_F(LastLayerTrainingTest, ConstantsAndSamplesAreChecked) {
  for (const char* name : {"label", "learned_weights", "learned_biases", "classes", "features", "layer"}) {
    SetUp();
    manifest_.input.erase(name);
    EXPECT_FALSE(make(make_last_layer_training)) << name;
  }
  SetUp();
  manifest_.input["sent_in_bytes"] = 1;
  EXPECT_FALSE(make(make_last_layer_training));
  SetUp();
  samples_[1]["class"] = 2;
  EXPECT_FALSE(make(make_last_layer_training));
  SetUp();
  samples_[1].erase("client");
  EXPECT_FALSE(make(make_last_layer_training));
}

}  // namespace
}  // namespace eb
