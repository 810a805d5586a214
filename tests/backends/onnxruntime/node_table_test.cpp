#include "backends/onnxruntime/node_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace eb::ort {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> names(const std::vector<Placement::Node>& table) {
  std::vector<std::string> all;
  for (const auto& row : table) all.push_back(row.name);
  return all;
}

TEST(NodeTable, RowsAreInOrderOfExecutionWithMacsProviderAndReason) {
  const std::vector<AssignedNode> assigned = {
      {"c", "Softmax", "CPU"}, {"a", "Conv", "NPU"}, {"new", "Memcpy", "CPU"}, {"b", "Gemm", "CPU"}};
  const OperationCount work{{{"a", "Conv", 900}, {"b", "Gemm", 100}, {"c", "Softmax", 0}}, {}};
  const std::vector<ProviderReport::Refused> refused = {
      {"b", "Gemm", "too big"}, {"a", "Conv", "a word about what it took all the same"}};
  const auto table = node_table(assigned, work, "NPU", refused);
  ASSERT_THAT(names(table), ElementsAre("a", "b", "c", "new"));
  EXPECT_EQ(table[0].macs, 900);
  EXPECT_EQ(table[0].provider, "NPU");
  EXPECT_EQ(table[0].reason, "") << "it is where it should be";
  EXPECT_EQ(table[1].op_type, "Gemm");
  EXPECT_EQ(table[1].reason, "too big");
  EXPECT_EQ(table[2].macs, 0);
  EXPECT_EQ(table[2].reason, "") << "nobody said why";
  EXPECT_FALSE(table[3].macs) << "it did not run where work was counted";
}

TEST(NodeTable, NodesThatShareANameAreNotToldApart) {
  const std::vector<AssignedNode> assigned = {
      {"", "Conv", "CPU"}, {"x", "Conv", "CPU"}, {"x", "Conv", "NPU"}};
  const OperationCount work{{{"x", "Conv", 7}, {"", "Conv", 5}}, {}};
  const std::vector<ProviderReport::Refused> refused = {{"x", "Conv", "one reason"},
                                                        {"x", "Conv", "another"},
                                                        {"", "Conv", "a third"},
                                                        {"", "Conv", "a fourth"}};
  for (const auto& row : node_table(assigned, work, "NPU", refused)) {
    EXPECT_FALSE(row.macs) << row.name;
    EXPECT_EQ(row.reason, "") << row.name;
  }
}

TEST(NodeTable, NodesWithoutANameHaveTheReasonOfTheirOperator) {
  const std::vector<AssignedNode> assigned = {
      {"", "HardSigmoid", "CPU"}, {"", "Mul", "CPU"}, {"", "HardSigmoid", "CPU"}};
  const std::vector<ProviderReport::Refused> refused = {{"", "HardSigmoid", "unknown"},
                                                        {"", "HardSigmoid", "unknown"}};
  const auto table = node_table(assigned, {}, "NPU", refused);
  EXPECT_EQ(table.at(0).reason, "unknown");
  EXPECT_EQ(table.at(1).reason, "");
  EXPECT_EQ(table.at(2).reason, "unknown");
}

TEST(NodeTable, ALoopsBodyWeighsAsOftenAsItRan) {
  const std::vector<AssignedNode> assigned = {{"x", "Conv", "CPU"}};
  const OperationCount work{{{"x", "Conv", 7}, {"x", "Conv", 7}}, {}};
  EXPECT_EQ(node_table(assigned, work, "CPU", {})[0].macs, 14);
}

}  // namespace
}  // namespace eb::ort
