#include <algorithm>

#include "tests/backends/gpu/ops_harness.h"

namespace eb::gpu::test {
namespace {

double quantized(double x, double scale, double zero, double low, double high) {
  const double steps = std::nearbyint(static_cast<double>(static_cast<float>(x) / static_cast<float>(scale)));
  return std::min(std::max(steps + zero, low), high);
}

Tensor with_shape(Tensor tensor, Shape shape) {
  tensor.shape = std::move(shape);
  return tensor;
}

OpCase quantize(const Tensor& x, const Tensor& scale, const Tensor& zero, const Shape& along) {
  const bool is_signed = zero.type == Type::i8;
  const Tensor expected =
      each(zero.type, {x, with_shape(scale, along), with_shape(zero, along)}, [&](const auto& v) {
        return quantized(v[0], v[1], v[2], is_signed ? -128 : 0, is_signed ? 127 : 255);
      });
  return {
      .op_type = "QuantizeLinear", .inputs = {x, scale, zero}, .outputs = {expected}, .rtol = 0, .atol = 0};
}

TEST(QuantizeLinear, RoundsToEvenAndSaturates) {
  const Tensor x = reals({8}, {-1000, -1, 0, 0.25, 0.75, 1.25, 3, 1000});
  for (const Type type : {Type::u8, Type::i8})
    expect_op(quantize(x, constant(reals({}, {0.5})), constant(tensor(type, {}, {5})), {}));
  OpCase without = quantize(x, reals({}, {0.5}), tensor(Type::u8, {}, {0}), {});
  without.inputs[2] = absent();
  expect_op(without);
}

TEST(QuantizeLinear, TakesAScaleAChannel) {
  const Tensor x = random(1, {2, 5, 3, 4}, -20, 20), scale = constant(random(2, {5}, 0.05, 0.3));
  const Tensor zero = constant(random_integers(3, Type::u8, {5}, 100, 150));
  for (const bool as_image : {false, true}) {
    OpCase test = quantize(x, scale, zero, {5, 1, 1});
    test.attributes = {{"axis", std::int64_t{1}}};
    test.as_image = as_image;
    expect_op(test);
  }
  OpCase last = quantize(random(1, {2, 3, 5}), scale, zero, {5});
  last.attributes = {{"axis", std::int64_t{-1}}};
  expect_op(last);
}

OpCase dequantize(const Tensor& x, const Tensor& scale, const Tensor& zero, const Shape& along) {
  const Tensor expected = each(Type::f32, {x, with_shape(scale, along), with_shape(zero, along)},
                               [&](const auto& v) { return (v[0] - v[2]) * v[1]; });
  return {.op_type = "DequantizeLinear", .inputs = {x, scale, zero}, .outputs = {expected}};
}

TEST(DequantizeLinear, OfSmallIntegers) {
  for (const Type type : {Type::u8, Type::i8}) {
    const Tensor x = random_integers(1, type, {2, 5, 3, 4}, type == Type::u8 ? 0 : -128, 127);
    const Tensor zero = tensor(type, {}, {3});
    expect_op(dequantize(x, reals({}, {0.125}), zero, {}));
    expect_op(dequantize(constant(x), constant(reals({}, {0.125})), constant(zero), {}));
    OpCase channels =
        dequantize(x, constant(random(2, {5}, 0.1, 1)), random_integers(3, type, {5}, 0, 9), {5, 1, 1});
    channels.attributes = {{"axis", std::int64_t{1}}};
    expect_op(channels);
  }
}

TEST(DequantizeLinear, OfInt32HasNoRoundingBeforeTheScale) {
  const Tensor x = tensor(Type::i32, {3}, {16777216, -16777217, 5});
  OpCase test = dequantize(x, reals({}, {0.5}), tensor(Type::i32, {}, {0}), {});
  test.inputs[2] = absent();
  expect_op(test);
}

TEST(DynamicQuantizeLinear, CoversTheRangeAndZero) {
  for (const auto& [low, high] : std::vector<std::pair<double, double>>{{-3, 5}, {1, 2}, {-4, -1}, {0, 0}}) {
    const Tensor x = random(1, {7, 11, 13}, low, high);
    const auto [least, most] = std::minmax_element(x.numbers.begin(), x.numbers.end());
    const auto from = static_cast<float>(std::min(*least, 0.0)),
               to = static_cast<float>(std::max(*most, 0.0));
    const float scale = from == to ? 1.0f : (to - from) / 255.0f;
    const double zero = std::nearbyint(std::min(std::max(-from / scale, 0.0f), 255.0f));
    const Tensor steps = each(Type::u8, {x}, [&](const auto& v) {
      return quantized(v[0], static_cast<double>(scale), zero, 0, 255);
    });
    expect_op({.op_type = "DynamicQuantizeLinear",
               .inputs = {x},
               .outputs = {steps, reals({}, {static_cast<double>(scale)}), tensor(Type::u8, {}, {zero})}});
  }
}

TEST(QuantizeLinear, RefusesBlocksAndIntegers) {
  EXPECT_EQ(refused({.op_type = "QuantizeLinear",
                     .inputs = {reals({4}, {1, 2, 3, 4}), reals({2}, {1, 1})},
                     .outputs = {tensor(Type::u8, {4}, {1, 2, 3, 4})},
                     .attributes = {{"block_size", std::int64_t{2}}}}),
            "blocked quantization");
  EXPECT_EQ(refused({.op_type = "QuantizeLinear",
                     .inputs = {tensor(Type::i32, {1}, {1}), reals({}, {1})},
                     .outputs = {tensor(Type::u8, {1}, {1})}}),
            "quantization of integers");
}

}  // namespace
}  // namespace eb::gpu::test
