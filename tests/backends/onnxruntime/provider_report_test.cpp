#include "backends/onnxruntime/provider_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/tree.h"

namespace eb::ort {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(ProviderReport, HoldsWhatTheProviderTold) {
  const ProviderReport report = parse_provider_report(
      R"({"cache": "cold", "compute_precision": "fp16", "refused": [
          {"node": "a", "op_type": "Conv", "reason": "too big"}, {"op_type": "Relu", "reason": "why not"}]})");
  EXPECT_EQ(report.cache, "cold");
  EXPECT_EQ(report.compute_precision, "fp16");
  ASSERT_EQ(report.refused.size(), 2u);
  EXPECT_EQ(report.refused[0].node, "a");
  EXPECT_EQ(report.refused[0].reason, "too big");
  EXPECT_EQ(report.refused[1].node, "");
}

TEST(ProviderReport, WhatDoesNotFitIsLeftOut) {
  for (const char* text :
       {"", "[", "[]", "null", "{}", R"({"cache": 7, "refused": {"node": 1}})",
        R"({"refused": [1, null, {"op_type": "Conv"}, {"reason": "x"}, {"op_type": 3}]})"}) {
    const ProviderReport report = parse_provider_report(text);
    EXPECT_EQ(report.cache, "") << text;
    EXPECT_THAT(report.refused, IsEmpty()) << text;
  }
}

TEST(ProviderReport, IsReadFromItsFileAndMustBeThere) {
  const test::Tree tree;
  tree.write("report.json", R"({"cache": "warm"})");
  EXPECT_EQ(read_provider_report(tree / "report.json")->cache, "warm");
  EXPECT_FALSE(read_provider_report(tree / "missing.json"));
  EXPECT_EQ(read_provider_report({})->cache, "") << "none was asked for";
}

TEST(ProviderReport, TheMostFrequentRefusalComesFirst) {
  EXPECT_THAT(count_refusals({{"a", "Conv", "big"}, {"b", "Relu", "odd"}, {"c", "Relu", "odd"}}),
              ElementsAre("2 Relu: odd", "1 Conv: big"));
  EXPECT_THAT(count_refusals({}), IsEmpty());
}

}  // namespace
}  // namespace eb::ort
