#include "workloads/manifest.h"

#include <gtest/gtest.h>

#include "harness/base/files.h"
#include "tests/support/tree.h"

namespace eb {
namespace {

using test::problem;
using test::Tree;
using Json = nlohmann::json;

const std::string kHash(64, 'a');

Json good_manifest() {
  return {{"schema", "edgebench.workload/1"},
          {"id", "vision/face-detection"},
          {"task", "face-detection"},
          {"title", "Face detection"},
          {"licence", "Apache-2.0"},
          {"models", {{"fp32", {{"file", "model.onnx"}, {"sha256", kHash}}}}},
          {"data", {{"file", "samples.json"}, {"sha256", std::string(64, 'b')}}},
          {"metric", "average-precision-50"},
          {"target", 0.95}};
}

Result<Manifest> parse(const Json& json) {
  return parse_manifest(json.dump(), "zoo/face.json");
}

TEST(ParseManifest, TakesWhatIsNeededAndHasDefaultsForTheRest) {
  const auto manifest = parse(good_manifest());
  ASSERT_TRUE(manifest) << manifest.error().message;
  const WorkloadInfo& info = manifest->info;
  EXPECT_EQ(info.id, "vision/face-detection");
  EXPECT_EQ(info.task, "face-detection");
  EXPECT_EQ(info.title, "Face detection");
  EXPECT_EQ(info.licence, "Apache-2.0");
  ASSERT_EQ(info.models.size(), 1u);
  EXPECT_EQ(info.models.at("fp32").path, "model.onnx");
  EXPECT_EQ(info.models.at("fp32").sha256, kHash);
  EXPECT_EQ(info.metric, "average-precision-50");
  EXPECT_EQ(info.target, 0.95);
  EXPECT_FALSE(info.lower_is_better);
  EXPECT_EQ(info.quality_basis, "ground-truth");
  EXPECT_EQ(info.data_sha256, std::string(64, 'b'));
  EXPECT_EQ(manifest->data_file, "samples.json");
  EXPECT_TRUE(info.state.empty());
  EXPECT_TRUE(info.dims.empty());
  EXPECT_TRUE(info.batch_dim.empty());
  EXPECT_FALSE(info.sample_ms);
  EXPECT_FALSE(info.is_user_model);
  EXPECT_TRUE(manifest->input.is_object());
}

TEST(ParseManifest, TakesWhatSomeWorkloadsSay) {
  Json json = good_manifest();
  json["models"]["int8"] = {{"file", "int8/model.onnx"}, {"sha256", kHash}};
  json["state"] = {{{"output", "stateN"}, {"input", "state"}}, {{"output", "c"}, {"input", "h"}}};
  json["dims"] = {{"batch", 1}, {"width", 320}};
  json["batch_dim"] = "n";
  json["sample_ms"] = 32;
  json["better"] = "lower";
  json["quality_basis"] = "agreement";
  json["input"] = {{"size", 256}, {"mean", {0.5, 0.25}}};
  const auto manifest = parse(json);
  ASSERT_TRUE(manifest) << manifest.error().message;
  EXPECT_EQ(manifest->info.models.size(), 2u);
  ASSERT_EQ(manifest->info.state.size(), 2u);
  EXPECT_EQ(manifest->info.state[0].output, "stateN");
  EXPECT_EQ(manifest->info.state[0].input, "state");
  EXPECT_EQ(manifest->info.dims.at("width"), 320);
  EXPECT_EQ(manifest->info.batch_dim, "n");
  EXPECT_EQ(manifest->info.sample_ms, 32);
  EXPECT_TRUE(manifest->info.lower_is_better);
  EXPECT_EQ(manifest->info.quality_basis, "agreement");
  EXPECT_EQ(manifest->input["size"], 256);
}

TEST(ParseManifest, LicencesOfSourcesServeWhereThereIsNoneOfItsOwn) {
  Json json = good_manifest();
  json.erase("licence");
  json["sources"] = {{{"npm", "a@1"}, {"licence", "MIT"}},
                     {{"deb", "b"}, {"licence", "public domain"}},
                     {{"deb", "c"}, {"licence", "MIT"}},
                     {{"deb", "d"}}};
  EXPECT_EQ(parse(json)->info.licence, "MIT; public domain");
  json["sources"] = Json::array();
  EXPECT_FALSE(parse(json));
}

TEST(ParseManifest, ATargetCanDependOnThePrecisionOfTheComputation) {
  Json json = good_manifest();
  json["targets"] = {{"fp16", 0.9}};
  const auto manifest = parse(json);
  ASSERT_TRUE(manifest) << manifest.error().message;
  EXPECT_EQ(target_of(manifest->info, "fp16"), 0.9);
  EXPECT_EQ(target_of(manifest->info, "fp32"), 0.95);
  EXPECT_EQ(target_of(manifest->info, ""), 0.95);
  for (const Json& wrong : {Json(0.9), Json::array({0.9}), Json{{"fp16", "0.9"}}, Json{{"fp16", nullptr}}}) {
    json["targets"] = wrong;
    const auto refused = parse(json);
    ASSERT_FALSE(refused) << wrong.dump();
    EXPECT_NE(refused.error().message.find("targets must be numbers by precision"), std::string::npos);
  }
}

TEST(ParseManifest, AVariantNamesAnotherWorkload) {
  Json json = good_manifest();
  EXPECT_EQ(parse(json)->info.variant_of, "");
  json["variant_of"] = "vision/teacher";
  const auto manifest = parse(json);
  ASSERT_TRUE(manifest) << manifest.error().message;
  EXPECT_EQ(manifest->info.variant_of, "vision/teacher");
  for (const Json& wrong :
       {Json("vision/face-detection"), Json("teacher"), Json(""), Json(7), Json(nullptr)}) {
    json["variant_of"] = wrong;
    const auto refused = parse(json);
    ASSERT_FALSE(refused) << wrong.dump();
    EXPECT_NE(refused.error().message.find("variant_of must be"), std::string::npos);
  }
}

TEST(ParseManifest, WhatIsMissingIsNamedWithTheFile) {
  const std::pair<const char*, const char*> needed[] = {{"schema", "its schema is not edgebench.workload/1"},
                                                        {"id", "its id is not of the form group/name"},
                                                        {"task", "task, title or licence is missing"},
                                                        {"title", "task, title or licence is missing"},
                                                        {"licence", "task, title or licence is missing"},
                                                        {"models", "models needs a file and a sha256"},
                                                        {"metric", "metric or target is missing"},
                                                        {"target", "metric or target is missing"},
                                                        {"data", "data needs a file"}};
  for (const auto& [key, why] : needed) {
    Json json = good_manifest();
    json.erase(key);
    for (const Json& wrong : {Json(), Json(nullptr), Json(7), Json::array()}) {
      if (!wrong.is_null() || json.contains(key)) json[key] = wrong;
      if (std::string_view(key) == "target" && wrong.is_number()) continue;
      const auto manifest = parse(json);
      ASSERT_FALSE(manifest) << key << " = " << wrong.dump();
      EXPECT_EQ(manifest.error().kind, ErrorKind::invalid);
      EXPECT_TRUE(manifest.error().message.starts_with("manifest zoo/face.json: "))
          << manifest.error().message;
      EXPECT_NE(manifest.error().message.find(why), std::string::npos) << manifest.error().message;
    }
  }
}

TEST(ParseManifest, WhatIsNoManifestIsAnError) {
  for (const char* text : {"", "[]", "null", "{", "\"x\"", "{\"schema\":\"edgebench.workload/2\"}"})
    EXPECT_EQ(parse_manifest(text, "f").error().kind, ErrorKind::invalid) << text;
  EXPECT_FALSE(parse_manifest(std::string(200'000, '['), "f"));
}

TEST(ParseManifest, DeepNestingIsRefused) {
  Json json = good_manifest();
  json["input"] = {{"deep", "HERE"}};
  std::string text = json.dump();
  text.replace(text.find("\"HERE\""), 6, std::string(200'000, '[') + std::string(200'000, ']'));
  EXPECT_FALSE(parse_manifest(text, "f"));
}

TEST(ParseManifest, AnIdCannotLeaveTheModelsFolder) {
  for (const char* id : {"", "vision", "vision/", "/face", "a/b/c", "../face", "vision/..", "./..",
                         "Vision/Face", "vision/face detection", "vision\\face", "vision/fa\nce", "vi/ü"}) {
    Json json = good_manifest();
    json["id"] = id;
    EXPECT_FALSE(parse(json)) << id;
  }
}

TEST(ParseManifest, EveryModelNeedsAFileAndAHash) {
  for (const Json& models :
       {Json::object(), Json{{"fp32", "model.onnx"}}, Json{{"fp32", {{"file", "m.onnx"}}}},
        Json{{"fp32", {{"file", ""}, {"sha256", kHash}}}},
        Json{{"fp32", {{"file", "m.onnx"}, {"sha256", "abc"}}}},
        Json{{"fp32", {{"file", "m.onnx"}, {"sha256", kHash}}}, {"int8", {{"sha256", kHash}}}}}) {
    Json json = good_manifest();
    json["models"] = models;
    EXPECT_FALSE(parse(json)) << models.dump();
  }
}

TEST(ParseManifest, FilesWithAnAddressAreListed) {
  Json json = good_manifest();
  EXPECT_TRUE(parse(json)->downloads.empty());
  json["models"]["fp32"]["url"] = "https://models.example/net.onnx";
  json["data"]["url"] = "http://127.0.0.1:8000/samples.json";
  json["data"]["sha256"] = kHash;
  json["files"] = {{{"url", "https://models.example/words.txt"}, {"file", "words.txt"}, {"sha256", kHash}}};
  const auto manifest = parse(json);
  ASSERT_EQ(problem(manifest), "");
  ASSERT_EQ(manifest->downloads.size(), 3u);
  EXPECT_EQ(manifest->downloads[0].url, "https://models.example/net.onnx");
  EXPECT_EQ(manifest->downloads[0].file, json["models"]["fp32"]["file"]);
  EXPECT_EQ(manifest->downloads[2].file, "words.txt");
}

TEST(ParseManifest, AnAddressMustBeSafeAndItsFilePinned) {
  for (const Json& url :
       {Json("http://models.example/net.onnx"), Json("ftp://models.example/x"), Json("file:///x"),
        Json("https://models.example/a b"), Json("http://127.0.0.1.example/x"), Json(1), Json("")}) {
    Json json = good_manifest();
    json["models"]["fp32"]["url"] = url;
    EXPECT_FALSE(parse(json)) << url;
  }
  Json json = good_manifest();
  json["files"] = {{{"url", "https://models.example/words.txt"}, {"file", "words.txt"}}};
  EXPECT_FALSE(parse(json)) << "without a hash";
  json["files"] = {1};
  EXPECT_FALSE(parse(json));
}

TEST(ParseManifest, StateDimensionsAndSampleLengthAreChecked) {
  const std::pair<const char*, Json> cases[] = {{"state", Json::object()},
                                                {"state", {1}},
                                                {"state", {{{"output", "a"}}}},
                                                {"state", {{{"output", "a"}, {"input", ""}}}},
                                                {"dims", Json::array()},
                                                {"dims", {{"n", 0}}},
                                                {"dims", {{"n", -1}}},
                                                {"dims", {{"n", 1.5}}},
                                                {"dims", {{"n", "2"}}},
                                                {"dims", {{"n", 18446744073709551615ull}}},
                                                {"sample_ms", 0},
                                                {"sample_ms", -32},
                                                {"sample_ms", "32"}};
  for (const auto& [key, value] : cases) {
    Json json = good_manifest();
    json[key] = value;
    EXPECT_FALSE(parse(json)) << key << " = " << value.dump();
  }
}

const std::string kSamples =
    R"({"schema":"edgebench.samples/1","samples":[{"file":"a.png"},{"file":"b.png"}]})";

TEST(ReadSamples, GivesTheListAndTheHashOfTheFile) {
  const Tree tree;
  const auto list = read_samples(tree.write("samples.json", kSamples));
  ASSERT_TRUE(list) << list.error().message;
  ASSERT_EQ(list->samples.size(), 2u);
  EXPECT_EQ(list->samples[1]["file"], "b.png");
  EXPECT_EQ(list->sha256, sha256_hex(kSamples));
}

TEST(ReadSamples, AMissingListIsUnavailableWithTheRemedy) {
  const auto list = read_samples("/nowhere/samples.json");
  ASSERT_FALSE(list);
  EXPECT_EQ(list.error().kind, ErrorKind::unavailable);
  EXPECT_EQ(list.error().message, "/nowhere/samples.json is not there; run scripts/fetch zoo");
}

TEST(ReadSamples, WhatIsNoListIsRefused) {
  const Tree tree;
  for (const char* text :
       {"", "[]", "{}", R"({"schema":"edgebench.samples/2","samples":[{}]})",
        R"({"schema":"edgebench.samples/1"})", R"({"schema":"edgebench.samples/1","samples":{}})",
        R"({"schema":"edgebench.samples/1","samples":[]})",
        R"({"schema":"edgebench.samples/1","samples":[{},3]})"}) {
    const auto list = read_samples(tree.write("samples.json", text));
    ASSERT_FALSE(list) << text;
    EXPECT_EQ(list.error().kind, ErrorKind::invalid);
    EXPECT_NE(list.error().message.find("samples.json"), std::string::npos);
  }
}

TEST(ReadSamples, NoMoreThanTheMostAreTaken) {
  const Tree tree;
  const auto file = tree.write("samples.json", kSamples);
  EXPECT_TRUE(read_samples(file, 2));
  EXPECT_NE(problem(read_samples(file, 1)).find("must hold 1 to 1 samples"), std::string::npos);
}

}  // namespace
}  // namespace eb
