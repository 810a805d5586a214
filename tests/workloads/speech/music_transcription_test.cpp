#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
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

constexpr std::size_t kSteps = 20, kKeys = 2;

// Clips of three samples; an answer has 20 steps of 10 ms and the keys 60 and 61.
class MusicTranscriptionTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto folder = TempFolder::create();
    ASSERT_TRUE(folder);
    folder_.emplace(*std::move(folder));
    manifest_.info.id = "speech/test";
    manifest_.data_file = "samples.json";
    manifest_.input = {{"input", "x"},         {"onsets", "o"},      {"rate_hz", 1000},
                       {"clip_samples", 3},    {"step_samples", 3},  {"steps", kSteps},
                       {"keys", kKeys},        {"lowest_key", 60},   {"tolerance_ms", 10},
                       {"sound", "sound.s16"}, {"sound_sha256", "?"}};
    samples_ = json::array({{{"notes", {{15, 60}, {15, 61}}}}, {{"notes", json::array()}}});
    set_sound(std::string("\x00\x80\xff\x7f\x00\x40\x01\x00\xff\xff\x00\x00", 12));
  }

  void write(const std::string& name, std::string_view bytes) const {
    std::ofstream(folder_->path() / name, std::ios::binary) << bytes;
  }
  void set_sound(const std::string& bytes) {
    write("sound.s16", bytes);
    manifest_.input["sound_sha256"] = sha256_hex(bytes);
  }
  Result<std::unique_ptr<Workload>> make() const {
    write("samples.json", json{{"schema", "edgebench.samples/1"}, {"samples", samples_}}.dump());
    return make_music_transcription(manifest_, folder_->path());
  }
  std::string refusal() const {
    const auto workload = make();
    return workload ? "accepted" : workload.error().message;
  }

  std::optional<TempFolder> folder_;
  Manifest manifest_;
  json samples_;
};

TensorSet answers(std::int64_t numbers = kSteps * kKeys) {
  auto set = TensorSet::create({{.name = "o", .shape = {1, numbers}}});
  EXPECT_TRUE(set);
  const auto chances = set->tensors()[0].as<float>();
  std::fill(chances.begin(), chances.end(), 0.0F);
  return *std::move(set);
}

void begin(const TensorSet& answers, std::size_t step, std::size_t key, float chance) {
  answers.tensors()[0].as<float>()[step * kKeys + key] = chance;
}

TEST_F(MusicTranscriptionTest, SoundIsASixteenBitShareOfFullScale) {
  const auto workload = make();
  ASSERT_TRUE(workload) << workload.error().message;
  ASSERT_EQ((*workload)->sample_count(), 2U);
  EXPECT_EQ((*workload)->data_sha256(), *sha256_of_file(folder_->path() / "samples.json"));
  auto inputs = TensorSet::create({{.name = "x", .shape = {1, 3}}});
  ASSERT_TRUE(inputs);
  const auto numbers = inputs->tensors()[0].as<const float>();
  ASSERT_TRUE((*workload)->load(0, inputs->tensors()));
  EXPECT_THAT(numbers, ElementsAre(-1.0F, 32767.0F / 32768, 0.5F));
  ASSERT_TRUE((*workload)->load(1, inputs->tensors()));
  EXPECT_THAT(numbers, ElementsAre(1.0F / 32768, -1.0F / 32768, 0.0F));
  EXPECT_FALSE((*workload)->load(2, inputs->tensors()));
}

TEST_F(MusicTranscriptionTest, TheValueIsAveragePrecisionOverNotes) {
  const auto workload = make();
  ASSERT_TRUE(workload);
  const auto judge = (*workload)->judge();
  EXPECT_FALSE(judge->grade());
  const TensorSet first = answers();
  begin(first, 8, 0, 0.4F);  // 24 ms
  begin(first, 4, 1, 0.9F);  // 12 ms
  ASSERT_TRUE(judge->add(0, first.tensors()));
  EXPECT_DOUBLE_EQ(*judge->grade(), 1.0);
  const TensorSet second = answers();
  begin(second, 4, 0, 0.3F);
  ASSERT_TRUE(judge->add(1, second.tensors()));
  EXPECT_DOUBLE_EQ(*judge->grade(), 1.0) << "what was not played has a lower chance";
  begin(second, 4, 0, 0.5F);
  ASSERT_TRUE(judge->add(1, second.tensors()));
  EXPECT_DOUBLE_EQ(*judge->grade(), (1 + 2.0 / 3) / 2);
}

TEST_F(MusicTranscriptionTest, SilenceForAnAnswerIsZero) {
  const auto workload = make();
  ASSERT_TRUE(workload);
  const auto judge = (*workload)->judge();
  ASSERT_TRUE(judge->add(0, answers().tensors()));
  EXPECT_EQ(*judge->grade(), 0.0);
  EXPECT_FALSE(judge->add(0, answers(3).tensors()));
  EXPECT_FALSE(judge->add(2, answers().tensors()));
}

TEST_F(MusicTranscriptionTest, RefusesNotesThatNoPianoOfThisSizeHas) {
  for (const json& note : {json{15, 59}, json{15, 62}, json{-1, 60}, json{15}, json{15.5, 60}, json("60")}) {
    samples_[1]["notes"] = json::array({note});
    EXPECT_THAT(refusal(), HasSubstr("sample 1: a note must be its onset in ms and a key from 60 to 61"))
        << note;
  }
  samples_[1] = json::object();
  EXPECT_THAT(refusal(), HasSubstr("\"notes\" must be a list"));
}

TEST_F(MusicTranscriptionTest, RefusesSoundOfAnotherSizeAndBadConstants) {
  set_sound("four");
  EXPECT_THAT(refusal(), HasSubstr("has 4 bytes where 12 are due, for 2 clips"));
  manifest_.input["sound_sha256"] = "other";
  EXPECT_NE(refusal(), "accepted");
  manifest_.input["keys"] = 69;
  EXPECT_THAT(refusal(), HasSubstr("lowest_key"));
  manifest_.input.erase("onsets");
  EXPECT_THAT(refusal(), HasSubstr("onsets"));
}

}  // namespace
}  // namespace eb
