#include "backends/gpu/fuse.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/backends/gpu/graph_builder.h"

namespace eb::gpu::test {
namespace {

const Shape kShape{1, 8, 4, 4};

struct Fixture {
  GraphBuilder build{};
  ValueId x = build.input(kShape);
  ValueId weights = build.constant({8, 8, 1, 1}, std::vector<float>(64, 0.1f));

  ValueId conv(ValueId from) { return build.op("Conv", {from, weights}, kShape); }
  ValueId per_channel() { return build.constant({1, 8, 1, 1}, std::vector<float>(8, 1.0f)); }
  std::vector<FusedNode> fused(ValueId output) {
    build.output(output);
    return fuse(build.graph());
  }
};

TEST(GpuFuse, BiasResidualAndActivationRideAlong) {
  Fixture f;
  const ValueId product = f.build.op("Add", {f.conv(f.x), f.per_channel()}, kShape);
  const ValueId sum = f.build.op("Add", {f.x, product}, kShape);
  const ValueId y = f.build.op("Relu", {sum}, kShape);
  const auto order = f.fused(y);
  ASSERT_EQ(order.size(), 1u);
  const Epilogue& epilogue = order[0].epilogue;
  EXPECT_NE(epilogue.bias, kNoValue);
  EXPECT_EQ(epilogue.residual, f.x);
  EXPECT_EQ(epilogue.activation, Activation::clamp);
  EXPECT_EQ(epilogue.a, 0);
  EXPECT_EQ(epilogue.b, std::numeric_limits<float>::infinity());
  EXPECT_EQ(epilogue.output, y);
}

TEST(GpuFuse, TransposedConvolutionsTakeTheSame) {
  Fixture f;
  const ValueId a = f.build.op("ConvTranspose", {f.x, f.weights}, kShape);
  const ValueId y = f.build.op("Relu", {f.build.op("Add", {f.x, a}, kShape)}, kShape);
  const auto order = f.fused(y);
  ASSERT_EQ(order.size(), 1u);
  EXPECT_EQ(order[0].epilogue.residual, f.x);
}

TEST(GpuFuse, EmittedWhereTheLastFusedNodeStood) {
  Fixture f;
  const ValueId early = f.conv(f.x);
  const ValueId other = f.build.op("Softmax", {f.x}, kShape);
  const ValueId y = f.build.op("Add", {early, other}, kShape);
  const auto order = f.fused(y);
  ASSERT_EQ(order.size(), 2u);
  EXPECT_EQ(f.build.graph().nodes[static_cast<std::size_t>(order[0].node)].op_type, "Softmax");
  EXPECT_EQ(order[1].epilogue.residual, other);
}

TEST(GpuFuse, OfTwoConvolutionsOneTakesTheSum) {
  Fixture f;
  const ValueId a = f.conv(f.x), b = f.conv(f.x);
  const auto order = f.fused(f.build.op("Add", {a, b}, kShape));
  ASSERT_EQ(order.size(), 2u);
  EXPECT_EQ(order[0].epilogue.residual, kNoValue);
  EXPECT_EQ(order[1].epilogue.residual, b);
}

TEST(GpuFuse, AValueThatOthersReadStays) {
  Fixture f;
  const ValueId a = f.conv(f.x);
  const ValueId y = f.build.op("Relu", {a}, kShape);
  f.build.output(a);
  EXPECT_EQ(f.fused(y).size(), 2u);
}

TEST(GpuFuse, SumsOfOtherShapesStay) {
  Fixture f;
  const ValueId wide = f.build.input({2, 8, 4, 4});
  EXPECT_EQ(f.fused(f.build.op("Add", {f.conv(f.x), wide}, {2, 8, 4, 4})).size(), 2u);
  Fixture g;
  const ValueId a = g.conv(g.x);
  EXPECT_EQ(g.fused(g.build.op("Add", {a, a}, kShape)).size(), 2u);
}

TEST(GpuFuse, DepthwiseTakesNoResidual) {
  Fixture f;
  const ValueId weights = f.build.constant({8, 1, 3, 3}, std::vector<float>(72, 0.1f));
  const ValueId a = f.build.op("Conv", {f.x, weights}, kShape, {{"group", std::int64_t{8}}});
  EXPECT_EQ(f.fused(f.build.op("Add", {a, f.x}, kShape)).size(), 2u);
}

TEST(GpuFuse, ClipWithConstantBounds) {
  Fixture f;
  const ValueId low = f.build.constant({}, std::vector<float>{-1}),
                high = f.build.constant({}, std::vector<float>{6});
  const auto order = f.fused(f.build.op("Clip", {f.conv(f.x), low, high}, kShape));
  ASSERT_EQ(order.size(), 1u);
  EXPECT_EQ(order[0].epilogue.a, -1);
  EXPECT_EQ(order[0].epilogue.b, 6);
  Fixture g;
  const ValueId bound = g.build.input({});
  EXPECT_EQ(g.fused(g.build.op("Clip", {g.conv(g.x), bound}, kShape)).size(), 2u);
}

TEST(GpuFuse, GatesOfASigmoid) {
  Fixture f;
  const ValueId a = f.conv(f.x);
  const ValueId gate = f.build.op("Sigmoid", {a}, kShape);
  const auto silu = f.fused(f.build.op("Mul", {a, gate}, kShape));
  ASSERT_EQ(silu.size(), 1u);
  EXPECT_EQ(silu[0].epilogue.activation, Activation::silu);

  Fixture g;
  const ValueId b = g.conv(g.x);
  const ValueId hard = g.build.op("HardSigmoid", {b}, kShape, {{"alpha", 1.0f / 6}, {"beta", 0.5f}});
  const auto swish = g.fused(g.build.op("Mul", {hard, b}, kShape));
  ASSERT_EQ(swish.size(), 1u);
  EXPECT_EQ(swish[0].epilogue.activation, Activation::hard_swish);

  Fixture h;
  const ValueId c = h.conv(h.x);
  const ValueId other = h.build.op("HardSigmoid", {c}, kShape);  // slope 0.2: no hard swish
  EXPECT_EQ(h.fused(h.build.op("Mul", {other, c}, kShape)).size(), 3u);
}

TEST(GpuFuse, ProductsTakeABiasAlongColumns) {
  GraphBuilder build;
  const ValueId x = build.input({4, 8}), weights = build.constant({8, 3}, std::vector<float>(24, 0.1f));
  const ValueId bias = build.constant({3}, std::vector<float>(3, 1.0f));
  build.output(build.op("Add", {build.op("MatMul", {x, weights}, {4, 3}), bias}, {4, 3}));
  const auto order = fuse(build.graph());
  ASSERT_EQ(order.size(), 1u);
  EXPECT_EQ(order[0].epilogue.bias, bias);
}

}  // namespace
}  // namespace eb::gpu::test
