#include "backends/gpu/graph.h"

#include <gtest/gtest.h>

#include <cmath>

#include "backends/gpu/half.h"
#include "tests/backends/gpu/graph_builder.h"

namespace eb::gpu::test {
namespace {

TEST(GpuGraph, AttributesHaveDefaultsAndTypes) {
  Node node;
  node.attributes = {{"i", std::int64_t{7}}, {"f", 0.5f}, {"s", std::string("SAME")}, {"is", Shape{1, 2}}};
  EXPECT_EQ(node.integer("i", 1), 7);
  EXPECT_EQ(node.integer("absent", 1), 1);
  EXPECT_EQ(node.integer("f", 1), 1) << "a wrong type is as good as absent";
  EXPECT_EQ(node.real("f", 2), 0.5f);
  EXPECT_EQ(node.text("s", ""), "SAME");
  EXPECT_EQ(node.integers("is"), (Shape{1, 2}));
  EXPECT_EQ(node.integers("absent", {3}), (Shape{3}));
  EXPECT_TRUE(node.reals("is").empty());
  EXPECT_TRUE(node.has("i"));
  EXPECT_FALSE(node.has("j"));
}

TEST(GpuGraph, OptionalInputsPastTheEndAreAbsent) {
  Node node;
  node.inputs = {4, kNoValue};
  EXPECT_EQ(node.input(0), 4);
  EXPECT_EQ(node.input(1), kNoValue);
  EXPECT_EQ(node.input(9), kNoValue);
  EXPECT_EQ(node.output(0), kNoValue);
}

TEST(GpuGraph, ConstantsAreReadAsNumbers) {
  GraphBuilder build;
  const ValueId reals = build.constant({2}, std::vector<float>{1.5f, -2});
  const ValueId integers = build.constant({2}, std::vector<std::int64_t>{-3, 1LL << 40}, Type::i64);
  const ValueId bytes = build.constant({2}, std::vector<std::uint8_t>{0, 200}, Type::u8);
  const ValueId halves = build.constant({2}, std::vector<std::uint16_t>{0x3c00, 0xc000}, Type::f16);
  const ValueId input = build.input({2});
  const Graph& graph = build.graph();
  EXPECT_EQ(graph.constant_reals(reals), (std::vector<float>{1.5f, -2}));
  EXPECT_EQ(graph.constant_integers(integers), (std::vector<std::int64_t>{-3, 1LL << 40}));
  EXPECT_EQ(graph.constant_reals(bytes), (std::vector<float>{0, 200}));
  EXPECT_EQ(graph.constant_reals(halves), (std::vector<float>{1, -2}));
  EXPECT_TRUE(graph.constant_reals(input).empty());
  EXPECT_TRUE(graph.constant_integers(kNoValue).empty());
}

TEST(GpuGraph, HalvesAreExact) {
  EXPECT_EQ(half_to_float(0x0001), 0x1p-24f);
  EXPECT_EQ(half_to_float(0x83ff), -1023 * 0x1p-24f);
  EXPECT_EQ(half_to_float(0x0400), 0x1p-14f);
  EXPECT_EQ(half_to_float(0x7bff), 65504.0f);
  EXPECT_TRUE(std::isinf(half_to_float(0xfc00)));
  EXPECT_TRUE(std::isnan(half_to_float(0x7e00)));
  EXPECT_TRUE(std::signbit(half_to_float(0x8000)));
}

TEST(GpuGraph, AxesCountFromTheEnd) {
  EXPECT_EQ(normal_axis(-1, 4), 3);
  EXPECT_EQ(normal_axis(2, 4), 2);
  EXPECT_EQ(normal_axis(4, 4), -1);
  EXPECT_EQ(normal_axis(-5, 4), -1);
  EXPECT_EQ(elements({}), 1);
  EXPECT_EQ(elements({2, 3, 4}), 24);
}

}  // namespace
}  // namespace eb::gpu::test
