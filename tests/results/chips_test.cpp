#include "results/chips.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "tests/support/tree.h"

namespace eb {
namespace {

using test::problem;
using ::testing::HasSubstr;

std::vector<ChipClaim> all_claims() {
  auto claims = claims_from_json(chips_json(), "chips.json");
  EXPECT_EQ(problem(claims), "");
  return claims ? *std::move(claims) : std::vector<ChipClaim>();
}

RunRecord record_on(const std::string& kind, const std::string& name, const std::string& precision) {
  RunRecord record;
  record.device_kind = kind;
  record.device_name = name;
  record.precision = precision;
  record.effective_tops = 1.5;
  return record;
}

const ChipClaim* find(const RunRecord& record, std::string_view machine = "") {
  static const auto claims = all_claims();
  return claim_for(record, machine, claims);
}

TEST(Chips, TheProgramCarriesThemAll) {
  const auto claims = all_claims();
  std::set<std::string> ids;
  for (const ChipClaim& claim : claims) {
    ids.insert(claim.id);
    EXPECT_GT(claim.tops, 0) << claim.id;
    EXPECT_FALSE(claim.source.empty()) << claim.id;
    for (const std::string& part : claim.match)
      for (const char c : part)
        EXPECT_FALSE(c >= 'A' && c <= 'Z') << claim.id << ": names are matched in lower case";
  }
  EXPECT_GT(ids.size(), 25u);
}

TEST(Chips, AClaimIsFoundByDeviceOrMachine) {
  ASSERT_NE(find(record_on("npu", "Hailo-8 AI Processor", "int8")), nullptr);
  EXPECT_EQ(find(record_on("npu", "Hailo-8 AI Processor", "int8"))->tops, 26);
  EXPECT_EQ(find(record_on("npu", "rknpu", "int8"), "Firefly RK3588 board")->tops, 6);
  EXPECT_EQ(find(record_on("gpu", "Orin (nvgpu)", "int8"), "NVIDIA Jetson Orin Nano Developer Kit")->id,
            "jetson-orin-nano-8gb");
}

TEST(Chips, WhatAClaimDoesNotSpeakOfHasNone) {
  EXPECT_EQ(find(record_on("npu", "Hailo-8", "fp16")), nullptr) << "another precision";
  EXPECT_EQ(find(record_on("cpu", "RK3588", "int8")), nullptr) << "the claim is of the NPU";
  EXPECT_EQ(find(record_on("npu", "Snapdragon X Elite", "int8")), nullptr) << "its precision is not stated";
  EXPECT_EQ(find(record_on("npu", "Hailo-10H", "int4"))->tops, 40);
  EXPECT_EQ(find(record_on("npu", "Hailo-10H", "int8"))->tops, 20);
  EXPECT_EQ(find(record_on("npu", "", "int8")), nullptr);
}

TEST(Chips, TheLongestNameWins) {
  const std::vector<ChipClaim> claims{
      {.id = "short", .match = {"orin"}, .device_kinds = {"gpu"}, .precision = "int8"},
      {.id = "long", .match = {"orin nx"}, .device_kinds = {"gpu"}, .precision = "int8"}};
  EXPECT_EQ(claim_for(record_on("gpu", "Orin NX", "int8"), "", claims)->id, "long");
  EXPECT_EQ(claim_for(record_on("gpu", "Orin", "int8"), "", claims)->id, "short");
}

TEST(Chips, ARecordSaysWhatTheClaimIs) {
  RunRecord record = record_on("npu", "Hailo-8", "int8");
  add_claim(*find(record), record);
  EXPECT_EQ(record.claimed_tops, 26);
  EXPECT_NEAR(*record.claimed_utilization, 1.5 / 26, 1e-12);
  EXPECT_THAT(record.claim, HasSubstr("Hailo-8: int8 sparsity unstated, 26 TOPS, of npu"));
  EXPECT_THAT(record.claim, HasSubstr("grade D"));
  record.effective_tops.reset();
  record.claimed_utilization.reset();
  add_claim(*find(record), record);
  EXPECT_FALSE(record.claimed_utilization);
}

TEST(Chips, ADamagedListIsRefusedAndNamed) {
  for (const char* bad :
       {"", "[]", "{}", R"({"schema":"edgebench.chips/2","chips":[]})",
        R"({"schema":"edgebench.chips/1","chips":[1]})",
        R"({"schema":"edgebench.chips/1","chips":[{"id":"a"}]})",
        R"({"schema":"edgebench.chips/1","chips":[{"id":"a","claims":[{"value":1}]}]})",
        R"({"schema":"edgebench.chips/1","chips":[{"id":"a","claims":[{"value":-1,"unit":"TOPS"}]}]})"})
    EXPECT_THAT(problem(claims_from_json(bad, "mine.json")), HasSubstr("mine.json")) << bad;
}

}  // namespace
}  // namespace eb
