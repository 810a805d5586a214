#include "tests/backends/gpu/ops/reference.h"

namespace eb::gpu::test {
namespace {

double number(const Tensor& tensor, std::int64_t i) {
  return tensor.numbers[static_cast<std::size_t>(i)];
}

// Less the mean, over the deviation.
std::vector<double> standard(std::vector<double> line, double epsilon, bool rms = false) {
  double mean = 0, squares = 0;
  for (const double x : line) mean += x / static_cast<double>(line.size());
  if (rms) mean = 0;
  for (const double x : line) squares += (x - mean) * (x - mean) / static_cast<double>(line.size());
  for (double& x : line) x = (x - mean) / std::sqrt(squares + epsilon);
  return line;
}

// The tensor seen as [count, channels], each row standardized.
Tensor standardized(const Tensor& x, std::int64_t count, double epsilon, bool rms = false) {
  const Tensor rows = reshaped(x, {count, elements(x.shape) / count});
  return reshaped(along(rows, 1, [&](const auto& line) { return standard(line, epsilon, rms); }), x.shape);
}

// --- LayerNormalization

OpCase layer_case(const Tensor& x, std::int64_t axis, bool has_bias, bool rms = false) {
  const auto first =
      static_cast<std::size_t>(axis < 0 ? axis + static_cast<std::int64_t>(x.shape.size()) : axis);
  const Shape normalized(x.shape.begin() + static_cast<std::ptrdiff_t>(first), x.shape.end());
  const std::int64_t channels = elements(normalized);
  const Tensor scale = constant(random(11, normalized)), bias = constant(random(12, normalized));
  Tensor expected = standardized(x, elements(x.shape) / channels, 1e-3, rms);
  for (std::size_t i = 0; i < expected.numbers.size(); ++i) {
    const auto c = static_cast<std::int64_t>(i) % channels;
    expected.numbers[i] = expected.numbers[i] * number(scale, c) + (has_bias ? number(bias, c) : 0);
  }
  OpCase test{.op_type = rms ? "RMSNormalization" : "LayerNormalization",
              .inputs = {x, scale},
              .outputs = {expected},
              .attributes = {{"axis", axis}, {"epsilon", 1e-3f}},
              .rtol = 1e-4,
              .atol = 1e-5};
  if (has_bias) test.inputs.push_back(bias);
  return test;
}

TEST(LayerNormalization, LastAxisOfEveryLength) {
  for (const std::int64_t size : {2, 5, 16, 20, 384}) {
    const OpCase test = layer_case(random(1, {2, 3, size}, -1, 5), -1, true);
    expect_op(test);
    expect_op_as_gpu(test);
    expect_op(layer_case(random(2, {6, size}), 1, false));
    expect_op(layer_case(random(3, {6, size}), -1, false, true));
  }
}

TEST(LayerNormalization, SeveralAxes) {
  for (const Shape& shape : {Shape{2, 3, 5}, Shape{2, 4, 8}}) {
    expect_op(layer_case(random(4, shape), 1, true));
    expect_op(layer_case(random(4, shape), -3, false));
  }
}

TEST(LayerNormalization, OfASum) {
  for (const bool simplified : {false, true})
    for (const bool has_bias : {false, true})
      for (const bool wants_sum : {false, true})
        for (const std::int64_t channels : {6, 32}) {
          const Tensor a = random(1, {2, 5, channels}), b = random(2, {2, 5, channels});
          const Tensor bias =
              has_bias ? constant(random(3, {channels}))
                       : constant(reals({channels}, std::vector<double>(static_cast<std::size_t>(channels))));
          const Tensor sum = each(Type::f32, {a, b, bias}, [](const auto& v) { return v[0] + v[1] + v[2]; });
          OpCase test = layer_case(sum, -1, !simplified, simplified);
          const Tensor scale = test.inputs[1];
          test.op_type = simplified ? "SkipSimplifiedLayerNormalization" : "SkipLayerNormalization";
          test.domain = "com.microsoft";
          test.attributes = {{"epsilon", 1e-3f}};
          const Tensor shift = simplified ? absent() : test.inputs[2];
          test.inputs = {a, b, scale};
          if (!simplified) test.inputs.push_back(shift);
          if (has_bias) test.inputs.push_back(bias);
          if (wants_sum) test.outputs.insert(test.outputs.end(), {absent(), absent(), sum});
          expect_op(test);
        }
  EXPECT_EQ(refused({.op_type = "SkipLayerNormalization",
                     .inputs = {random(1, {2, 3, 4}), random(1, {3, 4}), random(1, {4})},
                     .outputs = {random(1, {2, 3, 4})},
                     .domain = "com.microsoft"}),
            "terms of different shapes");
}

TEST(LayerNormalization, ScaleAndBiasMayBeComputed) {
  OpCase test = layer_case(random(5, {4, 20}), -1, true);
  test.inputs[1].is_constant = test.inputs[2].is_constant = false;
  expect_op(test);
}

TEST(LayerNormalization, RefusesMeanAsAnOutput) {
  OpCase test = layer_case(random(6, {4, 20}), -1, true);
  test.outputs.push_back(random(7, {4, 1}));
  EXPECT_EQ(refused(test), "mean or deviation is an output");
}

// --- InstanceNormalization, GroupNormalization

TEST(InstanceNormalization, PicturesAndFlat) {
  for (const Shape& shape : {Shape{2, 5, 3, 4}, Shape{2, 16, 4, 4}, Shape{1, 20, 16}, Shape{2, 3, 2, 2, 5}})
    for (const bool image : {false, true}) {
      const Tensor x = random(1, shape, 0, 3), scale = random(2, {shape[1]}), bias = random(3, {shape[1]});
      Tensor expected = standardized(x, shape[0] * shape[1], 1e-5);
      const std::int64_t pixels = elements(shape) / shape[0] / shape[1];
      for (std::size_t i = 0; i < expected.numbers.size(); ++i) {
        const std::int64_t c = static_cast<std::int64_t>(i) / pixels % shape[1];
        expected.numbers[i] = expected.numbers[i] * number(scale, c) + number(bias, c);
      }
      const OpCase test{.op_type = "InstanceNormalization",
                        .inputs = {x, constant(scale), constant(bias)},
                        .outputs = {expected},
                        .as_image = image,
                        .rtol = 1e-4,
                        .atol = 1e-5};
      expect_op(test);
      expect_op_as_gpu(test);
    }
}

TEST(GroupNormalization, AlignedAndNot) {
  for (const Shape& shape : {Shape{2, 6, 3, 5}, Shape{2, 8, 4, 4}}) {
    const Tensor x = random(1, shape, 0, 3), scale = random(2, {shape[1]}), bias = random(3, {shape[1]});
    Tensor expected = standardized(x, shape[0] * 2, 1e-5);
    const std::int64_t pixels = shape[2] * shape[3];
    for (std::size_t i = 0; i < expected.numbers.size(); ++i) {
      const std::int64_t c = static_cast<std::int64_t>(i) / pixels % shape[1];
      expected.numbers[i] = expected.numbers[i] * number(scale, c) + number(bias, c);
    }
    expect_op({.op_type = "GroupNormalization",
               .inputs = {x, constant(scale), constant(bias)},
               .outputs = {expected},
               .attributes = {{"num_groups", std::int64_t{2}}},
               .rtol = 1e-4,
               .atol = 1e-5});
  }
  EXPECT_EQ(refused({.op_type = "GroupNormalization",
                     .inputs = {random(1, {1, 6, 2}), constant(random(2, {2})), constant(random(3, {2}))},
                     .outputs = {random(1, {1, 6, 2})},
                     .attributes = {{"num_groups", std::int64_t{2}}}}),
            "scales of groups");
}

// --- BatchNormalization

TEST(BatchNormalization, EveryLayout) {
  for (const Shape& shape : {Shape{3, 5}, Shape{3, 32}, Shape{2, 5, 7}, Shape{2, 5, 3, 4}, Shape{2, 16, 4, 4},
                             Shape{1, 20, 2, 3, 2}})
    for (const bool image : {false, true}) {
      const Shape channels = {shape[1]};
      const Tensor x = random(1, shape), scale = random(2, channels), bias = random(3, channels);
      const Tensor mean = random(4, channels), variance = random(5, channels, 0.5, 2);
      const Tensor expected = filled(Type::f32, shape, [&](const Index& i) {
        const std::int64_t c = i[1];
        return (at(x, i) - number(mean, c)) / std::sqrt(number(variance, c) + 1e-3) * number(scale, c) +
               number(bias, c);
      });
      expect_op({.op_type = "BatchNormalization",
                 .inputs = {x, constant(scale), constant(bias), constant(mean), constant(variance)},
                 .outputs = {expected},
                 .attributes = {{"epsilon", 1e-3f}},
                 .as_image = image,
                 .atol = 2e-6});
    }
}

TEST(BatchNormalization, RefusesTraining) {
  const Tensor x = random(1, {2, 3}), one = constant(random(2, {3}));
  OpCase test{.op_type = "BatchNormalization", .inputs = {x, one, one, one, one}, .outputs = {x}};
  test.attributes["training_mode"] = std::int64_t{1};
  EXPECT_EQ(refused(test), "training");
  test.attributes.clear();
  test.inputs[3].is_constant = false;
  EXPECT_EQ(refused(test), "statistics are not constant");
}

// --- MeanVarianceNormalization, LRN

TEST(MeanVarianceNormalization, AnyAxes) {
  const Tensor x = random(1, {2, 3, 4, 5}, 0, 3);
  for (const std::vector<std::int64_t>& axes :
       {std::vector<std::int64_t>{0, 2, 3}, {1}, {-1}, {0, 1, 2, 3}}) {
    std::vector<bool> over(4, false);
    for (const std::int64_t axis : axes) over[static_cast<std::size_t>(axis < 0 ? axis + 4 : axis)] = true;
    // Of the elements that agree in all other axes.
    const auto mates = [&](const Index& i, const auto& function) {
      double sum = 0, count = 0;
      filled(Type::f32, x.shape, [&](const Index& k) {
        for (std::size_t axis = 0; axis < 4; ++axis)
          if (!over[axis] && k[axis] != i[axis]) return 0.0;
        sum += function(at(x, k));
        ++count;
        return 0.0;
      });
      return sum / count;
    };
    const Tensor expected = filled(Type::f32, x.shape, [&](const Index& i) {
      const double mean = mates(i, [](double v) { return v; });
      const double square = mates(i, [&](double v) { return (v - mean) * (v - mean); });
      return (at(x, i) - mean) / std::sqrt(square + 1e-9);
    });
    for (const bool image : {false, true})
      expect_op({.op_type = "MeanVarianceNormalization",
                 .inputs = {x},
                 .outputs = {expected},
                 .attributes = {{"axes", axes}},
                 .as_image = image,
                 .rtol = 1e-4,
                 .atol = 1e-5});
  }
}

TEST(LRN, OddAndEvenWindows) {
  for (const std::int64_t size : {1, 4, 5})
    for (const bool image : {false, true}) {
      const Tensor x = random(1, {2, 7, 3, 4});
      const Tensor expected = filled(Type::f32, x.shape, [&](const Index& i) {
        double squares = 0;
        for (std::int64_t c = i[1] - (size - 1) / 2; c <= i[1] + size / 2; ++c)
          if (c >= 0 && c < 7) squares += std::pow(at(x, {i[0], c, i[2], i[3]}), 2);
        return at(x, i) / std::pow(2 + 0.1 / static_cast<double>(size) * squares, 0.6);
      });
      expect_op({.op_type = "LRN",
                 .inputs = {x},
                 .outputs = {expected},
                 .attributes = {{"size", size}, {"alpha", 0.1f}, {"beta", 0.6f}, {"bias", 2.0f}},
                 .as_image = image,
                 .rtol = 1e-4});
    }
}

}  // namespace
}  // namespace eb::gpu::test
