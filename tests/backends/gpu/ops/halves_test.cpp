// Operators on halves: each case as a model of f16, and as one of f32 whose tensors are kept as halves.
#include "tests/backends/gpu/ops/window_reference.h"

namespace eb::gpu::test {
namespace {

// Numbers that halves can hold, so that only the result is rounded.
Tensor as_halves(Tensor tensor) {
  for (double& number : tensor.numbers) number = static_cast<double>(half_to_float(to_half(number)));
  return tensor;
}

Tensor halves(unsigned seed, Shape shape, double low = -2, double high = 2) {
  return as_halves(random(seed, std::move(shape), low, high));
}

// A half has a step of 2^-10; atol is for sums of rounded parts.
void expect_halves(OpCase test) {
  test.rtol = 2e-3;
  test.atol = 2e-3;
  test.as_image = true;
  test.precision = Precision::fp16;
  expect_op(test);
  for (auto* tensors : {&test.inputs, &test.outputs})
    for (Tensor& tensor : *tensors)
      if (tensor.type == Type::f32) tensor.type = Type::f16;
  test.precision = Precision::model;
  expect_op(test);
}

void expect_conv(const WindowCase& test, bool as_image = true) {
  Shape weight_shape{test.outputs, test.input[1] / test.groups};
  weight_shape.insert(weight_shape.end(), test.kernel.begin(), test.kernel.end());
  const Tensor x = halves(1, test.input, -1, 1);
  const Tensor weights = halves(2, weight_shape, -0.5, 0.5), bias = halves(3, {test.outputs}, -1, 1);
  OpCase one{.op_type = "Conv",
             .inputs = {x, constant(weights), constant(bias)},
             .outputs = {conv_reference(test, x, weights, &bias)},
             .attributes = test.attributes()};
  if (as_image) return expect_halves(one);
  one.rtol = one.atol = 2e-3;
  one.precision = Precision::fp16;
  expect_op(one);
}

TEST(GpuHalves, Convolutions) {
  expect_conv({.input = {1, 16, 7, 5}, .outputs = 32, .kernel = {1, 1}});
  expect_conv({.input = {2, 5, 7, 7}, .outputs = 19, .kernel = {1, 1}});
  expect_conv(
      {.input = {2, 7, 10, 8}, .outputs = 17, .kernel = {5, 3}, .strides = {2, 1}, .pads = {2, 0, 1, 1}});
  expect_conv({.input = {2, 32, 8, 8}, .outputs = 64, .kernel = {3, 3}, .pads = {1}, .groups = 4});
  expect_conv({.input = {1, 3, 5, 6, 7}, .outputs = 4, .kernel = {3, 2, 3}});  // flat, in floats
}

TEST(GpuHalves, WinogradOfBothSizes) {
  expect_conv({.input = {1, 32, 26, 27}, .outputs = 40, .kernel = {3, 3}, .pads = {1}});
  expect_conv({.input = {2, 36, 13, 11}, .outputs = 33, .kernel = {3, 3}, .pads = {1}});
}

TEST(GpuHalves, FirstLayerOfAPicture) {
  expect_conv({.input = {2, 3, 17, 19}, .outputs = 16, .kernel = {3, 3}, .strides = {2}, .pads = {1}}, false);
}

TEST(GpuHalves, Depthwise) {
  for (const std::int64_t stride : {1, 2})
    expect_conv({.input = {2, 37, 13, 15},
                 .outputs = 37,
                 .kernel = {3, 3},
                 .strides = {stride},
                 .pads = {1},
                 .groups = 37});
  expect_conv({.input = {1, 20, 12, 12}, .outputs = 20, .kernel = {7, 7}, .pads = {3}, .groups = 20});
}

TEST(GpuHalves, Pools) {
  const WindowCase window{.input = {2, 19, 9, 9}, .kernel = {3, 3}, .strides = {2}, .pads = {1}};
  const Tensor x = halves(1, window.input);
  Tensor largest = reals({2, 19, 1, 1}, std::vector<double>(38, -100)), mean = reals({2, 19, 1, 1}, {});
  mean.numbers.resize(38);
  for (std::size_t i = 0; i < x.numbers.size(); ++i) {
    largest.numbers[i / 81] = std::max(largest.numbers[i / 81], x.numbers[i]);
    mean.numbers[i / 81] += x.numbers[i] / 81;
  }
  expect_halves({.op_type = "GlobalMaxPool", .inputs = {x}, .outputs = {largest}});
  expect_halves({.op_type = "GlobalAveragePool", .inputs = {x}, .outputs = {mean}});
}

TEST(GpuHalves, ElementByElement) {
  const auto sum = [](const auto& v) { return v[0] + v[1]; };
  const Tensor x = halves(1, {2, 21, 5, 7});
  for (const Tensor& y : {halves(2, {2, 21, 5, 7}), halves(3, {2, 21, 1, 1}), constant(halves(4, {21, 1, 1})),
                          constant(halves(5, {1})), halves(6, {1}), constant(halves(7, {5, 7}))})
    expect_halves({.op_type = "Add", .inputs = {x, y}, .outputs = {each(Type::f32, {x, y}, sum)}});
  const auto larger = [](const auto& v) { return v[0] > v[1] ? 1.0 : 0.0; };
  const Tensor y = halves(2, {2, 21, 5, 7});
  expect_halves({.op_type = "Greater", .inputs = {x, y}, .outputs = {each(Type::boolean, {x, y}, larger)}});
  expect_halves({.op_type = "Sigmoid", .inputs = {x}, .outputs = {each(Type::f32, {x}, [](const auto& v) {
                                                        return 1 / (1 + std::exp(-v[0]));
                                                      })}});
  const Tensor parts[] = {x, halves(2, {2, 21, 5, 7}), halves(3, {2, 21, 5, 7})};
  expect_halves({.op_type = "Sum",
                 .inputs = {parts[0], parts[1], parts[2]},
                 .outputs = {each(Type::f32, {parts[0], parts[1], parts[2]},
                                  [](const auto& v) { return v[0] + v[1] + v[2]; })}});
}

TEST(GpuHalves, Concatenations) {
  for (const std::int64_t channels : {16, 6}) {
    const Tensor a = halves(1, {1, channels, 4, 4}), b = halves(2, {1, 7, 4, 4});
    Tensor joined = reals({1, channels + 7, 4, 4}, a.numbers);
    joined.numbers.insert(joined.numbers.end(), b.numbers.begin(), b.numbers.end());
    expect_halves({.op_type = "Concat",
                   .inputs = {a, b},
                   .outputs = {joined},
                   .attributes = {{"axis", std::int64_t{1}}}});
  }
}

TEST(GpuHalves, Products) {
  const Tensor a = halves(1, {3, 20}), b = halves(2, {20, 33});
  Tensor y = reals({3, 33}, std::vector<double>(99));
  for (std::size_t m = 0; m < 3; ++m)
    for (std::size_t k = 0; k < 20; ++k)
      for (std::size_t n = 0; n < 33; ++n)
        y.numbers[m * 33 + n] += a.numbers[m * 20 + k] * b.numbers[k * 33 + n];
  expect_halves({.op_type = "MatMul", .inputs = {a, constant(b)}, .outputs = {y}});
  expect_halves({.op_type = "MatMul", .inputs = {a, b}, .outputs = {y}});
}

TEST(GpuHalves, OperatorsThatKnowNoHalvesGetFloats) {
  const Tensor x = halves(1, {1, 20, 3, 3}), y = halves(2, {1, 20, 3, 3});
  Tensor turned = reals({3, 20, 1, 3}, {});
  for (std::size_t h = 0; h < 3; ++h)
    for (std::size_t c = 0; c < 20; ++c)
      for (std::size_t w = 0; w < 3; ++w) turned.numbers.push_back(x.numbers[(c * 3 + h) * 3 + w]);
  expect_halves({.op_type = "Transpose",
                 .inputs = {x},
                 .outputs = {turned},
                 .attributes = {{"perm", Shape{2, 1, 0, 3}}}});
  const Tensor condition = random_integers(3, Type::boolean, {1, 20, 3, 3}, 0, 1);
  expect_halves({.op_type = "Where",
                 .inputs = {condition, x, y},
                 .outputs = {each(Type::f32, {condition, x, y},
                                  [](const auto& v) { return v[0] != 0 ? v[1] : v[2]; })}});
}

// Planned as for a GPU: products are halves, too, on a device that has them. Sums of 36 and 144 of them.
TEST(GpuHalves, MultipliedAsHalves) {
  for (const std::int64_t kernel : {1, 2}) {
    const WindowCase test{.input = {1, 36, 9, 9}, .outputs = 40, .kernel = {kernel, kernel}};
    const Tensor x = halves(1, test.input, -1, 1), weights = halves(2, {40, 36, kernel, kernel}, -0.5, 0.5);
    expect_op({.op_type = "Conv",
               .inputs = {x, constant(weights)},
               .outputs = {conv_reference(test, x, weights, nullptr)},
               .attributes = test.attributes(),
               .as_image = true,
               .precision = Precision::fp16,
               .planned_for = DeviceType::discrete,
               .rtol = 5e-3,
               .atol = 1e-2});
  }
}

// As IEEE 754 and ONNX's Cast have it; saturation would hide that a model needs more.
TEST(GpuHalves, BeyondTheLargestIsInfinite) {
  const Tensor x = reals({1, 1, 1, 5}, {300, -300, 255, 0, 65504});
  const Tensor product = reals({1, 1, 1, 5}, {kInfinity, kInfinity, 65025, 0, kInfinity});
  expect_halves({.op_type = "Mul", .inputs = {x, x}, .outputs = {product}});
}

}  // namespace
}  // namespace eb::gpu::test
