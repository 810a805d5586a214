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

constexpr std::int64_t kTokens = 5;

class QuestionAnsweringTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto folder = TempFolder::create();
    ASSERT_TRUE(folder);
    folder_.emplace(*std::move(folder));
    samples_ = json::array(
        {json{{"tokens", {7, 8, 9}}, {"question", 1}}, json{{"tokens", {1, 2, 3, 4, 5}}, {"question", 2}}});
    for (int i = 0; i < 2 * kTokens * 2; ++i) answers_.push_back(static_cast<float>(i * i));
    manifest_.info.id = "nlp/test";
    manifest_.data_file = "samples.json";
    manifest_.input = {{"tokens_input", "tokens"}, {"segments_input", "segments"},
                       {"mask_input", "mask"},     {"output", "logits"},
                       {"tokens", kTokens},        {"vocabulary", 10},
                       {"answers", "answers.f32"}};
  }

  Result<std::unique_ptr<Workload>> make() {
    const std::string bytes(reinterpret_cast<const char*>(answers_.data()), answers_.size() * sizeof(float));
    std::ofstream(folder_->path() / "answers.f32", std::ios::binary) << bytes;
    if (!manifest_.input.contains("answers_sha256")) manifest_.input["answers_sha256"] = sha256_hex(bytes);
    std::ofstream(folder_->path() / "samples.json")
        << json{{"schema", "edgebench.samples/1"}, {"samples", samples_}}.dump();
    return make_question_answering(manifest_, folder_->path());
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

TEST_F(QuestionAnsweringTest, LoadsTokensSegmentsAndMask) {
  const auto workload = make();
  ASSERT_TRUE(workload) << workload.error().message;
  ASSERT_EQ((*workload)->sample_count(), 2U);
  std::vector<TensorSpec> specs;
  for (const char* name : {"tokens", "segments", "mask"})
    specs.push_back({.name = name, .dtype = DType::i32, .shape = {1, kTokens}});
  auto set = TensorSet::create(specs);
  ASSERT_TRUE(set);
  const auto loaded = [&](std::size_t tensor) {
    const auto numbers = set->tensors()[tensor].as<std::int32_t>();
    return std::vector<std::int32_t>(numbers.begin(), numbers.end());
  };
  ASSERT_TRUE((*workload)->load(1, set->tensors()));
  EXPECT_EQ(loaded(1), (std::vector<std::int32_t>{0, 0, 1, 1, 1}));
  ASSERT_TRUE((*workload)->load(0, set->tensors()));
  EXPECT_EQ(loaded(0), (std::vector<std::int32_t>{7, 8, 9, 0, 0}));
  EXPECT_EQ(loaded(1), (std::vector<std::int32_t>{0, 1, 1, 0, 0}));
  EXPECT_EQ(loaded(2), (std::vector<std::int32_t>{1, 1, 1, 0, 0}));
  EXPECT_FALSE((*workload)->load(2, set->tensors()));
  EXPECT_FALSE((*workload)->load(0, set->tensors().first(2)));
}

TEST_F(QuestionAnsweringTest, TheReferenceItselfIsTheBestAnswer) {
  const auto workload = make();
  ASSERT_TRUE(workload);
  const auto judge = (*workload)->judge();
  auto set = TensorSet::create({{.name = "logits", .shape = {1, kTokens, 2}}});
  ASSERT_TRUE(set);
  for (std::size_t sample = 0; sample < 2; ++sample) {
    const auto from = answers_.begin() + static_cast<std::ptrdiff_t>(sample * kTokens * 2);
    std::copy(from, from + kTokens * 2, set->tensors()[0].as<float>().begin());
    ASSERT_TRUE(judge->add(sample, set->tensors()));
  }
  EXPECT_EQ(*judge->grade(), 200);
}

TEST_F(QuestionAnsweringTest, BadManifestsAreRefused) {
  const json good = manifest_.input;
  for (const auto& [key, bad] : std::vector<std::pair<std::string, json>>{{"tokens", 0},
                                                                          {"vocabulary", "many"},
                                                                          {"tokens_input", ""},
                                                                          {"segments_input", 1},
                                                                          {"mask_input", json()},
                                                                          {"output", ""},
                                                                          {"answers", "../answers.f32"},
                                                                          {"answers_sha256", "abc"}}) {
    manifest_.input = good;
    manifest_.input[key] = bad;
    EXPECT_NE(refusal(), "accepted") << key;
  }
}

TEST_F(QuestionAnsweringTest, BadSamplesAreNamed) {
  for (const json& bad :
       {json{{"question", 0}}, json{{"tokens", json::array()}, {"question", 0}},
        json{{"tokens", {1, 2, 3, 4, 5, 6}}, {"question", 0}}, json{{"tokens", {10}}, {"question", 0}},
        json{{"tokens", {-1}}, {"question", 0}}, json{{"tokens", {"a"}}, {"question", 0}},
        json{{"tokens", {1}}, {"question", 2}}, json{{"tokens", {1}}}}) {
    samples_[1] = bad;
    EXPECT_NE(refusal().find("sample 1"), std::string::npos) << refusal();
  }
}

TEST_F(QuestionAnsweringTest, AnswersAreAsManyAsQuestions) {
  answers_.pop_back();
  EXPECT_NE(refusal().find("answers.f32: has 76 bytes where 80 are due"), std::string::npos) << refusal();
}

TEST_F(QuestionAnsweringTest, SaysThatTheWorkloadIsNotFetched) {
  manifest_.input["answers_sha256"] = std::string(64, '0');
  const auto workload = make_question_answering(manifest_, folder_->path() / "nowhere");
  ASSERT_FALSE(workload);
  EXPECT_EQ(workload.error().kind, ErrorKind::unavailable);
}

}  // namespace
}  // namespace eb
