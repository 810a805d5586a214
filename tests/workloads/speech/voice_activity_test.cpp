#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "harness/base/files.h"
#include "tests/workloads/speech/wav.h"
#include "workloads/speech/speech.h"

namespace eb {
namespace {

using nlohmann::json;
using testing::make_wav;

constexpr int kChunk = 4;
constexpr int kContext = 2;

// Samples 1, 2, 3, ... so that every number says where it was.
std::vector<std::int16_t> ramp(int count, int first = 1) {
  std::vector<std::int16_t> pcm;
  for (int i = 0; i < count; ++i) pcm.push_back(static_cast<std::int16_t>(first + i));
  return pcm;
}

class VoiceActivityTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto folder = TempFolder::create();
    ASSERT_TRUE(folder);
    folder_.emplace(*std::move(folder));
    manifest_.info.id = "speech/test";
    manifest_.data_file = "samples.json";
    manifest_.input = {{"rate_hz", 16000},
                       {"chunk_samples", kChunk},
                       {"context_samples", kContext},
                       {"input", "input"},
                       {"output", "output"}};
    samples_ =
        json::array({stream("a.wav", ramp(3 * kChunk), "01x"), stream("b.wav", ramp(2 * kChunk, 101), "10")});
  }

  void write(const std::string& name, std::string_view bytes) const {
    std::ofstream(folder_->path() / name, std::ios::binary) << bytes;
  }

  json stream(const std::string& name, const std::vector<std::int16_t>& pcm,
              const std::string& chunks) const {
    const std::string wav = make_wav(pcm);
    write(name, wav);
    return {{"file", name}, {"sha256", sha256_hex(wav)}, {"chunks", chunks}};
  }

  Result<std::unique_ptr<Workload>> make() const {
    write("samples.json", json{{"schema", "edgebench.samples/1"}, {"samples", samples_}}.dump());
    return make_voice_activity(manifest_, folder_->path());
  }

  std::string refusal() const {
    const auto workload = make();
    return workload ? "accepted" : workload.error().message;
  }

  std::optional<TempFolder> folder_;
  Manifest manifest_;
  json samples_;
};

// What load() makes of a sample, times 32768; empty if it fails.
std::vector<int> loaded(const Workload& workload, std::size_t sample) {
  auto set = TensorSet::create(
      {{.name = "input", .shape = {1, kContext + kChunk}}, {.name = "state", .shape = {1}}});
  EXPECT_TRUE(set);
  if (!workload.load(sample, set->tensors())) return {};
  std::vector<int> numbers;
  for (const float value : set->tensors()[0].as<float>()) numbers.push_back(static_cast<int>(value * 32768));
  return numbers;
}

TEST_F(VoiceActivityTest, ChunksOverlapByTheContextAndStreamsBeginInSilence) {
  const auto workload = make();
  ASSERT_TRUE(workload) << workload.error().message;
  ASSERT_EQ((*workload)->sample_count(), 5U);
  EXPECT_EQ(loaded(**workload, 0), (std::vector<int>{0, 0, 1, 2, 3, 4}));
  EXPECT_EQ(loaded(**workload, 1), (std::vector<int>{3, 4, 5, 6, 7, 8}));
  EXPECT_EQ(loaded(**workload, 2), (std::vector<int>{7, 8, 9, 10, 11, 12}));
  EXPECT_EQ(loaded(**workload, 3), (std::vector<int>{0, 0, 101, 102, 103, 104}));
  EXPECT_EQ(loaded(**workload, 4), (std::vector<int>{103, 104, 105, 106, 107, 108}));
  EXPECT_EQ(loaded(**workload, 1), (std::vector<int>{3, 4, 5, 6, 7, 8}));  // back to the first stream
}

TEST_F(VoiceActivityTest, StreamsStartWhereFilesStart) {
  const auto workload = make();
  ASSERT_TRUE(workload);
  std::string starts;
  for (std::size_t i = 0; i < 5; ++i) starts += (*workload)->starts_stream(i) ? '1' : '0';
  EXPECT_EQ(starts, "10010");
}

TEST_F(VoiceActivityTest, NamesTheSampleSetByItsHash) {
  const auto workload = make();
  ASSERT_TRUE(workload);
  EXPECT_EQ((*workload)->data_sha256(), *sha256_of_file(folder_->path() / "samples.json"));
}

TEST_F(VoiceActivityTest, LoadRefusesASampleOrInputThatIsNotThere) {
  const auto workload = make();
  ASSERT_TRUE(workload);
  EXPECT_TRUE(loaded(**workload, 5).empty());
  for (const TensorSpec& spec :
       {TensorSpec{.name = "audio", .shape = {1, 6}}, TensorSpec{.name = "input", .shape = {1, 7}},
        TensorSpec{.name = "input", .dtype = DType::f64, .shape = {1, 6}}}) {
    auto set = TensorSet::create({spec});
    ASSERT_TRUE(set);
    EXPECT_FALSE((*workload)->load(0, set->tensors()));
  }
}

double grade(const Workload& workload, const std::vector<float>& answers) {
  const auto judge = workload.judge();
  auto set = TensorSet::create({{.name = "output", .shape = {1, 1}}});
  for (std::size_t i = 0; i < answers.size(); ++i) {
    set->tensors()[0].as<float>()[0] = answers[i];
    EXPECT_TRUE(judge->add(i, set->tensors()));
  }
  const auto value = judge->grade();
  return value ? *value : -1;
}

TEST_F(VoiceActivityTest, JudgesByAucAndLeavesUnclearChunksOut) {
  const auto workload = make();
  ASSERT_TRUE(workload);
  EXPECT_EQ(grade(**workload, {0.1F, 0.9F, 0.0F, 0.8F, 0.2F}),
            1.0);  // the third would spoil it, were it judged
  EXPECT_EQ(grade(**workload, {0.1F, 0.9F, 0.0F, 0.8F, 0.85F}), 0.75);
  EXPECT_EQ(grade(**workload, {0.9F, 0.1F, 1.0F, 0.2F, 0.8F}), 0.0);
  EXPECT_EQ(grade(**workload, {std::nanf(""), 0.9F, 0.0F, 0.8F, 0.2F}), 0.5);
}

TEST_F(VoiceActivityTest, JudgeNeedsSpeechAndSilence) {
  const auto workload = make();
  ASSERT_TRUE(workload);
  EXPECT_EQ(grade(**workload, {0.1F}), -1);
}

TEST_F(VoiceActivityTest, JudgeRefusesOtherOutputs) {
  const auto workload = make();
  ASSERT_TRUE(workload);
  const auto judge = (*workload)->judge();
  auto other = TensorSet::create({{.name = "score", .shape = {1, 1}}});
  auto two = TensorSet::create({{.name = "output", .shape = {1, 2}}});
  auto right = TensorSet::create({{.name = "output", .shape = {1, 1}}});
  EXPECT_FALSE(judge->add(0, other->tensors()));
  EXPECT_FALSE(judge->add(0, two->tensors()));
  EXPECT_FALSE(judge->add(5, right->tensors()));
}

TEST_F(VoiceActivityTest, RefusesADamagedManifest) {
  const json good = manifest_.input;
  for (const auto& [key, value] : std::vector<std::pair<std::string, json>>{{"rate_hz", 0},
                                                                            {"rate_hz", "16000"},
                                                                            {"chunk_samples", 0},
                                                                            {"chunk_samples", 1e18},
                                                                            {"chunk_samples", -512},
                                                                            {"context_samples", kChunk + 1},
                                                                            {"context_samples", -1},
                                                                            {"input", ""},
                                                                            {"output", 7}}) {
    manifest_.input = good;
    manifest_.input[key] = value;
    EXPECT_NE(refusal().find(key), std::string::npos) << key << " " << value << ": " << refusal();
  }
  manifest_.input = json();
  EXPECT_NE(refusal(), "accepted");
}

TEST_F(VoiceActivityTest, RefusesAHostileSampleList) {
  const json good = samples_;
  for (const auto& [key, value] :
       std::vector<std::pair<std::string, json>>{{"file", 5},
                                                 {"file", ""},
                                                 {"file", std::string(300, 'a')},
                                                 {"sha256", nullptr},
                                                 {"chunks", ""},
                                                 {"chunks", "012"},
                                                 {"chunks", json::array({1})},
                                                 {"chunks", std::string(100'001, '0')}}) {
    samples_ = good;
    samples_[1][key] = value;
    EXPECT_NE(refusal().find("sample 1"), std::string::npos) << key << ": " << refusal();
  }
  for (const json& bad : {json::array(), json::array({"a.wav"}), json("a.wav"), json()}) {
    samples_ = bad;
    EXPECT_NE(refusal().find("samples.json"), std::string::npos) << refusal();
  }
}

TEST_F(VoiceActivityTest, SaysThatTheWorkloadIsNotFetched) {
  const auto workload = make_voice_activity(manifest_, folder_->path() / "nowhere");
  ASSERT_FALSE(workload);
  EXPECT_EQ(workload.error().kind, ErrorKind::unavailable);
}

std::string load_error(const Workload& workload, std::size_t sample) {
  auto set = TensorSet::create({{.name = "input", .shape = {1, kContext + kChunk}}});
  const auto status = workload.load(sample, set->tensors());
  return status ? "loaded" : status.error().message;
}

TEST_F(VoiceActivityTest, NeverLeavesItsFolder) {
  for (const char* file : {"/etc/passwd", "../a.wav", "x/../../a.wav"}) {
    samples_[0]["file"] = file;
    const auto workload = make();
    ASSERT_TRUE(workload);
    EXPECT_NE(load_error(**workload, 0), "loaded") << file;
  }
}

TEST_F(VoiceActivityTest, ADamagedOrMissingFileFailsItsOwnSamplesOnly) {
  write("b.wav", make_wav(ramp(2 * kChunk, 102)));  // another sound than the list names
  const auto workload = make();
  ASSERT_TRUE(workload);
  EXPECT_EQ(load_error(**workload, 0), "loaded");
  EXPECT_NE(load_error(**workload, 3).find("b.wav"), std::string::npos);
  EXPECT_NE(load_error(**workload, 3).find("fetch"), std::string::npos);
  std::filesystem::remove(folder_->path() / "b.wav");
  EXPECT_NE(load_error(**workload, 3).find("b.wav"), std::string::npos);
  EXPECT_EQ(load_error(**workload, 1), "loaded");
}

TEST_F(VoiceActivityTest, TheSoundMustBeAsLongAsItsTruth) {
  for (const char* chunks : {"01", "01x0"}) {
    samples_[0] = stream("a.wav", ramp(3 * kChunk), chunks);
    const auto workload = make();
    ASSERT_TRUE(workload);
    EXPECT_NE(load_error(**workload, 0).find("a.wav"), std::string::npos) << chunks;
  }
}

TEST_F(VoiceActivityTest, TheSoundMustHaveTheModelsRate) {
  const std::string wav = make_wav(ramp(3 * kChunk), {.rate_hz = 8000});
  write("a.wav", wav);
  samples_[0]["sha256"] = sha256_hex(wav);
  const auto workload = make();
  ASSERT_TRUE(workload);
  EXPECT_NE(load_error(**workload, 0).find("8000"), std::string::npos) << load_error(**workload, 0);
}

}  // namespace
}  // namespace eb
