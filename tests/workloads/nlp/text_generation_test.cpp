#include <gtest/gtest.h>

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

class TextGenerationTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto folder = TempFolder::create();
    ASSERT_TRUE(folder);
    folder_.emplace(*std::move(folder));
    samples_ = json::array({json{{"text", "ab\u00E9d"}, {"language", "fr"}}, json{{"text", "xyz"}}});
    manifest_.info.id = "nlp/test";
    manifest_.data_file = "samples.json";
    manifest_.input = {{"input", "tokens"}, {"output", "logits"}, {"tokens", 1}};
  }

  Result<std::unique_ptr<Workload>> make() const {
    std::ofstream(folder_->path() / "samples.json")
        << json{{"schema", "edgebench.samples/1"}, {"samples", samples_}}.dump();
    return make_text_generation(manifest_, folder_->path());
  }

  std::string refusal() const {
    const auto workload = make();
    return workload ? "accepted" : workload.error().message;
  }

  static std::vector<std::int32_t> loaded(const Workload& workload, std::size_t sample, std::int64_t tokens) {
    auto set = TensorSet::create({{.name = "tokens", .dtype = DType::i32, .shape = {1, tokens}}});
    EXPECT_TRUE(set);
    EXPECT_TRUE(workload.load(sample, set->tensors()));
    const auto numbers = set->tensors()[0].as<std::int32_t>();
    return {numbers.begin(), numbers.end()};
  }

  std::optional<TempFolder> folder_;
  Manifest manifest_;
  json samples_;
};

TEST_F(TextGenerationTest, AByteIsGivenAfterAnotherAndATextIsAStream) {
  const auto workload = make();
  ASSERT_TRUE(workload) << workload.error().message;
  ASSERT_EQ((*workload)->sample_count(), 8U);
  std::vector<std::int32_t> given;
  std::string starts;
  for (std::size_t sample = 0; sample < 8; ++sample) {
    given.push_back(loaded(**workload, sample, 1)[0]);
    starts += (*workload)->starts_stream(sample) ? '1' : '0';
  }
  EXPECT_EQ(given, (std::vector<std::int32_t>{0, 'a', 'b', 0xC3, 0xA9, 0, 'x', 'y'}));
  EXPECT_EQ(starts, "10000100");
}

TEST_F(TextGenerationTest, APromptIsGivenInOnePiece) {
  manifest_.input["tokens"] = 3;
  samples_ = json::array({json{{"text", "abc"}}, json{{"text", "xyz"}}});
  const auto workload = make();
  ASSERT_TRUE(workload) << workload.error().message;
  ASSERT_EQ((*workload)->sample_count(), 2U);
  EXPECT_EQ(loaded(**workload, 1, 3), (std::vector<std::int32_t>{0, 'x', 'y'}));
  EXPECT_TRUE((*workload)->starts_stream(1));
  auto set = TensorSet::create({{.name = "tokens", .dtype = DType::i32, .shape = {1, 3}}});
  EXPECT_FALSE((*workload)->load(2, set->tensors()));
}

TEST_F(TextGenerationTest, JudgesWhatTheNextByteCost) {
  manifest_.input["tokens"] = 3;
  samples_ = json::array({json{{"text", "abc"}}});
  const auto workload = make();
  ASSERT_TRUE(workload);
  const auto judge = (*workload)->judge();
  EXPECT_FALSE(judge->grade());
  auto set = TensorSet::create({{.name = "logits", .shape = {1, 3, 256}}});
  ASSERT_TRUE(set);
  set->tensors()[0].as<float>()[0 * 256 + 'a'] = 1000;  // sure of it
  set->tensors()[0].as<float>()[1 * 256 + 'c'] =
      1000;  // sure, and wrong; of the third it knows nothing: 8 bits
  ASSERT_TRUE(judge->add(0, set->tensors()));
  EXPECT_NEAR(*judge->grade(), (0.0 + 64 + 8) / 3, 1e-9);
  EXPECT_FALSE(judge->add(1, set->tensors()));
  auto other = TensorSet::create({{.name = "logits", .shape = {1, 3, 255}}});
  ASSERT_TRUE(other);
  EXPECT_FALSE(judge->add(0, other->tensors()));
}

TEST_F(TextGenerationTest, BadManifestsAndSamplesAreRefused) {
  const json good = manifest_.input;
  for (const auto& [key, bad] : std::vector<std::pair<std::string, json>>{
           {"tokens", 0}, {"tokens", "1"}, {"input", ""}, {"output", 5}}) {
    manifest_.input = good;
    manifest_.input[key] = bad;
    EXPECT_NE(refusal().find(key), std::string::npos) << refusal();
  }
  manifest_.input = good;
  manifest_.input["tokens"] = 3;
  EXPECT_NE(refusal().find("sample 0: 5 bytes are not whole pieces of 3"), std::string::npos) << refusal();
  for (const json& bad : {json{{"text", ""}}, json{{"text", 5}}, json::object()}) {
    samples_[0] = bad;
    EXPECT_NE(refusal().find("sample 0"), std::string::npos) << refusal();
  }
}

TEST_F(TextGenerationTest, SaysThatTheWorkloadIsNotFetched) {
  const auto workload = make_text_generation(manifest_, folder_->path() / "nowhere");
  ASSERT_FALSE(workload);
  EXPECT_EQ(workload.error().kind, ErrorKind::unavailable);
}

}  // namespace
}  // namespace eb
