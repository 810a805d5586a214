#include "backends/onnxruntime/operations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/tree.h"

namespace eb::ort {
namespace {

using test::problem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Json = nlohmann::json;
using Shapes = std::vector<std::vector<int>>;

Json event(const std::string& name, const std::string& op, const Shapes& in, const Shapes& out) {
  const auto list = [](const Shapes& shapes) {
    Json all = Json::array();
    for (const auto& shape : shapes) all.push_back({{"float", shape}});
    return all;
  };
  return {{"cat", "Node"},
          {"name", name + "_kernel_time"},
          {"args",
           {{"op_name", op},
            {"provider", "CPUExecutionProvider"},
            {"input_type_shape", list(in)},
            {"output_type_shape", list(out)}}}};
}

OperationCount count(const Json& events) {
  auto counted = count_from_profile(events.dump());
  EXPECT_EQ(problem(counted), "");
  return counted ? *counted : OperationCount{};
}

struct Case {
  const char* op;
  Shapes in, out;
  double macs;
};

// Counted by hand; the comment says from what.
const Case kCases[] = {
    {"Conv", {{1, 3, 32, 32}, {16, 3, 3, 3}}, {{1, 16, 16, 16}}, 16 * 256 * 27},
    {"Conv",
     {{2, 8, 10, 10}, {12, 2, 3, 3}, {12}},
     {{2, 12, 5, 5}},
     2 * 12 * 25 * 18},                                             // 4 groups, with bias
    {"Conv", {{1, 4, 100}, {6, 4, 5}}, {{1, 6, 96}}, 6 * 96 * 20},  // one-dimensional
    {"FusedConv", {{1, 3, 8, 8}, {4, 3, 3, 3}}, {{1, 4, 6, 6}}, 4 * 36 * 27},
    {"ConvInteger", {{1, 1, 4, 4}, {2, 1, 3, 3}, {}}, {{1, 2, 2, 2}}, 8 * 9},
    {"QLinearConv", {{1, 3, 8, 8}, {}, {}, {4, 3, 3, 3}, {}, {}, {}, {}}, {{1, 4, 6, 6}}, 4 * 36 * 27},
    {"ConvTranspose", {{1, 4, 5, 5}, {4, 6, 3, 3}}, {{1, 6, 11, 11}}, 4 * 25 * 54},
    {"MatMul", {{4, 5}, {5, 6}}, {{4, 6}}, 120},
    {"MatMul", {{2, 1, 4, 5}, {3, 5, 6}}, {{2, 3, 4, 6}}, 2 * 3 * 120},  // broadcast
    {"MatMul", {{5}, {5, 6}}, {{6}}, 30},                                // a vector first
    {"MatMul", {{4, 5}, {5}}, {{4}}, 20},                                // a vector last
    {"MatMul", {{5}, {5}}, {{}}, 5},                                     // two vectors
    {"FusedMatMul", {{4, 5}, {5, 6}}, {{4, 6}}, 120},
    {"FusedMatMul", {{2, 5, 4}, {2, 5, 6}}, {{2, 4, 6}}, 240},  // the first lies on its side
    {"MatMulInteger", {{2, 3, 4}, {4, 5}}, {{2, 3, 5}}, 120},
    {"MatMulIntegerToFloat", {{3, 4}, {4, 5}, {}, {}}, {{3, 5}}, 60},
    {"DynamicQuantizeMatMul", {{3, 4}, {4, 5}, {}}, {{3, 5}}, 60},
    {"QLinearMatMul", {{3, 4}, {}, {}, {4, 5}, {}, {}, {}, {}}, {{3, 5}}, 60},
    {"Gemm", {{3, 7}, {7, 5}, {5}}, {{3, 5}}, 105},
    {"Gemm", {{7, 3}, {5, 7}}, {{3, 5}}, 105},  // both transposed
    {"FusedGemm", {{3, 7}, {7, 5}}, {{3, 5}}, 105},
    {"QGemm", {{3, 7}, {}, {}, {7, 5}, {}, {}}, {{3, 5}}, 105},
    {"LSTM",
     {{10, 2, 16}, {2, 32, 16}, {2, 32, 8}},
     {{10, 2, 2, 8}},
     10 * 2 * 2 * 32 * 24},  // both directions
    {"GRU", {{4, 1, 6}, {1, 15, 6}, {1, 15, 5}, {1, 30}}, {{4, 1, 1, 5}}, 4 * 15 * 11},
    {"RNN", {{3, 1, 4}, {1, 2, 4}, {1, 2, 2}}, {{3, 1, 1, 2}}, 3 * 2 * 6},
    // X [2, 5, 8] with weights [8, 24]: three projections, then 5 x 5 scores of 8 and 5 x 8 sums of 5, twice.
    {"Attention", {{2, 5, 8}, {8, 24}, {24}}, {{2, 5, 8}}, 2 * 5 * 8 * 24 + 2 * (5 * 5 * 8 + 5 * 8 * 5)},
    {"MultiHeadAttention", {{2, 5, 8}, {2, 7, 8}, {2, 7, 6}}, {{2, 5, 6}}, 2 * (5 * 7 * 8 + 5 * 6 * 7)},
};

TEST(CountFromProfile, EveryRuleCountsAsAHandDoes) {
  for (const Case& c : kCases) {
    const OperationCount work = count(Json::array({event("n", c.op, c.in, c.out)}));
    ASSERT_EQ(work.nodes.size(), 1u) << c.op;
    EXPECT_EQ(work.nodes[0].macs, c.macs) << c.op;
    EXPECT_EQ(work.nodes[0].op_type, c.op);
    EXPECT_EQ(work.nodes[0].name, "n");
    EXPECT_THAT(work.uncounted, IsEmpty()) << c.op;
  }
}

TEST(CountFromProfile, EveryRuleWithoutItsShapesIsUncountedAndNotZero) {
  for (const Case& c : kCases) {
    EXPECT_THAT(count(Json::array({event("n", c.op, {}, c.out)})).uncounted, ElementsAre(c.op));
    EXPECT_THAT(count(Json::array({event("n", c.op, c.in, {})})).uncounted, ElementsAre(c.op));
    Shapes no_weights = c.in;
    for (std::size_t i = 1; i < no_weights.size(); ++i) no_weights[i].clear();
    if (std::string_view(c.op).find("Gemm") == std::string_view::npos) {  // which needs but the first matrix
      EXPECT_THAT(count(Json::array({event("n", c.op, no_weights, c.out)})).uncounted, ElementsAre(c.op));
    }
  }
}

TEST(CountFromProfile, OperatorsOfUnknownWorkAreNamedOnce) {
  Json events = Json::array();
  for (const char* op : {"Einsum", "DeformConv", "Einsum", "MatMulNBits", "QAttention", "GroupQueryAttention",
                         "DynamicQuantizeLSTM"})
    events.push_back(event("n", op, {{1, 2}, {2, 3}}, {{1, 3}}));
  EXPECT_THAT(count(events).uncounted, ElementsAre("Einsum", "DeformConv", "MatMulNBits", "QAttention",
                                                   "GroupQueryAttention", "DynamicQuantizeLSTM"));
}

TEST(CountFromProfile, OperatorsWithoutMacsAreNodesOfNoWork) {
  const OperationCount work =
      count(Json::array({event("r", "Relu", {{9, 9}}, {{9, 9}}), event("a", "Add", {{9}, {9}}, {{9}})}));
  ASSERT_EQ(work.nodes.size(), 2u);
  EXPECT_EQ(work.macs(), 0);
  EXPECT_THAT(work.uncounted, IsEmpty());
}

TEST(CountFromProfile, NodesAreInTheOrderOfExecutionAndSummed) {
  const OperationCount work = count(Json::array({event("second", "MatMul", {{4, 5}, {5, 6}}, {{4, 6}}),
                                                 event("first", "Relu", {{4, 6}}, {{4, 6}}),
                                                 event("second", "MatMul", {{4, 5}, {5, 6}}, {{4, 6}})}));
  ASSERT_EQ(work.nodes.size(), 3u);
  EXPECT_EQ(work.nodes[0].name, "second");
  EXPECT_EQ(work.nodes[1].name, "first");
  EXPECT_EQ(work.macs(), 240) << "a loop's body counts as often as it runs";
}

TEST(CountFromProfile, BigWorkDoesNotOverflow) {
  EXPECT_EQ(count(Json::array(
                      {event("n", "MatMul", {{100'000, 100'000}, {100'000, 100'000}}, {{100'000, 100'000}})}))
                .macs(),
            1e15);
}

TEST(CountFromProfile, EventsThatAreNoNodesArePassedOver) {
  Json events = Json::array({1,
                             nullptr,
                             "x",
                             Json::object(),
                             {{"name", 3}},
                             {{"name", "n_kernel_time"}},
                             {{"name", "n_kernel_time"}, {"args", 3}},
                             {{"name", "n_kernel_time"}, {"args", {{"op_name", 3}}}},
                             {{"name", "model_run"}, {"args", Json::object()}},
                             {{"name", "n_fence_before"}, {"args", {{"op_name", "Conv"}}}}});
  EXPECT_THAT(count(events).nodes, IsEmpty());
  events.push_back({{"name", "n_kernel_time"},
                    {"args",
                     {{"op_name", "Conv"},
                      {"input_type_shape", 3},
                      {"output_type_shape", {1, {{"float", 4}}, {{"float", {"x"}}}}}}}});
  EXPECT_THAT(count(events).uncounted, ElementsAre("Conv"));
}

TEST(CountFromProfile, WhatIsNoProfileIsAnError) {
  for (const char* text : {"", "{}", "[", "null", "[{\"name\":"}) {
    const auto counted = count_from_profile(text);
    ASSERT_FALSE(counted) << text;
    EXPECT_EQ(counted.error().kind, ErrorKind::device);
  }
}

OperationCount work_of(std::vector<OperationCount::Node> nodes) {
  OperationCount work;
  work.nodes = std::move(nodes);
  return work;
}

TEST(Place, OneProviderHasItAll) {
  const std::vector<AssignedNode> assigned = {{"a", "Conv", "CPU"}, {"b", "Relu", "CPU"}};
  const Placement p = place(assigned, work_of({{"a", "Conv", 100}, {"b", "Relu", 0}}), "CPU");
  EXPECT_EQ(p.named_provider, "CPU");
  EXPECT_EQ(p.evidence, "assigned");
  EXPECT_EQ(p.nodes, 1);
  EXPECT_EQ(p.macs, 1);
  ASSERT_EQ(p.shares.size(), 1u);
  EXPECT_EQ(p.shares[0].nodes, 2);
  EXPECT_EQ(p.shares[0].macs, 100);
}

TEST(Place, TwoProvidersShareByNodesAndByMacs) {
  const std::vector<AssignedNode> assigned = {
      {"a", "Conv", "NPU"}, {"b", "Relu", "CPU"}, {"c", "Conv", "CPU"}, {"d", "Relu", "CPU"}};
  const auto work = work_of({{"a", "Conv", 900}, {"b", "Relu", 0}, {"c", "Conv", 100}, {"d", "Relu", 0}});
  const Placement npu = place(assigned, work, "NPU");
  EXPECT_DOUBLE_EQ(npu.nodes.value(), 0.25);
  EXPECT_DOUBLE_EQ(npu.macs.value(), 0.9);
  ASSERT_EQ(npu.shares.size(), 2u);
  EXPECT_EQ(npu.shares[0].provider, "NPU") << "the larger share of work first";
  EXPECT_DOUBLE_EQ(place(assigned, work, "CPU").macs.value(), 0.1);
}

TEST(Place, AProviderThatGotNothingHasNothing) {
  const Placement p =
      place(std::vector<AssignedNode>{{"a", "Conv", "CPU"}}, work_of({{"a", "Conv", 9}}), "NPU");
  EXPECT_EQ(p.nodes, 0);
  EXPECT_EQ(p.macs, 0);
}

TEST(Place, WithoutMacsOnlyNodesAreShared) {
  const Placement p =
      place(std::vector<AssignedNode>{{"a", "Relu", "CPU"}}, work_of({{"a", "Relu", 0}}), "CPU");
  EXPECT_EQ(p.nodes, 1);
  EXPECT_FALSE(p.macs);
}

TEST(Place, WithoutAnAssignmentNothingIsKnown) {
  const Placement p = place({}, work_of({{"a", "Conv", 9}}), "CPU");
  EXPECT_FALSE(p.nodes);
  EXPECT_FALSE(p.macs);
  EXPECT_THAT(p.shares, IsEmpty());
}

TEST(Place, NodesOfOtherNamesBelongToTheOnlyProvider) {
  const std::vector<AssignedNode> assigned = {{"", "Conv", "CPU"}, {"x", "Conv", "CPU"}};
  const Placement p = place(assigned, work_of({{"Conv_0", "Conv", 9}, {"", "Conv", 1}}), "CPU");
  EXPECT_EQ(p.macs, 1);
  EXPECT_EQ(p.shares[0].macs, 10);
}

TEST(Place, NodesOfOtherNamesCannotBeToldApartAmongTwoProviders) {
  const std::vector<AssignedNode> assigned = {{"a", "Conv", "NPU"}, {"b", "Conv", "CPU"}};
  const Placement p = place(assigned, work_of({{"a", "Conv", 9}, {"fused_7", "Conv", 9}}), "NPU");
  EXPECT_FALSE(p.macs);
  EXPECT_EQ(p.nodes, 0.5);
}

TEST(Place, ANameThatTwoProvidersShareTellsNothing) {
  for (const char* name : {"", "conv"}) {
    const std::vector<AssignedNode> assigned = {{name, "Conv", "CPU"}, {name, "Conv", "NPU"}};
    EXPECT_FALSE(place(assigned, work_of({{name, "Conv", 9}, {name, "Conv", 9}}), "NPU").macs)
        << "'" << name << "'";
  }
}

TEST(Place, UnnamedNodesWithoutWorkDoNotMatter) {
  const std::vector<AssignedNode> assigned = {{"a", "Conv", "NPU"}, {"", "Relu", "CPU"}, {"", "Relu", "NPU"}};
  EXPECT_EQ(place(assigned, work_of({{"a", "Conv", 9}, {"Relu_1", "Relu", 0}}), "NPU").macs, 1);
}

}  // namespace
}  // namespace eb::ort
