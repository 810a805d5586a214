#include "backends/gpu/loops.h"

#include <gtest/gtest.h>

#include "backends/gpu/ops.h"
#include "tests/backends/gpu/graph_builder.h"

namespace eb::gpu {
namespace {

using Attributes = std::map<std::string, Attribute>;
using Axes = std::vector<std::int64_t>;

std::string refused(const char* op, const std::vector<Shape>& inputs, const Shape& output,
                    const Attributes& attributes = {}) {
  test::GraphBuilder builder;
  std::vector<ValueId> ids;
  for (const Shape& shape : inputs) ids.push_back(builder.input(shape));
  builder.op(op, ids, output, attributes);
  return refusal(builder.graph(), builder.graph().nodes[0]).value_or("");
}

TEST(LoopRounds, OfWhatCanBeCutDoNotGrow) {
  const Shape wide{8, 10'000'000};
  EXPECT_EQ(refused("Relu", {wide}, wide), "");
  EXPECT_EQ(refused("ReduceSum", {wide}, {1, 1}), "");
  EXPECT_EQ(refused("Softmax", {wide}, wide), "");
  EXPECT_EQ(refused("ArgMax", {wide}, {1, 10'000'000}), "");
  EXPECT_EQ(refused("MatMul", {{2, 1'000'000}, {1'000'000, 2}}, {2, 2}), "");
  EXPECT_EQ(refused("GlobalAveragePool", {{1, 3, 4000, 4000}}, {1, 3, 1, 1}), "");
  EXPECT_EQ(refused("LayerNormalization", {wide, {10'000'000}}, wide), "");
  EXPECT_EQ(refused("Conv", {{1, 200'000, 9, 9}, {4, 200'000, 3, 3}}, {1, 4, 7, 7}), "");
}

TEST(LoopRounds, TooManyAreRefusedWithAReason) {
  const std::string reason = "sums of too many elements";
  const Shape wide{1, 30'000'000};
  EXPECT_EQ(refused("LayerNormalization", {wide, {30'000'000}}, wide), reason);
  EXPECT_EQ(refused("InstanceNormalization", {{1, 2, 30'000'000}, {2}, {2}}, {1, 2, 30'000'000}), reason);
  EXPECT_EQ(refused("MaxPool", {{1, 1, 100'000}}, {1, 1, 50'001}, {{"kernel_shape", Axes{50'000}}}), reason);
  EXPECT_EQ(refused("Conv", {{1, 1, 100'000}, {1, 1, 50'000}}, {1, 1, 50'001}), reason)
      << "weights that are not constant";
}

}  // namespace
}  // namespace eb::gpu
