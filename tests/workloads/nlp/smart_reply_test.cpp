#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "harness/base/files.h"
#include "workloads/nlp/nlp.h"
#include "workloads/nlp/word_buckets.h"

namespace eb {
namespace {

using nlohmann::json;

constexpr std::int64_t kMessages = 3, kSlots = 4, kBuckets = 100;

class SmartReplyTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto folder = TempFolder::create();
    ASSERT_TRUE(folder);
    folder_.emplace(*std::move(folder));
    samples_ = json::array({json{{"messages", {"hello there", "how are you"}}, {"reply", "Fine."}},
                            json{{"messages", {"one", "two", "three", "four"}}, {"reply", "Yes."}}});
    replies_ = {{"replies", {"Yes.", "No.", "Fine."}}};
    manifest_.info.id = "nlp/test";
    manifest_.data_file = "samples.json";
    manifest_.input = {{"input", "tokens"}, {"output", "scores"},  {"messages", kMessages},
                       {"slots", kSlots},   {"buckets", kBuckets}, {"replies", "replies.json"}};
  }

  Result<std::unique_ptr<Workload>> make() {
    const std::string text = replies_.dump();
    std::ofstream(folder_->path() / "replies.json") << text;
    json& input = manifest_.input;
    if (!input.contains("replies_sha256")) input["replies_sha256"] = sha256_hex(text);
    std::ofstream(folder_->path() / "samples.json")
        << json{{"schema", "edgebench.samples/1"}, {"samples", samples_}}.dump();
    return make_smart_reply(manifest_, folder_->path());
  }

  std::string refusal() {
    const auto workload = make();
    return workload ? "accepted" : workload.error().message;
  }

  // Rows of a message each.
  static std::vector<std::vector<std::int32_t>> loaded(const Workload& workload, std::size_t sample) {
    auto set = TensorSet::create({{.name = "tokens", .dtype = DType::i32, .shape = {1, kMessages * kSlots}}});
    EXPECT_TRUE(set);
    const auto numbers = set->tensors()[0].as<std::int32_t>();
    std::fill(numbers.begin(), numbers.end(), -1);
    EXPECT_TRUE(workload.load(sample, set->tensors()));
    std::vector<std::vector<std::int32_t>> rows;
    for (std::size_t at = 0; at < numbers.size(); at += kSlots)
      rows.emplace_back(numbers.begin() + static_cast<std::ptrdiff_t>(at),
                        numbers.begin() + static_cast<std::ptrdiff_t>(at + kSlots));
    return rows;
  }

  static std::vector<std::int32_t> row(std::string_view text) {
    std::vector<std::int32_t> numbers(kSlots);
    number_words(text, kBuckets, numbers);
    return numbers;
  }

  std::optional<TempFolder> folder_;
  Manifest manifest_;
  json samples_, replies_;
};

TEST_F(SmartReplyTest, TheLastMessageIsLast) {
  const auto workload = make();
  ASSERT_TRUE(workload) << workload.error().message;
  ASSERT_EQ((*workload)->sample_count(), 2U);
  using Rows = std::vector<std::vector<std::int32_t>>;
  EXPECT_EQ(loaded(**workload, 0), (Rows{row(""), row("hello there"), row("how are you")}));
  EXPECT_EQ(loaded(**workload, 1), (Rows{row("two"), row("three"), row("four")}));
  auto other = TensorSet::create({{.name = "tokens", .dtype = DType::i32, .shape = {1, kSlots}}});
  ASSERT_TRUE(other);
  EXPECT_FALSE((*workload)->load(0, other->tensors()));
  EXPECT_FALSE((*workload)->load(2, other->tensors()));
}

TEST_F(SmartReplyTest, JudgesByTheShareOfRightReplies) {
  const auto workload = make();
  ASSERT_TRUE(workload) << workload.error().message;
  const auto judge = (*workload)->judge();
  EXPECT_FALSE(judge->grade());
  auto set = TensorSet::create({{.name = "scores", .shape = {1, 3}}});
  ASSERT_TRUE(set);
  set->tensors()[0].as<float>()[2] = 1;
  ASSERT_TRUE(judge->add(0, set->tensors()));
  EXPECT_EQ(*judge->grade(), 1.0);
  ASSERT_TRUE(judge->add(1, set->tensors()));
  EXPECT_EQ(*judge->grade(), 0.5);
  auto other = TensorSet::create({{.name = "scores", .shape = {1, 4}}});
  ASSERT_TRUE(other);
  EXPECT_FALSE(judge->add(0, other->tensors()));
}

TEST_F(SmartReplyTest, BadManifestsAndSamplesAreRefused) {
  const json good = manifest_.input;
  for (const auto& [key, bad] : std::vector<std::pair<std::string, json>>{{"messages", 0},
                                                                          {"slots", 1},
                                                                          {"buckets", 1},
                                                                          {"buckets", "7"},
                                                                          {"input", ""},
                                                                          {"output", 5},
                                                                          {"replies", 5},
                                                                          {"replies_sha256", ""}}) {
    manifest_.input = good;
    manifest_.input[key] = bad;
    EXPECT_NE(refusal().find(key), std::string::npos) << refusal();
  }
  manifest_.input = good;
  const json whole = samples_[1];
  for (const json& bad :
       {json{{"messages", json::array()}, {"reply", "Yes."}}, json{{"messages", {1}}, {"reply", "Yes."}},
        json{{"messages", {"a"}}, {"reply", "Perhaps."}}, json{{"messages", {"a"}}}, json::object()}) {
    samples_[1] = bad;
    EXPECT_NE(refusal().find("sample 1"), std::string::npos) << refusal();
  }
  samples_[1] = whole;
  for (const json& bad : {json{{"replies", json::array()}}, json::object(), json::array()}) {
    replies_ = bad;
    manifest_.input.erase("replies_sha256");
    EXPECT_NE(refusal().find("replies.json"), std::string::npos) << refusal();
  }
}

TEST_F(SmartReplyTest, OtherRepliesThanThoseOfTheManifestAreRefused) {
  ASSERT_TRUE(make());
  replies_["replies"][0] = "Maybe.";
  EXPECT_FALSE(make());
}

TEST_F(SmartReplyTest, SaysThatTheWorkloadIsNotFetched) {
  const auto workload = make_smart_reply(manifest_, folder_->path() / "nowhere");
  ASSERT_FALSE(workload);
}

}  // namespace
}  // namespace eb
