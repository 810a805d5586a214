#include "workloads/builtin/networks.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "harness/base/files.h"
#include "tests/support/tree.h"
#include "workloads/builtin/builtin.h"
#include "workloads/builtin/numbers.h"
#include "workloads/workloads.h"

namespace eb {
namespace {

using test::problem;
using test::Tree;

Manifest manifest_of(const std::string& network) {
  const auto zoo = load_zoo({});
  return zoo->at("builtin/" + network);
}

// The first numbers of the generator for seed 0, as its authors publish them.
TEST(Numbers, AreThoseOfSplitmix64) {
  Numbers numbers(0);
  EXPECT_EQ(numbers.bits(), 0xe220a8397b1dcdafU);
  EXPECT_EQ(numbers.bits(), 0x6e789e6aa1b965f4U);
  EXPECT_EQ(numbers.bits(), 0x06c45d188009454fU);
}

TEST(Numbers, UnitsAreWholeStepsWithinTheirRange) {
  Numbers numbers(7);
  double sum = 0;
  for (int i = 0; i < 10'000; ++i) {
    const float unit = numbers.unit();
    ASSERT_GE(unit, -1);
    ASSERT_LT(unit, 1);
    ASSERT_EQ(unit * 1024, std::floor(unit * 1024));
    sum += unit;
  }
  EXPECT_NEAR(sum / 10'000, 0, 0.03);
}

TEST(BuiltinModel, HasTheBytesThatItsManifestPins) {
  for (const std::string_view network : builtin_networks()) {
    const auto model = builtin_model(network);
    ASSERT_EQ(problem(model), "") << network;
    EXPECT_EQ(sha256_hex(*model), manifest_of(std::string(network)).info.models.at("fp32").sha256) << network;
  }
  EXPECT_NE(problem(builtin_model("audio")).find("known: vision, speech, nlp"), std::string::npos);
}

TEST(Builtin, WritesItsModelWhereItIsMissingOrAnotherVersions) {
  const Tree tree;
  const Manifest manifest = manifest_of("speech");
  ASSERT_EQ(problem(make_workload(manifest, tree.root())), "");
  const std::string model = tree.read("builtin/speech/model.onnx");
  EXPECT_EQ(sha256_hex(model), manifest.info.models.at("fp32").sha256);
  tree.write("builtin/speech/model.onnx", "of another version");
  ASSERT_EQ(problem(make_workload(manifest, tree.root())), "");
  EXPECT_EQ(tree.read("builtin/speech/model.onnx"), model);
}

TEST(Builtin, AFolderThatCannotBeWrittenIsNamed) {
  const Tree tree;
  tree.write("builtin", "a file where a folder is due");
  EXPECT_NE(problem(make_workload(manifest_of("nlp"), tree.root())).find("builtin"), std::string::npos);
}

TEST(Builtin, AManifestOfAnotherNetworkIsRefused) {
  const Tree tree;
  Manifest manifest = manifest_of("nlp");
  manifest.input["network"] = "audio";
  EXPECT_NE(problem(make_workload(manifest, tree.root())).find("audio"), std::string::npos);
  manifest.input.erase("network");
  EXPECT_NE(problem(make_workload(manifest, tree.root())).find("network"), std::string::npos);
}

TEST(Builtin, SamplesDifferAndStayTheSame) {
  const Tree tree;
  const auto workload = make_workload(manifest_of("vision"), tree.root());
  ASSERT_EQ(problem(workload), "");
  const auto load = [&](std::size_t sample) {
    const auto set = TensorSet::create({{.name = "input", .dtype = DType::f32, .shape = {1, 3, 64, 64}}});
    EXPECT_EQ(problem((*workload)->load(sample, set->tensors())), "");
    const auto values = set->tensors()[0].as<float>();
    return std::vector<float>(values.begin(), values.end());
  };
  std::set<std::vector<float>> all;
  for (std::size_t i = 0; i < (*workload)->sample_count(); ++i) all.insert(load(i));
  EXPECT_EQ(all.size(), kBuiltinSamples);
  EXPECT_EQ(load(3), load(3));
  // A patch is eight pixels wide: neighbours within it are nearer than those across its border.
  const auto pixels = load(0);
  double within = 0, across = 0;
  for (std::size_t row = 0; row < 64; ++row) {
    within += std::abs(pixels[row * 64 + 3] - pixels[row * 64 + 4]);
    across += std::abs(pixels[row * 64 + 7] - pixels[row * 64 + 8]);
  }
  EXPECT_LT(within, across);
}

TEST(Builtin, TheJudgeWantsItsOwnOutput) {
  const Tree tree;
  const auto workload = make_workload(manifest_of("nlp"), tree.root());
  ASSERT_EQ(problem(workload), "");
  const auto judge = (*workload)->judge();
  EXPECT_FALSE(judge->grade());
  const auto outputs =
      TensorSet::create({{.name = "logits", .dtype = DType::f32, .shape = {1, kBuiltinAnswers}}});
  for (std::size_t i = 0; i < kBuiltinSamples; ++i) ASSERT_EQ(problem(judge->add(i, outputs->tensors())), "");
  EXPECT_LT(*judge->grade(), 1) << "zeros agree with nothing";
  EXPECT_NE(problem(judge->add(kBuiltinSamples, outputs->tensors())), "");
  const auto others =
      TensorSet::create({{.name = "other", .dtype = DType::f32, .shape = {1, kBuiltinAnswers}}});
  EXPECT_NE(problem(judge->add(0, others->tensors())).find("logits"), std::string::npos);
}

}  // namespace
}  // namespace eb
