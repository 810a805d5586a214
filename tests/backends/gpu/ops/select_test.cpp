#include <algorithm>

#include "tests/backends/gpu/ops_harness.h"

namespace eb::gpu::test {
namespace {

Tensor chosen(Type type, const Tensor& condition, const Tensor& a, const Tensor& b) {
  return each(type, {condition, a, b}, [](const auto& x) { return x[0] != 0 ? x[1] : x[2]; });
}

TEST(Where, ChoosesWordsOfEveryType) {
  const Tensor condition = random_integers(1, Type::boolean, {2, 1, 5}, 0, 1);
  for (const Type type : {Type::f32, Type::i32, Type::i64, Type::u8, Type::boolean}) {
    const Tensor a = random_integers(2, type, {3, 5}, 0, 1), b = random_integers(3, type, {2, 3, 1}, 0, 1);
    expect_op({.op_type = "Where", .inputs = {condition, a, b}, .outputs = {chosen(type, condition, a, b)}});
    const Tensor scalar = tensor(type, {}, {1});
    expect_op({.op_type = "Where",
               .inputs = {condition, scalar, b},
               .outputs = {chosen(type, condition, scalar, b)}});
  }
}

TEST(Where, WorksInTheImageLayout) {
  const Tensor condition = random_integers(1, Type::boolean, {1, 1, 3, 4}, 0, 1);
  const Tensor a = random(2, {2, 5, 3, 4}), b = constant(reals({}, {-7}));
  expect_op({.op_type = "Where",
             .inputs = {condition, a, b},
             .outputs = {chosen(Type::f32, condition, a, b)},
             .as_image = true});
}

TEST(Expand, RepeatsEveryType) {
  for (const Type type : {Type::f32, Type::i32, Type::i64, Type::u8, Type::boolean})
    for (const auto& [from, to] : std::vector<std::pair<Shape, Shape>>{
             {{3, 1}, {2, 3, 4}}, {{1, 32}, {5, 32}}, {{}, {3, 3}}, {{2, 1, 16}, {2, 7, 16}}, {{4}, {4}}}) {
      const Tensor input = random_integers(1, type, from, 0, 1);
      Tensor expected = each(type, {input, tensor(type, to, std::vector<double>(64 * 8, 0))},
                             [](const auto& x) { return x[0]; });
      std::vector<double> shape(to.begin(), to.end());
      expect_op(
          {.op_type = "Expand",
           .inputs = {input, constant(tensor(Type::i64, {static_cast<std::int64_t>(to.size())}, shape))},
           .outputs = {expected}});
    }
}

TEST(Clip, TakesItsBoundsAsAttributesOrInputs) {
  const Tensor x = random(1, {3, 7}, -8, 8);
  const auto clip = [&](double low, double high) {
    return each(Type::f32, {x}, [=](const auto& v) { return std::min(std::max(v[0], low), high); });
  };
  expect_op({.op_type = "Clip",
             .inputs = {x},
             .outputs = {clip(-1, 2)},
             .attributes = {{"min", -1.0f}, {"max", 2.0f}},
             .since_version = 6});
  const Tensor low = reals({}, {-1}), high = reals({}, {2});
  expect_op({.op_type = "Clip", .inputs = {x, constant(low), constant(high)}, .outputs = {clip(-1, 2)}});
  expect_op({.op_type = "Clip", .inputs = {x, low, high}, .outputs = {clip(-1, 2)}});
  expect_op({.op_type = "Clip", .inputs = {x, absent(), high}, .outputs = {clip(-kInfinity, 2)}});
  expect_op({.op_type = "Clip", .inputs = {x, constant(low)}, .outputs = {clip(-1, kInfinity)}});
  expect_op({.op_type = "Clip", .inputs = {x}, .outputs = {x}});
}

TEST(Clip, OfIntegersIsExact) {
  const Tensor x = tensor(Type::i32, {4}, {-5, 16777217, 16777219, 7});
  expect_op({.op_type = "Clip",
             .inputs = {x, tensor(Type::i32, {}, {0}), constant(tensor(Type::i32, {}, {16777218}))},
             .outputs = {tensor(Type::i32, {4}, {0, 16777217, 16777218, 7})}});
  expect_op({.op_type = "Clip", .inputs = {x}, .outputs = {x}});
}

TEST(Clip, KeepsNan) {
  expect_op({.op_type = "Clip",
             .inputs = {reals({3}, {kNan, kInfinity, -kInfinity}), constant(reals({}, {0})),
                        constant(reals({}, {1}))},
             .outputs = {reals({3}, {kNan, 1, 0})}});
}

TEST(Identity, AndDropoutCopyNothing) {
  for (const Type type : {Type::f32, Type::i64, Type::boolean}) {
    const Tensor x = random_integers(1, type, {2, 3}, 0, 1);
    expect_op({.op_type = "Identity", .inputs = {x}, .outputs = {x}});
  }
  const Tensor x = random(1, {2, 3});
  expect_op({.op_type = "Dropout", .inputs = {x, constant(reals({}, {0.5}))}, .outputs = {x, absent()}});
  EXPECT_EQ(refused({.op_type = "Dropout",
                     .inputs = {x, absent(), constant(tensor(Type::boolean, {}, {1}))},
                     .outputs = {x}}),
            "training");
  EXPECT_EQ(refused({.op_type = "Dropout", .inputs = {x}, .outputs = {x, x}}), "mask of Dropout");
}

}  // namespace
}  // namespace eb::gpu::test
