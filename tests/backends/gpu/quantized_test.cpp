#include "backends/gpu/quantized.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "backends/gpu/fuse.h"
#include "tests/backends/gpu/quantized_graph.h"

namespace eb::gpu::test {
namespace {

const Shape kShape{1, 8, 4, 4};
const Quantization kX{0.5f, 10, Type::u8}, kY{0.25f, -3, Type::i8};

struct Fixture {
  QuantizedBuilder build{};
  ValueId x = build.input(kShape, kX);
  ValueId reals = build.dequantize(x, kX);

  static Tensor constant_weights() { return random_integers(1, Type::i8, {8, 8, 1, 1}, -127, 127); }
  ValueId conv(ValueId from, ValueId by) { return build.op("Conv", {from, by}, kShape); }
  ValueId weights() { return build.weights(constant_weights(), {0.125f}, 0); }
  ValueId conv() { return conv(reals, weights()); }

  // What is emitted, a node each; "Conv*" is one in whole numbers.
  std::vector<std::string> emitted(ValueId output, Arithmetic arithmetic = Arithmetic::whole_numbers) {
    build.output(output);
    std::vector<std::string> names;
    for (const FusedNode& fused : fuse(build.graph(), arithmetic)) {
      const std::string& name = build.graph().nodes[static_cast<std::size_t>(fused.node)].op_type;
      names.push_back(name + (fused.quantized ? "*" : ""));
    }
    return names;
  }
  bool in_whole_numbers(ValueId output) {
    const auto names = emitted(output);
    return std::any_of(names.begin(), names.end(),
                       [](const std::string& name) { return name.ends_with('*'); });
  }
};

using Names = std::vector<std::string>;

TEST(GpuQuantized, StepsOfBothTypes) {
  Fixture f;
  const ValueId y = f.build.quantize(f.reals, kY);
  const Graph& graph = f.build.graph();
  const auto steps = producers_of(graph);
  const auto x = steps_of(graph, *steps[static_cast<std::size_t>(f.reals)]);
  const auto made = steps_of(graph, *steps[static_cast<std::size_t>(y)]);
  ASSERT_TRUE(x && made);
  EXPECT_EQ(x->scale, 0.5f);
  EXPECT_EQ(x->zero, 10);
  EXPECT_EQ(made->zero, 125);  // 128 above that of i8
}

TEST(GpuQuantized, AConvolutionBetweenQuantizedTensors) {
  Fixture f;
  const ValueId relu = f.build.op("Relu", {f.conv()}, kShape);
  const ValueId y = f.build.quantize(relu, kY);
  f.build.output(y);
  const auto order = fuse(f.build.graph(), Arithmetic::whole_numbers);
  ASSERT_EQ(order.size(), 1u);
  ASSERT_TRUE(order[0].quantized);
  EXPECT_EQ(order[0].quantized->x, f.x);
  EXPECT_EQ(order[0].quantized->weights.scales, (std::vector<float>{0.125f}));
  EXPECT_EQ(order[0].quantized->y_steps.scale, 0.25f);
  EXPECT_EQ(order[0].epilogue.activation, Activation::clamp);
  EXPECT_EQ(order[0].epilogue.output, y);
}

TEST(GpuQuantized, RealsUnlessAskedFor) {
  Fixture f;
  EXPECT_EQ(f.emitted(f.build.quantize(f.conv(), kY), Arithmetic::reals),
            (Names{"DequantizeLinear", "DequantizeLinear", "Conv", "QuantizeLinear"}));
}

TEST(GpuQuantized, WhoElseReadsTheRealsStillGetsThem) {
  Fixture f;
  const ValueId other = f.build.op("Sigmoid", {f.reals}, kShape);
  f.build.output(other);
  EXPECT_EQ(f.emitted(f.build.quantize(f.conv(), kY)), (Names{"DequantizeLinear", "Sigmoid", "Conv*"}));
}

TEST(GpuQuantized, ASumOfTwoAndOfOneTwice) {
  Fixture f;
  const ValueId other = f.build.dequantize(f.build.input(kShape, kY), kY);
  EXPECT_EQ(f.emitted(f.build.quantize(f.build.op("Add", {f.reals, other}, kShape), kX)), (Names{"Add*"}));
  Fixture g;
  EXPECT_EQ(g.emitted(g.build.quantize(g.build.op("Add", {g.reals, g.reals}, kShape), kX)), (Names{"Add*"}));
}

TEST(GpuQuantized, SumsThatAreNoneOfTwoQuantizedTensorsOfOneShape) {
  Fixture f;
  const ValueId wide = f.build.dequantize(f.build.input({2, 8, 4, 4}, kX), kX);
  EXPECT_FALSE(f.in_whole_numbers(f.build.quantize(f.build.op("Add", {f.reals, wide}, {2, 8, 4, 4}), kX)));
  Fixture g;
  const ValueId plain = g.build.GraphBuilder::input(kShape);
  EXPECT_FALSE(g.in_whole_numbers(g.build.quantize(g.build.op("Add", {g.reals, plain}, kShape), kX)));
}

TEST(GpuQuantized, ResultsThatOthersReadStayReal) {
  Fixture f;  // the world outside
  const ValueId a = f.conv();
  f.build.output(a);
  EXPECT_FALSE(f.in_whole_numbers(f.build.quantize(a, kY)));
  Fixture g;  // between activation and QuantizeLinear
  const ValueId relu = g.build.op("Relu", {g.conv()}, kShape);
  g.build.output(g.build.op("Sigmoid", {relu}, kShape));
  EXPECT_FALSE(g.in_whole_numbers(g.build.quantize(relu, kY)));
  Fixture h;  // no QuantizeLinear at all
  EXPECT_FALSE(h.in_whole_numbers(h.build.op("Relu", {h.conv()}, kShape)));
}

TEST(GpuQuantized, ActivationsThatAreNoClampStayReal) {
  Fixture f;
  EXPECT_EQ(f.emitted(f.build.quantize(f.build.op("Sigmoid", {f.conv()}, kShape), kY)),
            (Names{"DequantizeLinear", "DequantizeLinear", "Conv", "QuantizeLinear"}));
}

TEST(GpuQuantized, ScalesAChannelOfActivationsStayReal) {
  Fixture f;
  const ValueId scales = f.build.constant({8}, std::vector<float>(8, 0.5f));
  const ValueId zeros = f.build.numbers({8}, std::vector<double>(8, 10), Type::u8);
  const ValueId reals = f.build.op("DequantizeLinear", {f.x, scales, zeros}, kShape);
  EXPECT_FALSE(f.in_whole_numbers(f.build.quantize(f.conv(reals, f.weights()), kY)));
}

TEST(GpuQuantized, ScalesGivenAtRunTimeStayReal) {
  Fixture f;
  const ValueId scale = f.build.GraphBuilder::input({});
  const ValueId reals = f.build.op("DequantizeLinear", {f.x, scale}, kShape);
  EXPECT_FALSE(f.in_whole_numbers(f.build.quantize(f.conv(reals, f.weights()), kY)));
}

TEST(GpuQuantized, WeightsNeedTheirZeroInTheMiddle) {
  const auto with_zero = [](Type type, double zero) {
    Fixture f;
    const ValueId numbers = f.build.numbers({8, 8, 1, 1}, std::vector<double>(64, 9), type);
    const ValueId scale = f.build.constant({}, std::vector<float>{0.125f});
    const ValueId weights =
        f.build.op("DequantizeLinear", {numbers, scale, f.build.numbers({}, {zero}, type)}, {8, 8, 1, 1});
    return f.in_whole_numbers(f.build.quantize(f.conv(f.reals, weights), kY));
  };
  EXPECT_TRUE(with_zero(Type::i8, 0));
  EXPECT_TRUE(with_zero(Type::u8, 128));
  EXPECT_FALSE(with_zero(Type::i8, 1));
  EXPECT_FALSE(with_zero(Type::u8, 0));
}

TEST(GpuQuantized, ScalesOfWeightsLieAlongTheOutputs) {
  for (const std::int64_t axis : {0, 1}) {
    Fixture f;
    const ValueId weights = f.build.weights(Fixture::constant_weights(), std::vector<float>(8, 0.125f), axis);
    EXPECT_EQ(f.in_whole_numbers(f.build.quantize(f.conv(f.reals, weights), kY)), axis == 0) << axis;
  }
}

TEST(GpuQuantized, GroupsStayReal) {
  Fixture f;
  const ValueId weights = f.build.weights(random_integers(1, Type::i8, {8, 1, 3, 3}, -9, 9), {0.1f}, 0);
  const ValueId y = f.build.op("Conv", {f.reals, weights}, kShape, {{"group", std::int64_t{8}}});
  EXPECT_FALSE(f.in_whole_numbers(f.build.quantize(y, kY)));
}

TEST(GpuQuantized, GemmWithoutFactorsOnly) {
  const auto gemm = [](std::map<std::string, Attribute> attributes, const Shape& c) {
    QuantizedBuilder build;
    const ValueId x = build.dequantize(build.input({8, 8}, kX), kX);
    const ValueId weights = build.weights(random_integers(1, Type::i8, {8, 8}, -9, 9), {0.1f}, 0);
    const ValueId bias = build.constant(c, std::vector<float>(static_cast<std::size_t>(elements(c)), 1.0f));
    build.output(build.quantize(build.op("Gemm", {x, weights, bias}, {8, 8}, std::move(attributes)), kY));
    return fuse(build.graph(), Arithmetic::whole_numbers).front().quantized.has_value();
  };
  EXPECT_TRUE(gemm({}, {8}));
  EXPECT_TRUE(gemm({{"transB", std::int64_t{1}}}, {1, 8}));
  EXPECT_FALSE(gemm({}, {8, 1}));
  EXPECT_FALSE(gemm({}, {8, 8}));
  EXPECT_FALSE(gemm({{"transA", std::int64_t{1}}}, {8}));
  EXPECT_FALSE(gemm({{"alpha", 0.5f}}, {8}));
  EXPECT_FALSE(gemm({{"beta", 0.5f}}, {8}));
}

}  // namespace
}  // namespace eb::gpu::test
