#include <gtest/gtest.h>

#include <cmath>
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

constexpr std::int64_t kFeatures = 5;

class LanguageIdTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto folder = TempFolder::create();
    ASSERT_TRUE(folder);
    folder_.emplace(*std::move(folder));
    table_ = {{"schema", "edgebench.ngrams/1"},
              {"labels", {"eng", "deu", "fra"}},
              {"ngrams", {{"a", "b"}, {"ab"}, {"abc"}, {" abc"}}}};
    samples_ = json::array({sample("fra", "abc"), sample("eng", "b-b"), sample("deu", "\u00E9")});
    manifest_.info.id = "nlp/test";
    manifest_.data_file = "samples.json";
    manifest_.input = {{"input", "ngrams"}, {"output", "probabilities"}, {"ngrams", "ngrams.json"}};
  }

  static json sample(const std::string& label, const std::string& text) {
    return {{"label", label}, {"text", text}};
  }

  void write(const std::string& name, std::string_view bytes) const {
    std::ofstream(folder_->path() / name, std::ios::binary) << bytes;
  }

  Result<std::unique_ptr<Workload>> make() {
    write("ngrams.json", table_.dump());
    manifest_.input["ngrams_sha256"] = sha256_hex(table_.dump());
    return make_as_written();
  }

  Result<std::unique_ptr<Workload>> make_as_written() const {
    write("samples.json", json{{"schema", "edgebench.samples/1"}, {"samples", samples_}}.dump());
    return make_language_id(manifest_, folder_->path());
  }

  std::string refusal() {
    const auto workload = make();
    return workload ? "accepted" : workload.error().message;
  }

  std::optional<TempFolder> folder_;
  Manifest manifest_;
  json table_, samples_;
};

TEST_F(LanguageIdTest, LoadsFrequencies) {
  const auto workload = make();
  ASSERT_TRUE(workload) << workload.error().message;
  ASSERT_EQ((*workload)->sample_count(), 3U);
  EXPECT_TRUE((*workload)->starts_stream(1));
  auto set = TensorSet::create({{.name = "ngrams", .shape = {1, kFeatures}}});
  ASSERT_TRUE(set);
  const auto features = set->tensors()[0].as<float>();
  ASSERT_TRUE((*workload)->load(0, set->tensors()));  // " abc "
  EXPECT_EQ(std::vector<float>(features.begin(), features.end()),
            (std::vector<float>{0.2F, 0.2F, 0.25F, 1.0F / 3, 0.5F}));
  ASSERT_TRUE((*workload)->load(1, set->tensors()));  // " b b "
  EXPECT_EQ(std::vector<float>(features.begin(), features.end()), (std::vector<float>{0, 0.4F, 0, 0, 0}));
}

TEST_F(LanguageIdTest, LoadRefusesASampleOrInputThatIsNotThere) {
  const auto workload = make();
  ASSERT_TRUE(workload);
  auto right = TensorSet::create({{.name = "ngrams", .shape = {1, kFeatures}}});
  auto wrong = TensorSet::create({{.name = "ngrams", .shape = {1, kFeatures + 1}}});
  EXPECT_TRUE((*workload)->load(2, right->tensors()));
  EXPECT_FALSE((*workload)->load(3, right->tensors()));
  EXPECT_FALSE((*workload)->load(0, wrong->tensors()));
  EXPECT_FALSE((*workload)->load(0, {}));
}

double grade(const Workload& workload, const std::vector<std::vector<float>>& answers) {
  const auto judge = workload.judge();
  auto set = TensorSet::create({{.name = "probabilities", .shape = {1, 3}}});
  for (std::size_t i = 0; i < answers.size(); ++i) {
    std::copy(answers[i].begin(), answers[i].end(), set->tensors()[0].as<float>().begin());
    EXPECT_TRUE(judge->add(i, set->tensors()));
  }
  const auto value = judge->grade();
  return value ? *value : -1;
}

TEST_F(LanguageIdTest, JudgesTheFirstGuess) {
  const auto workload = make();
  ASSERT_TRUE(workload);
  const std::vector<float> eng = {0.8F, 0.1F, 0.1F};
  const std::vector<float> deu = {0.1F, 0.8F, 0.1F};
  const std::vector<float> fra = {0.1F, 0.1F, 0.8F};
  EXPECT_EQ(grade(**workload, {fra, eng, deu}), 1.0);
  EXPECT_EQ(grade(**workload, {eng, eng, deu}), 2.0 / 3);
  EXPECT_EQ(grade(**workload, {eng, deu, fra}), 0.0);
  EXPECT_EQ(grade(**workload, {}), -1);
}

TEST_F(LanguageIdTest, OfEqualGuessesTheFirstCounts) {
  const auto workload = make();
  ASSERT_TRUE(workload);
  EXPECT_EQ(grade(**workload, {{1, 1, 1}, {1, 1, 1}}), 0.5);  // truth: fra, eng
}

TEST_F(LanguageIdTest, AnAnswerThatIsNoNumberIsWrong) {
  const auto workload = make();
  ASSERT_TRUE(workload);
  const float nan = std::nanf("");
  EXPECT_EQ(grade(**workload, {{0, 0, nan}, {nan, 0, 0}, {nan, nan, nan}}), 0.0);
}

TEST_F(LanguageIdTest, JudgeRefusesOtherOutputs) {
  const auto workload = make();
  ASSERT_TRUE(workload);
  const auto judge = (*workload)->judge();
  auto two = TensorSet::create({{.name = "probabilities", .shape = {1, 2}}});
  auto right = TensorSet::create({{.name = "probabilities", .shape = {1, 3}}});
  EXPECT_FALSE(judge->add(0, two->tensors()));
  EXPECT_FALSE(judge->add(0, {}));
  EXPECT_FALSE(judge->add(3, right->tensors()));
}

TEST_F(LanguageIdTest, TheTableIsPinnedByTheManifest) {
  ASSERT_TRUE(make());
  table_["labels"] = {"deu", "eng", "fra"};  // the same size, another meaning
  write("ngrams.json", table_.dump());
  const auto workload = make_as_written();
  ASSERT_FALSE(workload);
  EXPECT_NE(workload.error().message.find("ngrams.json"), std::string::npos) << workload.error().message;
}

TEST_F(LanguageIdTest, RefusesADamagedTable) {
  table_["ngrams"] = {{"a"}};
  EXPECT_NE(refusal().find("ngrams.json"), std::string::npos) << refusal();
  std::filesystem::remove(folder_->path() / "ngrams.json");
  EXPECT_FALSE(make_as_written());
}

TEST_F(LanguageIdTest, TheTableMustLieInTheFolder) {
  for (const char* name : {"/etc/passwd", "../ngrams.json", ""}) {
    manifest_.input["ngrams"] = name;
    EXPECT_NE(refusal(), "accepted") << name;
  }
}

TEST_F(LanguageIdTest, RefusesADamagedManifest) {
  const json good = manifest_.input;
  for (const char* key : {"input", "output", "ngrams"}) {
    manifest_.input = good;
    manifest_.input.erase(key);
    EXPECT_NE(refusal().find(key), std::string::npos) << refusal();
  }
  manifest_.input = json(7);
  EXPECT_FALSE(make_as_written());
}

TEST_F(LanguageIdTest, RefusesAHostileSampleList) {
  const json good = samples_;
  for (const json& bad :
       {sample("xxx", "text"), sample("eng", ""), json{{"label", "eng"}}, json{{"label", "eng"}, {"text", 5}},
        json{{"text", "text"}}, sample("eng", std::string((1 << 20) + 1, 'a'))}) {
    samples_ = good;
    samples_[1] = bad;
    EXPECT_NE(refusal().find("sample 1"), std::string::npos) << refusal();
  }
  for (const json& bad : {json::array(), json::array({"text"}), json("text"), json()}) {
    samples_ = bad;
    EXPECT_NE(refusal().find("samples.json"), std::string::npos) << refusal();
  }
}

TEST_F(LanguageIdTest, SaysThatTheWorkloadIsNotFetched) {
  const auto workload = make_language_id(manifest_, folder_->path() / "nowhere");
  ASSERT_FALSE(workload);
  EXPECT_EQ(workload.error().kind, ErrorKind::unavailable);
}

}  // namespace
}  // namespace eb
