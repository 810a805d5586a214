#include "harness/probes/probe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/probes/cpu_probe.h"
#include "tests/support/tree.h"

namespace eb {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Json = nlohmann::json;

const ProbedDevice kDevice{"vulkan", "0", "llvmpipe", "Mesa 22"};

Probe some_probe() {
  Probe probe{.backend = "vulkan", .device = "0", .name = "fma", .precision = "fp32", .kind = "compute"};
  probe.value = 120.5;
  probe.unit = "GOP/s";
  probe.spread = 0.02;
  probe.is_stable = true;
  probe.clock_ghz = 3.7;
  probe.theoretical = 118;
  probe.derivation = "made up";
  probe.warnings = {"busy machine"};
  return probe;
}

Json json_of(const Probe& probe) {
  return Json::parse(to_json(probe).dump());
}

TEST(ProbeJson, ComesBackAsItWent) {
  const auto back = probes_from_json(Json::array({json_of(some_probe())}));
  ASSERT_EQ(test::problem(back), "");
  ASSERT_EQ(back->size(), 1u);
  EXPECT_EQ(to_json(back->front()), to_json(some_probe()));
}

TEST(ProbeJson, WhatIsNotKnownIsAbsent) {
  Probe probe = some_probe();
  probe.theoretical.reset();
  probe.clock_ghz.reset();
  const Json json = json_of(probe);
  EXPECT_FALSE(json.contains("theoretical"));
  EXPECT_FALSE(json.contains("clock_ghz"));
  for (const char* key : {"backend", "device", "precision", "kind", "value", "unit", "spread", "derivation"})
    EXPECT_TRUE(json.contains(key)) << key;
}

TEST(ProbeJson, EveryFieldIsChecked) {
  const Json good = json_of(some_probe());
  for (const auto& [key, bad] : std::vector<std::pair<const char*, Json>>{{"value", 0},
                                                                          {"value", -1},
                                                                          {"value", "fast"},
                                                                          {"kind", "beauty"},
                                                                          {"unit", 3},
                                                                          {"spread", -0.1},
                                                                          {"threads", 1e9},
                                                                          {"stable", 1},
                                                                          {"clock_ghz", "4"},
                                                                          {"theoretical", Json()},
                                                                          {"name", std::string(2000, 'x')},
                                                                          {"warnings", "none"},
                                                                          {"warnings", Json::array({1})}}) {
    Json json = good;
    json[key] = bad;
    EXPECT_FALSE(probes_from_json(Json::array({good, json}))) << key << " " << bad;
  }
  for (const char* key : {"backend", "kind", "value", "stable", "warnings"}) {
    Json json = good;
    json.erase(key);
    EXPECT_THAT(test::problem(probes_from_json(Json::array({json}))), HasSubstr("number 1 ")) << key;
  }
  EXPECT_FALSE(probes_from_json(Json::object()));
  EXPECT_FALSE(probes_from_json(Json::array({1})));
  EXPECT_FALSE(probes_from_json(Json(std::vector<Json>(1001, good))));
}

TEST(KeptProbes, AreFoundByAllThatChangesADevice) {
  const test::Tree tree;
  ASSERT_EQ(test::problem(keep_probes(tree / "probes", kDevice, {some_probe()})), "");
  ASSERT_EQ(kept_probes(tree / "probes", kDevice).size(), 1u);
  for (const ProbedDevice& other : {ProbedDevice{"opencl", "0", "llvmpipe", "Mesa 22"},
                                    ProbedDevice{"vulkan", "1", "llvmpipe", "Mesa 22"},
                                    ProbedDevice{"vulkan", "0", "lavapipe", "Mesa 22"},
                                    ProbedDevice{"vulkan", "0", "llvmpipe", "Mesa 25"}})
    EXPECT_THAT(kept_probes(tree / "probes", other), IsEmpty());
}

TEST(KeptProbes, NewOnesReplaceOldOnes) {
  const test::Tree tree;
  ASSERT_TRUE(keep_probes(tree.root(), kDevice, {some_probe(), some_probe()}));
  ASSERT_TRUE(keep_probes(tree.root(), kDevice, {some_probe()}));
  EXPECT_EQ(kept_probes(tree.root(), kDevice).size(), 1u);
}

TEST(KeptProbes, ADamagedFileIsAsIfThereWereNone) {
  const test::Tree tree;
  EXPECT_THAT(kept_probes(tree / "nowhere", kDevice), IsEmpty());
  ASSERT_TRUE(keep_probes(tree.root(), kDevice, {some_probe()}));
  const auto name = probe_file(tree.root(), kDevice).filename().string();
  const std::string text = tree.read(name);
  auto other = Json::parse(text);
  other["of"]["driver"] = "Mesa 21";
  auto version = Json::parse(text);
  version["schema"] = "edgebench.probes/2";
  for (const std::string& bad : {std::string(), text.substr(0, text.size() / 2), std::string("[]"),
                                 other.dump(), version.dump(), std::string(100'000, '[')}) {
    tree.write(name, bad);
    EXPECT_THAT(kept_probes(tree.root(), kDevice), IsEmpty()) << bad.substr(0, 80);
  }
}

TEST(Theory, WithinThreePercentPassesOnBothSides) {
  for (const auto& [value, passes] : {std::pair{97.1, true}, {102.9, true}, {96.9, false}, {103.1, false}}) {
    Probe probe{.value = value, .theoretical = 100};
    probes::check_theory(probe);
    EXPECT_EQ(probe.warnings.empty(), passes) << value;
  }
  Probe unknown{.value = 5};
  probes::check_theory(unknown);
  EXPECT_THAT(unknown.warnings, IsEmpty());
}

}  // namespace
}  // namespace eb
