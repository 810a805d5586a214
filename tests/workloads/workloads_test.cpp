#include "workloads/workloads.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/support/places.h"
#include "tests/support/tree.h"

namespace eb {
namespace {

using test::problem;
using test::Tree;
using Json = nlohmann::json;

std::string manifest_text(const std::string& id, const std::string& task = "face-detection",
                          const std::string& file = "model.onnx") {
  return Json{{"schema", "edgebench.workload/1"},
              {"id", id},
              {"task", task},
              {"title", "T"},
              {"licence", "MIT"},
              {"models", {{"fp32", {{"file", file}, {"sha256", std::string(64, 'a')}}}}},
              {"data", {{"file", "samples.json"}}},
              {"metric", "m"},
              {"target", 0.5}}
      .dump();
}

TEST(LoadZoo, TheProgramCarriesItsOwn) {
  const auto zoo = load_zoo("");
  ASSERT_TRUE(zoo) << zoo.error().message;
  for (const char* id : {"vision/face-detection", "vision/person-segmentation", "vision/text-recognition",
                         "vision/text-detection", "vision/face-mesh", "vision/pose", "vision/hand-landmarks",
                         "vision/super-resolution", "speech/voice-activity", "nlp/language-id"}) {
    ASSERT_EQ(zoo->count(id), 1u) << id;
    const WorkloadInfo& info = zoo->at(id).info;
    EXPECT_EQ(info.quality_basis, "ground-truth") << id;
    EXPECT_GT(info.target, 0) << id;
    EXPECT_EQ(info.models.count("fp32"), 1u) << id;
    EXPECT_EQ(info.data_sha256.size(), 64u) << id;
    EXPECT_FALSE(info.licence.empty()) << id;
  }
  EXPECT_FALSE(zoo->at("speech/voice-activity").info.state.empty());
  EXPECT_TRUE(zoo->at("speech/voice-activity").info.sample_ms);
}

TEST(LoadZoo, TheFolderOfTheSourcesIsTheSameZoo) {
  const auto embedded = load_zoo("");
  const auto folder = load_zoo(test::source_folder() / "workloads/zoo");
  ASSERT_TRUE(embedded && folder);
  ASSERT_EQ(embedded->size(), folder->size());
  for (const auto& [id, manifest] : *embedded)
    for (const auto& [precision, model] : manifest.info.models)
      EXPECT_EQ(model.sha256, folder->at(id).info.models.at(precision).sha256) << id << " " << precision;
}

TEST(LoadZoo, AVariantsOriginalIsThere) {
  const auto zoo = load_zoo("");
  ASSERT_TRUE(zoo);
  std::size_t variants = 0;
  for (const auto& [id, manifest] : *zoo) {
    if (manifest.info.variant_of.empty()) continue;
    ++variants;
    ASSERT_EQ(zoo->count(manifest.info.variant_of), 1u) << id;
    const WorkloadInfo& original = zoo->at(manifest.info.variant_of).info;
    EXPECT_EQ(original.variant_of, "") << id;
    EXPECT_EQ(original.metric, manifest.info.metric) << id;
    EXPECT_EQ(original.data_sha256, manifest.info.data_sha256) << id;
  }
  EXPECT_GE(variants, 4u);
}

TEST(LoadZoo, AFolderIsReadWithItsFoldersAndOnlyItsJson) {
  const Tree tree;
  tree.write("own.json", manifest_text("my/own"));
  tree.write("deep/er/other.json", manifest_text("my/other"));
  tree.write("README.md", "not a manifest");
  const auto zoo = load_zoo(tree.root());
  ASSERT_TRUE(zoo) << zoo.error().message;
  EXPECT_EQ(zoo->size(), 2u);
  EXPECT_EQ(zoo->count("my/other"), 1u);
}

TEST(LoadZoo, ErrorsNameTheFile) {
  const Tree tree;
  EXPECT_NE(problem(load_zoo(tree / "nowhere")).find("--zoo"), std::string::npos);
  tree.write("a.json", manifest_text("my/own"));
  tree.write("b.json", manifest_text("my/own"));
  EXPECT_NE(problem(load_zoo(tree.root())).find("b.json: there are two workloads my/own"), std::string::npos)
      << problem(load_zoo(tree.root()));
  tree.write("b.json", "{ not json");
  EXPECT_NE(problem(load_zoo(tree.root())).find("b.json"), std::string::npos);
  tree.write("b.json", std::string(2u << 20, ' '));
  EXPECT_NE(problem(load_zoo(tree.root())).find("b.json"), std::string::npos);
}

Manifest parsed(const std::string& text) {
  auto manifest = parse_manifest(text, "test");
  EXPECT_EQ(problem(manifest), "");
  return manifest ? *manifest : Manifest{};
}

TEST(MakeWorkload, AnUnknownTaskIsNamed) {
  const auto workload = make_workload(parsed(manifest_text("my/own", "cat-counting")), "/models");
  ASSERT_FALSE(workload);
  EXPECT_EQ(workload.error().kind, ErrorKind::invalid);
  EXPECT_EQ(workload.error().message, "manifest of my/own: there is no task 'cat-counting'");
}

TEST(MakeWorkload, AModelFileStaysWithinTheWorkloadsFolder) {
  for (const char* file : {"../../../etc/passwd", "/etc/passwd", "a/../../x.onnx"}) {
    const auto workload = make_workload(parsed(manifest_text("my/own", "face-detection", file)), "/models");
    ASSERT_FALSE(workload) << file;
    EXPECT_EQ(workload.error().kind, ErrorKind::invalid);
    EXPECT_NE(workload.error().message.find("is not a path within /models/my/own"), std::string::npos)
        << workload.error().message;
  }
}

TEST(MakeWorkload, EveryTaskOfTheZooWithoutItsDataIsUnavailableWithTheRemedy) {
  const auto zoo = load_zoo("");
  ASSERT_TRUE(zoo);
  std::set<std::string> tasks;
  for (const auto& [id, manifest] : *zoo) {
    if (!manifest.is_fetched) continue;
    const auto workload = make_workload(manifest, "/nowhere/models");
    ASSERT_FALSE(workload) << id;
    EXPECT_EQ(workload.error().kind, ErrorKind::unavailable) << workload.error().message;
    EXPECT_NE(workload.error().message.find("/nowhere/models/" + id), std::string::npos)
        << workload.error().message;
    EXPECT_NE(workload.error().message.find("scripts/fetch"), std::string::npos) << workload.error().message;
    tasks.insert(manifest.info.task);
  }
  EXPECT_GE(tasks.size(), 7u);
}

}  // namespace
}  // namespace eb
