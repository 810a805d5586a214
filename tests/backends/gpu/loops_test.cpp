#include "backends/gpu/loops.h"

#include <gtest/gtest.h>

#include "backends/gpu/ops.h"
#include "tests/backends/gpu/graph_builder.h"

namespace eb::gpu {
namespace {

using Attributes = std::map<std::string, Attribute>;
using Axes = std::vector<std::int64_t>;

std::int64_t rounds(const char* op, const std::vector<Shape>& inputs, const Shape& output,
                    const Attributes& attributes = {}) {
  test::GraphBuilder builder;
  std::vector<ValueId> ids;
  for (const Shape& shape : inputs) ids.push_back(builder.input(shape));
  builder.op(op, ids, output, attributes);
  return loop_rounds(builder.graph(), builder.graph().nodes[0]);
}

TEST(LoopRounds, OfElementwiseWorkDoNotGrow) {
  EXPECT_EQ(rounds("Relu", {{1000, 1000}}, {1000, 1000}), 1);
}

TEST(LoopRounds, OfReductionsAreTheElementsOfASum) {
  EXPECT_EQ(rounds("ReduceSum", {{100, 8}}, {1, 8}, {{"axes", Axes{0}}}), 100);
  EXPECT_EQ(rounds("ReduceSum", {{8, 100}}, {8, 1}, {{"axes", Axes{-1}}}), 25) << "in vectors";
  EXPECT_EQ(rounds("ReduceMean", {{2, 3, 40, 50}}, {2, 3, 1, 1}, {{"axes", Axes{2, 3}}}), 500);
  EXPECT_EQ(rounds("ReduceMax", {{3, 5, 7}}, {1, 1, 1}), 27) << "all axes";
  EXPECT_EQ(rounds("ReduceMax", {{3, 5, 7}}, {1, 5, 1}, {{"axes", Axes{0, 2}}}), 21);
}

TEST(LoopRounds, OfNormalizationsAreThreePasses) {
  EXPECT_EQ(rounds("Softmax", {{4, 100}}, {4, 100}), 75);
  EXPECT_EQ(rounds("Softmax", {{100, 4}}, {100, 4}, {{"axis", std::int64_t{0}}}), 300);
  EXPECT_EQ(rounds("LayerNormalization", {{2, 10, 20}, {10, 20}}, {2, 10, 20}, {{"axis", std::int64_t{1}}}),
            150);
  EXPECT_EQ(rounds("InstanceNormalization", {{2, 3, 40, 50}, {3}, {3}}, {2, 3, 40, 50}), 1500);
  EXPECT_EQ(
      rounds("GroupNormalization", {{2, 6, 40}, {6}, {6}}, {2, 6, 40}, {{"num_groups", std::int64_t{2}}}),
      90);
}

TEST(LoopRounds, OfWindowsAndProductsAreTheirTerms) {
  EXPECT_EQ(rounds("Conv", {{1, 8, 9, 9}, {4, 8, 3, 3}}, {1, 4, 7, 7}), 81);
  EXPECT_EQ(rounds("ConvTranspose", {{1, 8, 9, 9}, {8, 4, 2, 2}}, {1, 4, 10, 10}), 36);
  EXPECT_EQ(rounds("AveragePool", {{1, 8, 9, 9}}, {1, 8, 7, 7}, {{"kernel_shape", Axes{3, 3}}}), 18);
  EXPECT_EQ(rounds("GlobalAveragePool", {{1, 8, 9, 10}}, {1, 8, 1, 1}), 99);
  EXPECT_EQ(rounds("MatMul", {{5, 70}, {70, 3}}, {5, 3}), 70);
  EXPECT_EQ(rounds("Gemm", {{70, 5}, {70, 3}}, {5, 3}, {{"transA", std::int64_t{1}}}), 70);
}

TEST(LoopRounds, TooManyAreRefusedWithAReason) {
  for (const auto& [side, is_refused] : {std::pair{224, false}, std::pair{300, true}}) {
    test::GraphBuilder builder;
    const auto x = builder.input({1, 3, side, side});
    builder.op("GlobalAveragePool", {x}, {1, 3, 1, 1});
    EXPECT_EQ(refusal(builder.graph(), builder.graph().nodes[0]).has_value(), is_refused) << side;
  }
}

}  // namespace
}  // namespace eb::gpu
