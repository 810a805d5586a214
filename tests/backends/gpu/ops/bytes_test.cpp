// Quantized operators in whole numbers, against the same in doubles.
#include "backends/gpu/ops/bytes.h"

#include <algorithm>

#include "backends/gpu/fold.h"
#include "tests/backends/gpu/ops/window_reference.h"
#include "tests/backends/gpu/quantized_graph.h"

namespace eb::gpu::test {
namespace {

// Numbers of the graph's one output.
std::vector<double> run(ComputeDevice& device, const Graph& unfolded, const std::vector<Tensor>& inputs,
                        const std::vector<std::string>& expected_kernels) {
  Graph graph = unfolded;
  const FoldedBytes folded = fold_constants(graph);
  const auto plan = make_plan(graph, device.info());
  EXPECT_TRUE(plan) << plan.error().message;
  if (!plan) return {};
  for (const std::string& kernel : expected_kernels)
    EXPECT_TRUE(std::any_of(plan->calls.begin(), plan->calls.end(),
                            [&](const Call& call) { return call.kernel.kernel == kernel; }))
        << "no call of " << kernel;
  auto program = load_program(device, *plan);
  EXPECT_TRUE(program) << program.error().message;
  if (!program) return {};
  std::vector<std::vector<std::byte>> in;
  for (const Tensor& input : inputs) in.push_back(to_bytes(input));
  const Value& output = graph.value(graph.outputs[0]);
  std::vector<std::byte> out(static_cast<std::size_t>(elements(output.shape)) * type_bytes(output.type));
  const std::vector<std::span<const std::byte>> in_spans(in.begin(), in.end());
  const std::vector<std::span<std::byte>> out_spans = {out};
  for (int again = 0; again < 2; ++again) {
    const Status status = (*program)->run(in_spans, out_spans);
    EXPECT_TRUE(status) << status.error().message;
  }
  std::vector<double> numbers;
  for (std::size_t i = 0; i < out.size() / type_bytes(output.type); ++i)
    numbers.push_back(number_at(out, output.type, i));
  return numbers;
}

// A number on the edge between two steps may fall to either side; of a thousand hardly one does.
void expect_steps(const std::vector<double>& found, const std::vector<double>& expected) {
  ASSERT_EQ(found.size(), expected.size());
  std::size_t off = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    ASSERT_LE(std::abs(found[i] - expected[i]), 1)
        << "element " << i << " is " << found[i] << ", expected " << expected[i];
    off += found[i] != expected[i] ? 1 : 0;
  }
  EXPECT_LE(off, expected.size() / 1000 + 1) << "elements that are a step off, of " << found.size();
}

void on_devices(const std::function<void(ComputeDevice&)>& test) {
  if (open_devices().empty()) GTEST_SKIP() << "no Vulkan and no OpenCL device";
  for (ComputeDevice* device : open_devices()) {
    SCOPED_TRACE(device->info().name);
    if (!device->info().int8_kernels) continue;
    WithDotProduct with_dot(*device);
    test(with_dot);
  }
}

struct ConvCase {
  WindowCase window{};
  Quantization x{0.02f, 120, Type::u8}, y{0.3f, 100, Type::u8};
  bool has_scale_a_channel = true;
  bool has_bias = true;
  std::string activation{};  // Relu, or none
};

std::vector<float> scales_of(std::int64_t count) {
  std::vector<float> scales;
  for (std::int64_t i = 0; i < count; ++i) scales.push_back(0.004f + 0.0003f * static_cast<float>(i % 7));
  return scales;
}

Tensor minus(Tensor tensor, double zero) {
  for (double& number : tensor.numbers) number -= zero;
  return tensor;
}

void expect_conv(const ConvCase& test) {
  const WindowCase& window = test.window;
  Shape weight_shape{window.outputs, window.input[1]};
  weight_shape.insert(weight_shape.end(), window.kernel.begin(), window.kernel.end());
  const Tensor x = random_integers(1, test.x.type, window.input, test.x.low(), test.x.high());
  const Tensor weights = random_integers(2, Type::i8, weight_shape, -127, 127);
  const std::vector<float> scales = scales_of(test.has_scale_a_channel ? window.outputs : 1);
  const Tensor bias = random(3, {window.outputs}, -3, 3);

  QuantizedBuilder build;
  std::vector<ValueId> inputs = {build.dequantize(build.input(window.input, test.x), test.x),
                                 build.weights(weights, scales, 0)};
  if (test.has_bias)
    inputs.push_back(
        build.constant(bias.shape, std::vector<float>(bias.numbers.begin(), bias.numbers.end())));
  ValueId y = build.op("Conv", inputs, window.output_shape(), window.attributes());
  if (!test.activation.empty()) y = build.op(test.activation, {y}, window.output_shape());
  build.output(build.quantize(y, test.y));

  const Tensor sums = conv_reference(window, minus(x, test.x.zero), weights, nullptr);
  std::vector<double> expected;
  for (std::int64_t i = 0; i < elements(sums.shape); ++i) {
    const auto channel = static_cast<std::size_t>(position_of(i, sums.shape)[1]);
    const double step =
        static_cast<double>(test.x.scale) * static_cast<double>(scales[channel % scales.size()]);
    double real = sums.numbers[static_cast<std::size_t>(i)] * step;
    if (test.has_bias) real += std::nearbyint(bias.numbers[channel] / step) * step;
    if (!test.activation.empty()) real = std::max(real, 0.0);
    expected.push_back(test.y.number_of(real));
  }
  on_devices(
      [&](ComputeDevice& device) { expect_steps(run(device, build.graph(), {x}, {"conv_dot"}), expected); });
}

TEST(GpuBytes, PointwiseConvolution) {
  expect_conv({.window = {.input = {1, 32, 9, 7}, .outputs = 48, .kernel = {1, 1}}});
  expect_conv({.window = {.input = {2, 19, 5, 5}, .outputs = 21, .kernel = {1, 1}}});
  expect_conv({.window = {.input = {1, 24, 8, 8}, .outputs = 12, .kernel = {1, 1}, .strides = {2}}});
}

TEST(GpuBytes, PaddingIsTheZeroPoint) {
  expect_conv({.window = {.input = {1, 16, 8, 9}, .outputs = 32, .kernel = {3, 3}, .pads = {1}}});
  expect_conv(
      {.window = {
           .input = {2, 5, 7, 7}, .outputs = 19, .kernel = {5, 3}, .strides = {2}, .pads = {2, 1, 2, 1}}});
}

TEST(GpuBytes, FirstLayerOfThreeChannels) {
  expect_conv(
      {.window = {.input = {1, 3, 23, 20}, .outputs = 16, .kernel = {7, 7}, .strides = {2}, .pads = {3}}});
}

TEST(GpuBytes, DilationAndOneDimension) {
  expect_conv(
      {.window = {.input = {1, 8, 11, 11}, .outputs = 8, .kernel = {3, 3}, .dilations = {2}, .pads = {2}}});
  expect_conv({.window = {.input = {2, 12, 30}, .outputs = 20, .kernel = {3}, .pads = {1}}});
}

TEST(GpuBytes, EveryTypeAndZeroPoint) {
  for (const Type type : {Type::u8, Type::i8})
    for (const int zero : {0, type == Type::u8 ? 255 : -128, 77})
      expect_conv({.window = {.input = {1, 8, 6, 6}, .outputs = 16, .kernel = {3, 3}, .pads = {1}},
                   .x = {0.02f, zero, type},
                   .y = {0.5f, zero, type},
                   .has_scale_a_channel = zero == 0});
}

TEST(GpuBytes, ClampsBeforeItRounds) {
  expect_conv({.window = {.input = {1, 16, 6, 6}, .outputs = 16, .kernel = {1, 1}}, .activation = "Relu"});
  expect_conv({.window = {.input = {1, 16, 6, 6}, .outputs = 16, .kernel = {1, 1}},
               .y = {0.3f, -20, Type::i8},
               .has_bias = false,
               .activation = "Relu"});
}

TEST(GpuBytes, ManyImagesAndLanes) {
  expect_conv({.window = {.input = {3, 40, 20, 20}, .outputs = 130, .kernel = {3, 3}, .pads = {1}},
               .y = {1.5f, 128, Type::u8}});
}

struct MatrixCase {
  std::string op_type{};
  Shape x{};
  std::int64_t columns = 1;
  bool is_transposed = false;
};

void expect_matrix(const MatrixCase& test) {
  const Quantization x_is{0.03f, 90, Type::u8}, y_is{0.4f, 10, Type::i8};
  const std::int64_t inner = test.x.back(), rows = elements(test.x) / inner;
  const Tensor x = random_integers(1, x_is.type, test.x, 0, 255);
  const Shape shape = test.is_transposed ? Shape{test.columns, inner} : Shape{inner, test.columns};
  const Tensor weights = random_integers(2, Type::i8, shape, -127, 127);
  const std::vector<float> scales = scales_of(test.columns);
  const Tensor bias = random(3, {test.columns}, -3, 3);
  Shape y_shape = test.x;
  y_shape.back() = test.columns;

  QuantizedBuilder build;
  std::vector<ValueId> inputs = {build.dequantize(build.input(test.x, x_is), x_is),
                                 build.weights(weights, scales, test.is_transposed ? 0 : 1)};
  if (test.op_type == "Gemm")
    inputs.push_back(
        build.constant(bias.shape, std::vector<float>(bias.numbers.begin(), bias.numbers.end())));
  std::map<std::string, Attribute> attributes;
  if (test.is_transposed) attributes["transB"] = std::int64_t{1};
  build.output(build.quantize(build.op(test.op_type, inputs, y_shape, attributes), y_is));

  std::vector<double> expected;
  for (std::int64_t row = 0; row < rows; ++row)
    for (std::int64_t column = 0; column < test.columns; ++column) {
      double sum = 0;
      for (std::int64_t k = 0; k < inner; ++k)
        sum += (x.numbers[static_cast<std::size_t>(row * inner + k)] - x_is.zero) *
               weights.numbers[static_cast<std::size_t>(test.is_transposed ? column * inner + k
                                                                           : k * test.columns + column)];
      const double step =
          static_cast<double>(x_is.scale) * static_cast<double>(scales[static_cast<std::size_t>(column)]);
      if (test.op_type == "Gemm")
        sum += std::nearbyint(bias.numbers[static_cast<std::size_t>(column)] / step);
      expected.push_back(y_is.number_of(sum * step));
    }
  on_devices(
      [&](ComputeDevice& device) { expect_steps(run(device, build.graph(), {x}, {"conv_dot"}), expected); });
}

TEST(GpuBytes, MatrixProducts) {
  expect_matrix({.op_type = "Gemm", .x = {5, 33}, .columns = 17, .is_transposed = true});
  expect_matrix({.op_type = "Gemm", .x = {1, 640}, .columns = 100});
  expect_matrix({.op_type = "MatMul", .x = {2, 9, 24}, .columns = 40});
}

TEST(GpuBytes, SumsOfTwoQuantizedTensors) {
  const Quantization a_is{0.0213f, 100, Type::u8}, b_is{0.0497f, -7, Type::i8}, y_is{0.0611f, 3, Type::u8};
  for (const Shape& shape : {Shape{2, 19, 5, 4}, Shape{7, 33}}) {
    const Tensor a = random_integers(1, a_is.type, shape, 0, 255),
                 b = random_integers(2, b_is.type, shape, -128, 127);
    QuantizedBuilder build;
    const ValueId first = build.dequantize(build.input(shape, a_is), a_is);
    const ValueId second = build.dequantize(build.input(shape, b_is), b_is);
    const ValueId sum = build.op("Add", {first, second}, shape);
    build.output(build.quantize(build.op("Relu", {sum}, shape), y_is));
    std::vector<double> expected;
    for (std::size_t i = 0; i < a.numbers.size(); ++i)
      expected.push_back(
          y_is.number_of(std::max(a_is.real_of(a.numbers[i]) + b_is.real_of(b.numbers[i]), 0.0)));
    on_devices([&](ComputeDevice& device) {
      expect_steps(run(device, build.graph(), {a, b}, {"bytes"}), expected);
    });
  }
}

// Reals in, two convolutions and what floats do between them, reals out.
TEST(GpuBytes, MixesWithOperatorsOnReals) {
  const Quantization steps{0.05f, 128, Type::u8}, wide{0.2f, 120, Type::u8};
  const Shape shape{1, 16, 6, 6};
  const Tensor x = random(1, shape, -4, 4), weights = random_integers(2, Type::i8, {16, 16, 1, 1}, -127, 127);
  QuantizedBuilder build;
  const ValueId input = build.GraphBuilder::input(shape);
  const ValueId first = build.dequantize(build.quantize(input, steps), steps);
  const ValueId conv = build.op("Conv", {first, build.weights(weights, {0.005f}, 0)}, shape);
  const ValueId back = build.dequantize(build.quantize(conv, wide), wide);
  build.output(build.op("Sigmoid", {back}, shape));

  Tensor numbers = x;
  for (double& number : numbers.numbers) number = steps.number_of(number) - steps.zero;
  const Tensor sums =
      conv_reference({.input = shape, .outputs = 16, .kernel = {1, 1}}, numbers, weights, nullptr);
  on_devices([&](ComputeDevice& device) {
    const auto found = run(device, build.graph(), {x}, {"conv_dot", "bytes"});
    ASSERT_EQ(found.size(), sums.numbers.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
      const double real = wide.real_of(wide.number_of(sums.numbers[i] * 0.05 * 0.005));
      EXPECT_NEAR(found[i], 1 / (1 + std::exp(-real)), 0.05) << i;
    }
  });
}

}  // namespace
}  // namespace eb::gpu::test
