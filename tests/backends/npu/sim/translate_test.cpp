#include "backends/npu/sim/translate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "backends/npu/sim/chip_model.h"
#include "tests/backends/gpu/graph_builder.h"

namespace eb::simnpu {
namespace {

using gpu::Type;
using gpu::test::GraphBuilder;

Op translated(GraphBuilder& builder) {
  BlockPlan block;
  for (const auto& node : builder.graph().nodes)
    EXPECT_FALSE(chip_refusal(builder.graph(), node)) << *chip_refusal(builder.graph(), node);
  return translate(builder.graph(), block).ops.back();
}

std::string refused(const GraphBuilder& builder) {
  return chip_refusal(builder.graph(), builder.graph().nodes.back()).value_or("");
}

TEST(Translate, AConvolutionWithPadding) {
  GraphBuilder builder;
  const auto x = builder.input({2, 4, 9, 7});
  const auto w = builder.constant({6, 2, 3, 5}, std::vector<float>(180));
  builder.op("Conv", {x, w}, {2, 6, 5, 4},
             {{"group", 2},
              {"strides", std::vector<std::int64_t>{2, 2}},
              {"pads", std::vector<std::int64_t>{1, 2, 1, 2}}});
  const Op op = translated(builder);
  EXPECT_EQ(op.kind, OpKind::conv);
  EXPECT_EQ(op.groups, 2u);
  EXPECT_EQ(op.kernel_x, 5u);
  EXPECT_EQ(op.pad_top, 1u);
  EXPECT_EQ(op.pad_left, 2u);
  EXPECT_EQ(op.out_width, 4u);
  EXPECT_EQ(op.is_int8, 0u);
  EXPECT_EQ(op.b.is_constant, 1u);
  EXPECT_EQ(macs_of(op), 0u + 2 * 6 * 5 * 4 * 2 * 15);
}

TEST(Translate, PaddingThatIsToBeFound) {
  for (const auto& [where, expected] : {std::pair{"SAME_UPPER", 0u}, {"SAME_LOWER", 1u}}) {
    GraphBuilder builder;
    const auto x = builder.input({1, 1, 8, 8});
    const auto w = builder.constant({1, 1, 3, 3}, std::vector<float>(9));
    builder.op("Conv", {x, w}, {1, 1, 4, 4},
               {{"auto_pad", std::string(where)}, {"strides", std::vector<std::int64_t>{2, 2}}});
    EXPECT_EQ(translated(builder).pad_top, expected) << where;
  }
}

TEST(Translate, ProductsOfAnyShape) {
  GraphBuilder shared;
  shared.op("MatMul", {shared.input({2, 3, 4, 5}), shared.constant({5, 6}, std::vector<float>(30))},
            {2, 3, 4, 6});
  const Op op = translated(shared);
  EXPECT_EQ(op.batches, 1u);
  EXPECT_EQ(op.m, 24u);
  EXPECT_EQ(op.n, 6u);
  EXPECT_EQ(op.k, 5u);
  GraphBuilder each;
  each.op("MatMul", {each.input({3, 4, 5}), each.input({3, 5, 6})}, {3, 4, 6});
  EXPECT_EQ(translated(each).batches, 3u);
  EXPECT_EQ(translated(each).m, 4u);
  GraphBuilder broadcast;
  broadcast.op("MatMul", {broadcast.input({3, 4, 5}), broadcast.input({2, 1, 5, 6})}, {2, 3, 4, 6});
  EXPECT_EQ(refused(broadcast), "broadcast batches");
}

TEST(Translate, GemmTakesABiasOfARowOrOfAll) {
  for (const auto& [shape, why] : {std::pair{gpu::Shape{6}, ""},
                                   {gpu::Shape{4, 6}, ""},
                                   {gpu::Shape{1}, ""},
                                   {gpu::Shape{4, 1}, "a bias a row"}}) {
    GraphBuilder builder;
    const auto a = builder.input({4, 5}), b = builder.input({5, 6}), c = builder.input(shape);
    builder.op("Gemm", {a, b, c}, {4, 6});
    EXPECT_EQ(refused(builder), why);
  }
}

TEST(Translate, WhatComesFromEightBitsIsEightBitWork) {
  GraphBuilder builder;
  const auto scale = builder.constant({}, std::vector<float>{0.1F});
  const auto a = builder.op("DequantizeLinear", {builder.input({4, 5}, Type::u8), scale}, {4, 5});
  const auto b = builder.op("DequantizeLinear", {builder.input({5, 6}, Type::i8), scale}, {5, 6});
  builder.op("MatMul", {a, b}, {4, 6});
  EXPECT_EQ(translated(builder).is_int8, 1u);
}

TEST(Translate, RefusalsSayWhy) {
  GraphBuilder unknown;
  unknown.op("Softmax", {unknown.input({4})}, {4});
  EXPECT_EQ(refused(unknown), "no such operator on the chip");
  GraphBuilder free;
  free.op("Relu", {free.input({-1, 4})}, {-1, 4});
  EXPECT_EQ(refused(free), "a shape that is not known");
  GraphBuilder half;
  half.op("Relu", {half.input({4}, Type::f16)}, {4});
  EXPECT_EQ(refused(half), "only fp32");
  GraphBuilder row;
  row.op("Conv", {row.input({1, 2, 9}), row.input({3, 2, 3})}, {1, 3, 7});
  EXPECT_EQ(refused(row), "only pictures");
  GraphBuilder pair;
  pair.op("Add", {pair.input({4, 4}), pair.input({4})}, {4, 4});
  EXPECT_EQ(refused(pair), "broadcast");
}

TEST(Translate, ValuesHaveOnePlaceAndPlacesAreApart) {
  GraphBuilder builder;
  const auto x = builder.input({3});
  const auto y = builder.op("Relu", {x}, {3});
  builder.op("Add", {x, y}, {3});
  BlockPlan block;
  const auto made = translate(builder.graph(), block);
  EXPECT_EQ(made.ops[0].a.offset, made.ops[1].a.offset);
  EXPECT_EQ(made.ops[0].y.offset, made.ops[1].b.offset);
  EXPECT_EQ(made.ops[1].y.offset - made.ops[0].y.offset, kAlignment);
  EXPECT_EQ(block.bytes() % kAlignment, 0u);
}

}  // namespace
}  // namespace eb::simnpu
