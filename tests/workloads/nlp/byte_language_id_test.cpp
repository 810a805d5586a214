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

constexpr std::int64_t kBytes = 6;

class ByteLanguageIdTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto folder = TempFolder::create();
    ASSERT_TRUE(folder);
    folder_.emplace(*std::move(folder));
    samples_ = json::array({sample("fr", "abc"), sample("en", "\u00E9"), sample("de", "longer text")});
    manifest_.info.id = "nlp/test";
    manifest_.data_file = "samples.json";
    manifest_.input = {
        {"input", "tokens"}, {"output", "logits"}, {"bytes", kBytes}, {"labels", {"en", "de", "fr"}}};
  }

  static json sample(const std::string& label, const std::string& text) {
    return {{"label", label}, {"text", text}};
  }

  Result<std::unique_ptr<Workload>> make() const {
    std::ofstream(folder_->path() / "samples.json")
        << json{{"schema", "edgebench.samples/1"}, {"samples", samples_}}.dump();
    return make_byte_language_id(manifest_, folder_->path());
  }

  std::string refusal() const {
    const auto workload = make();
    return workload ? "accepted" : workload.error().message;
  }

  std::optional<TempFolder> folder_;
  Manifest manifest_;
  json samples_;
};

TEST_F(ByteLanguageIdTest, LoadsBytesAndNothingBehindThem) {
  const auto workload = make();
  ASSERT_TRUE(workload) << workload.error().message;
  ASSERT_EQ((*workload)->sample_count(), 3U);
  auto set = TensorSet::create({{.name = "tokens", .dtype = DType::i32, .shape = {1, kBytes}}});
  ASSERT_TRUE(set);
  const auto loaded = [&](std::size_t sample) {
    const auto tokens = set->tensors()[0].as<std::int32_t>();
    std::fill(tokens.begin(), tokens.end(), -1);
    EXPECT_TRUE((*workload)->load(sample, set->tensors()));
    return std::vector<std::int32_t>(tokens.begin(), tokens.end());
  };
  EXPECT_EQ(loaded(0), (std::vector<std::int32_t>{'a', 'b', 'c', 0, 0, 0}));
  EXPECT_EQ(loaded(1), (std::vector<std::int32_t>{0xC3, 0xA9, 0, 0, 0, 0}));
  EXPECT_EQ(loaded(2), (std::vector<std::int32_t>{'l', 'o', 'n', 'g', 'e', 'r'}));
  EXPECT_FALSE((*workload)->load(3, set->tensors()));
}

TEST_F(ByteLanguageIdTest, TakesNoOtherInput) {
  const auto workload = make();
  ASSERT_TRUE(workload);
  for (const TensorSpec& spec : {TensorSpec{.name = "tokens", .dtype = DType::i32, .shape = {1, kBytes + 1}},
                                 TensorSpec{.name = "tokens", .dtype = DType::f32, .shape = {1, kBytes}},
                                 TensorSpec{.name = "x", .dtype = DType::i32, .shape = {1, kBytes}}}) {
    auto set = TensorSet::create({spec});
    ASSERT_TRUE(set);
    EXPECT_FALSE((*workload)->load(0, set->tensors()));
  }
}

TEST_F(ByteLanguageIdTest, JudgesByTheFirstGuess) {
  const auto workload = make();
  ASSERT_TRUE(workload);
  const auto judge = (*workload)->judge();
  for (std::size_t sample = 0; sample < 3; ++sample) {
    auto set = TensorSet::create({{.name = "logits", .shape = {1, 3}}});
    ASSERT_TRUE(set);
    set->tensors()[0].as<float>()[2] = 1;  // "fr"
    ASSERT_TRUE(judge->add(sample, set->tensors()));
  }
  EXPECT_NEAR(*judge->grade(), 1.0 / 3, 1e-12);
}

TEST_F(ByteLanguageIdTest, BadManifestsAreRefused) {
  const json good = manifest_.input;
  for (const auto& [key, bad] : std::vector<std::pair<std::string, json>>{
           {"bytes", 0}, {"bytes", "6"}, {"labels", json::array()}, {"input", ""}, {"output", 5}}) {
    manifest_.input = good;
    manifest_.input[key] = bad;
    EXPECT_NE(refusal().find(key), std::string::npos) << refusal();
  }
}

TEST_F(ByteLanguageIdTest, BadSamplesAreNamed) {
  const json good = samples_;
  for (const json& bad :
       {sample("xx", "text"), sample("en", ""), json{{"label", "en"}}, json{{"text", "text"}}}) {
    samples_ = good;
    samples_[1] = bad;
    EXPECT_NE(refusal().find("sample 1"), std::string::npos) << refusal();
  }
}

TEST_F(ByteLanguageIdTest, SaysThatTheWorkloadIsNotFetched) {
  const auto workload = make_byte_language_id(manifest_, folder_->path() / "nowhere");
  ASSERT_FALSE(workload);
  EXPECT_EQ(workload.error().kind, ErrorKind::unavailable);
}

}  // namespace
}  // namespace eb
