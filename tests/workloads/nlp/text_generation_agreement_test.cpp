#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "harness/base/files.h"
#include "workloads/nlp/nlp.h"

namespace eb {
namespace {

using nlohmann::json;

// A vocabulary of 5, of which the logits 0, 2 and 4 are judged.
class TextGenerationAgreementTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto folder = TempFolder::create();
    ASSERT_TRUE(folder);
    folder_.emplace(*std::move(folder));
    samples_ = json::array({json{{"tokens", {1, 2, 3, 4}}}, json{{"tokens", {0, 1}}}});
    answers_ = {1, 2, 3, 4, 5, 6, 9, 8, 7};
    manifest_.info.id = "nlp/test";
    manifest_.data_file = "samples.json";
    manifest_.input = {{"input", "tokens"}, {"output", "logits"}, {"tokens", 2},
                       {"vocabulary", 5},   {"judged_every", 2},  {"answers", "answers.f32"}};
  }

  Result<std::unique_ptr<Workload>> make() {
    const std::string bytes(reinterpret_cast<const char*>(answers_.data()), answers_.size() * sizeof(float));
    std::ofstream(folder_->path() / "answers.f32", std::ios::binary) << bytes;
    if (!manifest_.input.contains("answers_sha256")) manifest_.input["answers_sha256"] = sha256_hex(bytes);
    std::ofstream(folder_->path() / "samples.json")
        << json{{"schema", "edgebench.samples/1"}, {"samples", samples_}}.dump();
    return make_text_generation_agreement(manifest_, folder_->path());
  }

  std::string refusal() {
    const auto workload = make();
    return workload ? "accepted" : workload.error().message;
  }

  std::optional<TempFolder> folder_;
  Manifest manifest_;
  json samples_;
  std::vector<float> answers_;
};

TEST_F(TextGenerationAgreementTest, ATextIsAStreamOfPieces) {
  const auto workload = make();
  ASSERT_TRUE(workload) << workload.error().message;
  ASSERT_EQ((*workload)->sample_count(), 3U);
  auto set = TensorSet::create({{.name = "tokens", .dtype = DType::i32, .shape = {1, 2}}});
  ASSERT_TRUE(set);
  std::vector<std::int32_t> given;
  std::string starts;
  for (std::size_t sample = 0; sample < 3; ++sample) {
    ASSERT_TRUE((*workload)->load(sample, set->tensors()));
    const auto numbers = set->tensors()[0].as<std::int32_t>();
    given.insert(given.end(), numbers.begin(), numbers.end());
    starts += (*workload)->starts_stream(sample) ? '1' : '0';
  }
  EXPECT_EQ(given, (std::vector<std::int32_t>{1, 2, 3, 4, 0, 1}));
  EXPECT_EQ(starts, "101");
  EXPECT_FALSE((*workload)->load(3, set->tensors()));
  EXPECT_FALSE((*workload)->load(0, {}));
}

TEST_F(TextGenerationAgreementTest, OnlyWhatTheReferenceHasIsJudged) {
  const auto workload = make();
  ASSERT_TRUE(workload) << workload.error().message;
  auto set = TensorSet::create({{.name = "logits", .shape = {1, 5}}});
  ASSERT_TRUE(set);
  const auto logits = set->tensors()[0].as<float>();
  const auto judge = (*workload)->judge();
  const auto worse = (*workload)->judge();
  EXPECT_FALSE(judge->grade());
  for (std::size_t sample = 0; sample < 3; ++sample) {
    std::fill(logits.begin(), logits.end(), 1e6F);
    for (std::size_t i = 0; i < 3; ++i) logits[2 * i] = answers_[3 * sample + i];
    ASSERT_TRUE(judge->add(sample, set->tensors()));
    logits[4] += 3;
    ASSERT_TRUE(worse->add(sample, set->tensors()));
  }
  EXPECT_GT(*judge->grade(), 150);
  EXPECT_LT(*worse->grade(), 10);
  EXPECT_FALSE(judge->add(3, set->tensors()));
  auto other = TensorSet::create({{.name = "logits", .shape = {1, 4}}});
  ASSERT_TRUE(other);
  EXPECT_FALSE(judge->add(0, other->tensors()));
}

TEST_F(TextGenerationAgreementTest, BadManifestsAndSamplesAreRefused) {
  const json good = manifest_.input;
  for (const auto& [key, bad] : std::vector<std::pair<std::string, json>>{{"input", ""},
                                                                          {"output", 5},
                                                                          {"tokens", 0},
                                                                          {"vocabulary", 0},
                                                                          {"judged_every", 0},
                                                                          {"judged_every", 6},
                                                                          {"answers", 5},
                                                                          {"answers_sha256", ""}}) {
    manifest_.input = good;
    manifest_.input[key] = bad;
    EXPECT_NE(refusal().find(key), std::string::npos) << refusal();
  }
  manifest_.input = good;
  for (const json& bad : {json{{"tokens", {5, 0}}}, json{{"tokens", {1, 2, 3}}}, json::object()}) {
    samples_[1] = bad;
    EXPECT_NE(refusal().find("sample 1"), std::string::npos) << refusal();
  }
}

TEST_F(TextGenerationAgreementTest, AnswersOfAnotherNumberAreRefused) {
  answers_.pop_back();
  EXPECT_NE(refusal().find("answers.f32"), std::string::npos) << refusal();
}

TEST_F(TextGenerationAgreementTest, SaysThatTheWorkloadIsNotFetched) {
  EXPECT_FALSE(make_text_generation_agreement(manifest_, folder_->path() / "nowhere"));
}

}  // namespace
}  // namespace eb
