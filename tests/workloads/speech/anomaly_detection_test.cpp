#include <gmock/gmock.h>

#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "harness/base/files.h"
#include "workloads/speech/speech.h"

namespace eb {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Clips of three frames of two bands, windows of two frames: two samples a clip.
class AnomalyDetectionTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto folder = TempFolder::create();
    ASSERT_TRUE(folder);
    folder_.emplace(*std::move(folder));
    manifest_.info.id = "speech/test";
    manifest_.data_file = "samples.json";
    manifest_.input = {{"input", "x"},       {"output", "y"},         {"bands", 2},
                       {"window_frames", 2}, {"clip_frames", 3},      {"mean", 10},
                       {"deviation", 10},    {"frames", "frames.u8"}, {"frames_sha256", "?"}};
    samples_ = json::array({{{"anomalous", 0}}, {{"anomalous", 1}}});
    set_frames({0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110});
  }

  void write(const std::string& name, std::string_view bytes) const {
    std::ofstream(folder_->path() / name, std::ios::binary) << bytes;
  }
  void set_frames(const std::string& bytes) {
    write("frames.u8", bytes);
    manifest_.input["frames_sha256"] = sha256_hex(bytes);
  }

  Result<std::unique_ptr<Workload>> make() const {
    write("samples.json", json{{"schema", "edgebench.samples/1"}, {"samples", samples_}}.dump());
    return make_anomaly_detection(manifest_, folder_->path());
  }
  std::string refusal() const {
    const auto workload = make();
    return workload ? "accepted" : workload.error().message;
  }

  std::optional<TempFolder> folder_;
  Manifest manifest_;
  json samples_;
};

TensorSet tensors(const std::string& name, std::int64_t numbers) {
  auto set = TensorSet::create({{.name = name, .shape = {1, numbers}}});
  EXPECT_TRUE(set);
  return *std::move(set);
}

// The sample given back with `error` added to each number.
void answer(const Workload& workload, Judge& judge, std::size_t sample, float error) {
  const TensorSet inputs = tensors("x", 4);
  ASSERT_TRUE(workload.load(sample, inputs.tensors()));
  const TensorSet outputs = tensors("y", 4);
  for (std::size_t i = 0; i < 4; ++i)
    outputs.tensors()[0].as<float>()[i] = inputs.tensors()[0].as<float>()[i] + error;
  ASSERT_TRUE(judge.add(sample, outputs.tensors()));
}

double grade(const Workload& workload, const std::vector<float>& errors) {
  const auto judge = workload.judge();
  for (std::size_t i = 0; i < errors.size(); ++i) answer(workload, *judge, i, errors[i]);
  const auto value = judge->grade();
  return value ? *value : -1;
}

TEST_F(AnomalyDetectionTest, WindowsOverlapAndStayWithinTheirClip) {
  const auto workload = make();
  ASSERT_TRUE(workload) << workload.error().message;
  ASSERT_EQ((*workload)->sample_count(), 4U);
  EXPECT_EQ((*workload)->data_sha256(), *sha256_of_file(folder_->path() / "samples.json"));
  const TensorSet inputs = tensors("x", 4);
  const auto numbers = inputs.tensors()[0].as<const float>();
  ASSERT_TRUE((*workload)->load(0, inputs.tensors()));
  EXPECT_THAT(numbers, ElementsAre(-1, 0, 1, 2));
  ASSERT_TRUE((*workload)->load(1, inputs.tensors()));
  EXPECT_THAT(numbers, ElementsAre(1, 2, 3, 4));
  ASSERT_TRUE((*workload)->load(2, inputs.tensors()));
  EXPECT_THAT(numbers, ElementsAre(5, 6, 7, 8));
  EXPECT_FALSE((*workload)->load(4, inputs.tensors()));
}

TEST_F(AnomalyDetectionTest, AClipsScoreIsTheMeanErrorOfItsWindows) {
  const auto workload = make();
  ASSERT_TRUE(workload);
  EXPECT_EQ(grade(**workload, {0.5F, 0.5F, 0.1F, 0.9F}), 1.0);  // 0.25 against 0.41
  EXPECT_EQ(grade(**workload, {0.9F, 0.1F, 0.5F, 0.5F}), 0.0);
  EXPECT_EQ(grade(**workload, {0.5F, 0.5F, -0.5F, 0.5F}), 0.5);
  EXPECT_EQ(grade(**workload, {0.5F, 0.5F, 0.9F}), 1.0) << "a clip that is not whole";
}

TEST_F(AnomalyDetectionTest, AnAnswerThatIsNoNumberIsTheWorstOne) {
  const auto workload = make();
  ASSERT_TRUE(workload);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(grade(**workload, {0.1F, 0.1F, 0.9F, nan}), 0.0);
  EXPECT_EQ(grade(**workload, {0.1F, nan, 0.9F, 0.9F}), 0.0);
}

TEST_F(AnomalyDetectionTest, TheJudgeNeedsBothKindsAndTheRightTensors) {
  const auto workload = make();
  ASSERT_TRUE(workload);
  EXPECT_EQ(grade(**workload, {0.1F, 0.2F}), -1);
  const auto judge = (*workload)->judge();
  EXPECT_FALSE(judge->add(0, tensors("z", 4).tensors()));
  EXPECT_FALSE(judge->add(0, tensors("y", 3).tensors()));
  EXPECT_FALSE(judge->add(4, tensors("y", 4).tensors()));
  EXPECT_FALSE((*workload)->load(0, tensors("x", 5).tensors()));
  EXPECT_FALSE((*workload)->load(0, tensors("y", 4).tensors()));
}

TEST_F(AnomalyDetectionTest, RefusesADamagedManifest) {
  const json good = manifest_.input;
  for (const auto& [key, value] : std::vector<std::pair<std::string, json>>{{"input", ""},
                                                                            {"output", 7},
                                                                            {"bands", 0},
                                                                            {"bands", 1e18},
                                                                            {"window_frames", 0},
                                                                            {"window_frames", 4},
                                                                            {"clip_frames", 0},
                                                                            {"mean", 256},
                                                                            {"deviation", 0},
                                                                            {"frames", nullptr},
                                                                            {"frames_sha256", ""}}) {
    manifest_.input = good;
    manifest_.input[key] = value;
    EXPECT_THAT(refusal(), HasSubstr("\"" + key + "\"")) << value;
  }
  manifest_.input = json();
  EXPECT_NE(refusal(), "accepted");
}

TEST_F(AnomalyDetectionTest, RefusesAHostileSampleList) {
  for (const json& bad : {json(2), json(-1), json("1"), json()}) {
    samples_[1]["anomalous"] = bad;
    EXPECT_THAT(refusal(), HasSubstr("clip 1: \"anomalous\"")) << bad;
  }
  samples_ = json::array();
  EXPECT_THAT(refusal(), HasSubstr("samples.json"));
}

TEST_F(AnomalyDetectionTest, RefusesFramesThatAreMoreOrFewerOrOthers) {
  set_frames(std::string(11, 'a'));
  EXPECT_THAT(refusal(), HasSubstr("has 11 bytes where 12 are due, for 2 clips"));
  set_frames(std::string(12, 'a'));
  write("frames.u8", std::string(12, 'b'));
  EXPECT_THAT(refusal(), HasSubstr("frames.u8"));
  std::filesystem::remove(folder_->path() / "frames.u8");
  EXPECT_THAT(refusal(), HasSubstr("run scripts/fetch zoo"));
  manifest_.input["frames"] = "../frames.u8";
  EXPECT_NE(refusal(), "accepted");
}

}  // namespace
}  // namespace eb
