#include <gmock/gmock.h>

#include <algorithm>
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

// Streams of two chunks of two frames of two bands, seen with one frame before; three steps a chunk, in which
// the letters a and b and the space are told apart from nothing.
class SpeechRecognitionTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto folder = TempFolder::create();
    ASSERT_TRUE(folder);
    folder_.emplace(*std::move(folder));
    manifest_.info.id = "speech/test";
    manifest_.data_file = "samples.json";
    manifest_.input = {
        {"input", "x"},          {"output", "y"},       {"bands", 2}, {"chunk_frames", 2}, {"steps", 3},
        {"context_frames", 1},   {"stream_chunks", 2},  {"mean", 10}, {"deviation", 10},   {"letters", "ab"},
        {"frames", "frames.u8"}, {"frames_sha256", "?"}};
    samples_ = json::array({{{"text", "ab a"}}, {{"text", "b"}}});
    std::string bytes;
    for (int i = 0; i < 16; ++i) bytes += static_cast<char>(10 * i);
    set_frames(bytes);
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
    return make_speech_recognition(manifest_, folder_->path());
  }
  std::string refusal() const {
    const auto workload = make();
    return workload ? "accepted" : workload.error().message;
  }

  std::optional<TempFolder> folder_;
  Manifest manifest_;
  json samples_;
};

// Each character is a step; a dot is the blank.
Status hear(Judge& judge, std::size_t sample, std::string_view steps) {
  constexpr std::string_view kClasses = ".ab ";
  auto set = TensorSet::create({{.name = "y", .shape = {static_cast<std::int64_t>(steps.size()), 4}}});
  EXPECT_TRUE(set);
  const auto scores = set->tensors()[0].as<float>();
  std::fill(scores.begin(), scores.end(), -1.0F);
  for (std::size_t step = 0; step < steps.size(); ++step) scores[step * 4 + kClasses.find(steps[step])] = 1;
  return judge.add(sample, set->tensors());
}

TEST_F(SpeechRecognitionTest, AChunkComesWithTheFrameBeforeButNotThatOfAnotherStream) {
  const auto workload = make();
  ASSERT_TRUE(workload) << workload.error().message;
  ASSERT_EQ((*workload)->sample_count(), 4U);
  EXPECT_EQ((*workload)->data_sha256(), *sha256_of_file(folder_->path() / "samples.json"));
  auto inputs = TensorSet::create({{.name = "x", .shape = {1, 2, 1, 3}}});
  ASSERT_TRUE(inputs);
  const auto numbers = inputs->tensors()[0].as<const float>();
  ASSERT_TRUE((*workload)->load(0, inputs->tensors()));
  EXPECT_THAT(numbers, ElementsAre(0, -1, 1, 0, 0, 2));
  ASSERT_TRUE((*workload)->load(1, inputs->tensors()));
  EXPECT_THAT(numbers, ElementsAre(1, 3, 5, 2, 4, 6));
  ASSERT_TRUE((*workload)->load(2, inputs->tensors()));
  EXPECT_THAT(numbers, ElementsAre(0, 7, 9, 0, 8, 10));
  EXPECT_FALSE((*workload)->load(4, inputs->tensors()));
}

TEST_F(SpeechRecognitionTest, StreamsBeginWithoutState) {
  const auto workload = make();
  ASSERT_TRUE(workload);
  EXPECT_TRUE((*workload)->starts_stream(0));
  EXPECT_FALSE((*workload)->starts_stream(1));
  EXPECT_TRUE((*workload)->starts_stream(2));
}

TEST_F(SpeechRecognitionTest, WordsAreReadOverTheEdgesOfChunks) {
  const auto workload = make();
  ASSERT_TRUE(workload);
  const auto judge = (*workload)->judge();
  EXPECT_FALSE(judge->grade());
  ASSERT_TRUE(hear(*judge, 0, ".aa"));
  ASSERT_TRUE(hear(*judge, 1, "b a"));
  EXPECT_EQ(*judge->grade(), 0.0);
  ASSERT_TRUE(hear(*judge, 2, "b.."));
  ASSERT_TRUE(hear(*judge, 3, ".b."));
  EXPECT_DOUBLE_EQ(*judge->grade(), 1.0 / 3) << "bb is not b";
}

TEST_F(SpeechRecognitionTest, MissingAndExtraWordsCount) {
  const auto workload = make();
  ASSERT_TRUE(workload);
  const auto nothing = (*workload)->judge();
  for (std::size_t sample = 0; sample < 4; ++sample) ASSERT_TRUE(hear(*nothing, sample, "..."));
  EXPECT_EQ(*nothing->grade(), 1.0);
  const auto much = (*workload)->judge();
  ASSERT_TRUE(hear(*much, 0, "ab "));
  ASSERT_TRUE(hear(*much, 1, "a b"));
  EXPECT_EQ(*much->grade(), 0.5);
}

TEST_F(SpeechRecognitionTest, ScoresThatAreNoNumbersAreSilence) {
  const auto workload = make();
  ASSERT_TRUE(workload);
  const auto judge = (*workload)->judge();
  auto set = TensorSet::create({{.name = "y", .shape = {3, 4}}});
  ASSERT_TRUE(set);
  const auto scores = set->tensors()[0].as<float>();
  std::fill(scores.begin(), scores.end(), std::numeric_limits<float>::quiet_NaN());
  ASSERT_TRUE(judge->add(0, set->tensors()));
  EXPECT_EQ(*judge->grade(), 1.0);
}

TEST_F(SpeechRecognitionTest, TheJudgeNeedsTheRightTensors) {
  const auto workload = make();
  ASSERT_TRUE(workload);
  const auto judge = (*workload)->judge();
  EXPECT_FALSE(hear(*judge, 4, "..."));
  EXPECT_FALSE(hear(*judge, 0, ".."));
}

TEST_F(SpeechRecognitionTest, RefusesStreamsWithoutTextAndFramesOfAnotherNumber) {
  samples_[1]["text"] = "  ";
  EXPECT_THAT(refusal(), HasSubstr("stream 1: \"text\" is blank"));
  samples_[1].erase("text");
  EXPECT_THAT(refusal(), HasSubstr("stream 1"));
  samples_[1]["text"] = "b";
  set_frames("four");
  EXPECT_THAT(refusal(), HasSubstr("has 4 bytes where 16 are due, for 2 streams"));
}

TEST_F(SpeechRecognitionTest, RefusesBadConstants) {
  manifest_.input["letters"] = "";
  EXPECT_NE(refusal(), "accepted");
  manifest_.input["letters"] = "ab";
  manifest_.input["context_frames"] = 3;
  EXPECT_THAT(refusal(), HasSubstr("context_frames"));
  manifest_.input.erase("context_frames");
  EXPECT_THAT(refusal(), HasSubstr("context_frames"));
}

}  // namespace
}  // namespace eb
