#include "backends/gpu/fold.h"

#include <gtest/gtest.h>

#include "backends/gpu/plan.h"
#include "tests/backends/gpu/graph_builder.h"

namespace eb::gpu::test {
namespace {

// A node whose inputs are constants; `graph` is a copy, folded.
struct Folded {
  Folded(const GraphBuilder& build, ValueId made) : graph(build.graph()), value(made) {
    bytes = fold_constants(graph);
  }
  bool is_constant() const { return graph.value(value).is_constant(); }
  std::vector<float> reals() const { return graph.constant_reals(value); }

  Graph graph;
  ValueId value;
  FoldedBytes bytes{};
};

ValueId scale_of(GraphBuilder& build, const std::vector<float>& scales) {
  return build.constant(scales.size() == 1 ? Shape{} : Shape{static_cast<std::int64_t>(scales.size())},
                        scales);
}

TEST(GpuFold, DequantizesATensor) {
  GraphBuilder build;
  const ValueId x = build.constant<std::uint8_t>({2, 2}, {0, 1, 128, 255}, Type::u8);
  const ValueId zero = build.constant<std::uint8_t>({}, {128}, Type::u8);
  const ValueId y = build.op("DequantizeLinear", {x, scale_of(build, {0.5f}), zero}, {2, 2});
  EXPECT_EQ(Folded(build, y).reals(), (std::vector<float>{-64, -63.5f, 0, 63.5f}));
}

TEST(GpuFold, DequantizesByAxis) {
  GraphBuilder build;
  const ValueId x = build.constant<std::int8_t>({2, 3}, {-128, -1, 127, 4, 5, 6}, Type::i8);
  const ValueId rows = build.op("DequantizeLinear", {x, scale_of(build, {0.5f, 2}), kNoValue}, {2, 3},
                                {{"axis", std::int64_t{0}}});
  const ValueId columns =
      build.op("DequantizeLinear", {x, scale_of(build, {1, 2, 4})}, {2, 3}, {{"axis", std::int64_t{-1}}});
  EXPECT_EQ(Folded(build, rows).reals(), (std::vector<float>{-64, -0.5f, 63.5f, 8, 10, 12}));
  EXPECT_EQ(Folded(build, columns).reals(), (std::vector<float>{-128, -2, 508, 4, 10, 24}));
}

TEST(GpuFold, DequantizesABias) {
  GraphBuilder build;
  const ValueId x = build.constant<std::int32_t>({2}, {-100000, 3}, Type::i32);
  const ValueId y = build.op("DequantizeLinear", {x, scale_of(build, {0.25f})}, {2});
  EXPECT_EQ(Folded(build, y).reals(), (std::vector<float>{-25000, 0.75f}));
}

TEST(GpuFold, OneFoldFeedsTheNext) {
  GraphBuilder build;
  const ValueId x = build.constant<std::int8_t>({2, 3}, {1, 2, 3, 4, 5, 6}, Type::i8);
  const ValueId reals = build.op("DequantizeLinear", {x, scale_of(build, {2})}, {2, 3});
  const ValueId turned = build.op("Transpose", {reals}, {3, 2}, {{"perm", Shape{1, 0}}});
  const ValueId shape = build.constant<std::int64_t>({1}, {6}, Type::i64);
  const ValueId y = build.op("Reshape", {turned, shape}, {6});
  EXPECT_EQ(Folded(build, y).reals(), (std::vector<float>{2, 8, 4, 10, 6, 12}));
}

TEST(GpuFold, TurnsThreeAxesAsSaid) {
  GraphBuilder build;
  const ValueId x = build.constant<float>({1, 2, 3}, {1, 2, 3, 4, 5, 6});
  const ValueId reversed = build.op("Transpose", {x}, {3, 2, 1});
  const ValueId turned = build.op("Transpose", {x}, {3, 1, 2}, {{"perm", Shape{2, 0, 1}}});
  EXPECT_EQ(Folded(build, reversed).reals(), (std::vector<float>{1, 4, 2, 5, 3, 6}));
  EXPECT_EQ(Folded(build, turned).reals(), (std::vector<float>{1, 4, 2, 5, 3, 6}));
}

TEST(GpuFold, CastsHalvesAndIntegers) {
  GraphBuilder build;
  const ValueId halves = build.constant<std::uint16_t>({2}, {0x3c00, 0xc000}, Type::f16);
  const ValueId integers = build.constant<std::int64_t>({2}, {7, -9}, Type::i64);
  const ValueId a = build.op("Cast", {halves}, {2}), b = build.op("Cast", {integers}, {2});
  EXPECT_EQ(Folded(build, a).reals(), (std::vector<float>{1, -2}));
  EXPECT_EQ(Folded(build, b).reals(), (std::vector<float>{7, -9}));
}

TEST(GpuFold, LeavesWhatIsGivenAtRunTime) {
  GraphBuilder build;
  const ValueId x = build.input({4}, Type::u8),
                fixed = build.constant<std::uint8_t>({4}, {1, 2, 3, 4}, Type::u8);
  const ValueId scale = build.input({});
  const ValueId a = build.op("DequantizeLinear", {x, scale_of(build, {1})}, {4});
  const ValueId b = build.op("DequantizeLinear", {fixed, scale}, {4});
  EXPECT_FALSE(Folded(build, a).is_constant());
  EXPECT_FALSE(Folded(build, b).is_constant());
}

// Nothing is read past an end, and the operator goes the usual way.
TEST(GpuFold, LeavesWhatDoesNotFit) {
  GraphBuilder build;
  const ValueId x = build.constant<std::int8_t>({4}, {1, 2, 3, 4}, Type::i8);
  const ValueId scales = scale_of(build, {1, 2});
  const std::vector<ValueId> made = {
      build.op("DequantizeLinear", {x, scales}, {4}, {{"axis", std::int64_t{0}}}),
      build.op("DequantizeLinear", {x, scales}, {4}, {{"axis", std::int64_t{7}}}),
      build.op("DequantizeLinear", {x, scales}, {4}, {{"block_size", std::int64_t{2}}}),
      build.op("DequantizeLinear", {x, scale_of(build, {1}), scales}, {4}),
      build.op("Transpose", {x}, {4}, {{"perm", Shape{1, 0}}}),
      build.op("Reshape", {x}, {5}),
      build.op("Relu", {x}, {4})};
  for (const ValueId y : made) EXPECT_FALSE(Folded(build, y).is_constant()) << y;
}

TEST(GpuFold, QuantizedWeightsGoTheFastWayAndCostNothing) {
  GraphBuilder build;
  const ValueId x = build.input({1, 8, 5, 5});
  const ValueId steps = build.constant({16, 8, 1, 1}, std::vector<std::int8_t>(128, 3), Type::i8);
  const ValueId weights = build.op("DequantizeLinear", {steps, scale_of(build, {0.5f})}, {16, 8, 1, 1});
  build.output(build.op("Conv", {x, weights}, {1, 16, 5, 5}));
  Graph graph = build.graph();
  const FoldedBytes bytes = fold_constants(graph);
  DeviceInfo device;
  device.type = DeviceType::cpu;
  device.max_group_items = 256;
  const auto program = make_plan(graph, device);
  ASSERT_TRUE(program) << program.error().message;
  std::vector<std::string> kernels;
  for (const Call& call : program->calls) kernels.push_back(call.kernel.kernel);
  EXPECT_EQ(kernels, (std::vector<std::string>{"to_runs", "conv", "from_runs"}));
}

TEST(GpuFold, AnOutputThatIsConstantIsStillWritten) {
  GraphBuilder build;
  const ValueId x = build.constant<std::int8_t>({4}, {1, 2, 3, 4}, Type::i8);
  const ValueId y = build.op("DequantizeLinear", {x, scale_of(build, {1})}, {4});
  build.output(y);
  Folded folded(build, y);
  DeviceInfo device;
  device.max_group_items = 256;
  const auto program = make_plan(folded.graph, device);
  ASSERT_TRUE(program) << program.error().message;
  EXPECT_EQ(program->calls.size(), 1u);
  EXPECT_EQ(program->outputs[0].bytes, 16u);
}

}  // namespace
}  // namespace eb::gpu::test
