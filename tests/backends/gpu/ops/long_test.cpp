// Sums of more terms than a driver lets one work-item add up (loops.h): every operator that has some.
#include <algorithm>
#include <numeric>

#include "tests/backends/gpu/ops/reference.h"
#include "tests/backends/gpu/ops/window_reference.h"
#include "tests/support/sanitizer.h"

namespace eb::gpu::test {
namespace {

constexpr std::int64_t kLong = 263'000;  // a prime number of thousands: no even parts

// Sums of so many f32 numbers, however they are added up.
OpCase long_case(std::string op_type, std::vector<Tensor> inputs, std::vector<Tensor> outputs) {
  return {.op_type = std::move(op_type),
          .inputs = std::move(inputs),
          .outputs = std::move(outputs),
          .rtol = 1e-4,
          .atol = 2e-3};
}

using Line = std::vector<double>;

double sum_of(const Line& line) {
  return std::accumulate(line.begin(), line.end(), 0.0);
}

// One number a line, along an axis that stays with one element.
Tensor folded(const Tensor& x, std::size_t axis, const std::function<double(const Line&)>& fold) {
  const Tensor all = along(x, axis, [&](const Line& line) { return Line(line.size(), fold(line)); });
  Shape shape = x.shape;
  shape[axis] = 1;
  return filled(x.type, shape, [&](const Index& index) { return at(all, index); });
}

double log_sum_of(const Line& line) {
  const double most = *std::max_element(line.begin(), line.end());
  double sum = 0;
  for (const double x : line) sum += std::exp(x - most);
  return most + std::log(sum);
}

TEST(LongSums, ReductionsOfRunsAndLines) {
  const struct {
    std::string op_type;
    std::function<double(const Line&)> fold;
  } folds[] = {
      {"ReduceSum", sum_of},
      {"ReduceMean", [](const Line& line) { return sum_of(line) / static_cast<double>(line.size()); }},
      {"ReduceMax", [](const Line& line) { return *std::max_element(line.begin(), line.end()); }},
      {"ReduceLogSumExp", log_sum_of}};
  for (const auto& [op_type, fold] : folds)
    for (const std::size_t axis : {0u, 1u}) {
      const Tensor x = random(1, axis == 0 ? Shape{kLong, 3} : Shape{3, kLong}, -1, 1);
      OpCase test = long_case(op_type, {x, integers({static_cast<double>(axis)})}, {folded(x, axis, fold)});
      expect_op(test);
    }
}

// A part of a line that is nothing but minus infinity.
TEST(LongSums, MaskedLines) {
  Tensor x = random(2, {kLong, 2}, -1, 1);
  std::fill(x.numbers.begin(), x.numbers.begin() + kLong, -kInfinity);
  OpCase test = long_case("Softmax", {x}, {along(x, 0, [](Line line) {
                            const double sum = log_sum_of(line);
                            for (double& number : line) number = std::exp(number - sum);
                            return line;
                          })});
  test.attributes["axis"] = std::int64_t{0};
  test.atol = 1e-9;
  expect_op(test);
}

TEST(LongSums, Normalizations) {
  const auto less = [](const std::function<double(const Line&)>& number) {
    return [number](Line line) {
      const double of_line = number(line);
      for (double& x : line) x -= of_line;
      return line;
    };
  };
  const auto over_root = [](Line line) {
    double squares = 0;
    for (const double x : line) squares += x * x;
    for (double& x : line) x /= std::sqrt(squares);
    return line;
  };
  const auto hard = [](const Line& line) {
    Line hot(line.size(), 0);
    hot[static_cast<std::size_t>(std::max_element(line.begin(), line.end()) - line.begin())] = 1;
    return hot;
  };
  for (const std::size_t axis : {0u, 1u}) {
    const Tensor x = random(3, axis == 0 ? Shape{kLong, 3} : Shape{3, kLong}, -4, 4);
    for (auto& [op_type, expected] : {std::pair{"LogSoftmax", along(x, axis, less(log_sum_of))},
                                      {"LpNormalization", along(x, axis, over_root)},
                                      {"Hardmax", along(x, axis, hard)}}) {
      OpCase test = long_case(op_type, {x}, {expected});
      test.attributes["axis"] = static_cast<std::int64_t>(axis);
      test.atol = op_type == std::string("LogSoftmax") ? 1e-3 : 1e-7;
      expect_op(test);
    }
  }
}

// Less the mean and divided by the deviation.
Line standard(Line line) {
  const auto count = static_cast<double>(line.size());
  const double mean = sum_of(line) / count;
  double squares = 0;
  for (double& x : line) {
    x -= mean;
    squares += x * x;
  }
  for (double& x : line) x /= std::sqrt(squares / count + 1e-5);
  return line;
}

TEST(LongSums, LayersAndInstances) {
  const Tensor ones = constant(reals({kLong}, Line(kLong, 1.0)));
  const Tensor x = random(4, {2, kLong}, 9, 11);
  expect_op(long_case("LayerNormalization", {x, ones}, {along(x, 1, standard)}));
  const Tensor picture = random(5, {2, 3, 263, 1000}, 9, 11);
  const Tensor rows = reshaped(picture, {6, kLong});
  const Tensor scale = constant(reals({3}, {1, 1, 1})), bias = constant(reals({3}, {0, 0, 0}));
  OpCase test = long_case("InstanceNormalization", {picture, scale, bias},
                          {reshaped(along(rows, 1, standard), picture.shape)});
  expect_op(test);
  test.as_image = true;
  expect_op(test);
}

TEST(LongSums, PlacesOfTheLargest) {
  for (const std::size_t axis : {0u, 1u})
    for (const bool last : {false, true}) {
      const Tensor x = random_integers(6, Type::f32, axis == 0 ? Shape{kLong, 2} : Shape{2, kLong}, 0, 1000);
      const Tensor expected = folded(x, axis, [&](const Line& line) {
        const double most = *std::max_element(line.begin(), line.end());
        const auto first = std::find(line.begin(), line.end(), most) - line.begin();
        const auto end = line.rend() - std::find(line.rbegin(), line.rend(), most) - 1;
        return static_cast<double>(last ? end : first);
      });
      OpCase test = long_case("ArgMax", {typed(Type::f32, x)}, {typed(Type::i64, expected)});
      test.attributes = {{"axis", static_cast<std::int64_t>(axis)},
                         {"select_last_index", std::int64_t{last ? 1 : 0}}};
      test.rtol = test.atol = 0;
      expect_op(test);
    }
}

TEST(LongSums, RunningSumsBothWays) {
  for (const bool backwards : {false, true})
    for (const bool exclusive : {false, true}) {
      const Tensor x = random(7, {2, kLong / 2, 2}, -1, 1);
      const Tensor expected = along(x, 1, [&](Line line) {
        if (backwards) std::reverse(line.begin(), line.end());
        double sum = 0;
        for (double& number : line) {
          const double before = sum;
          sum += number;
          number = exclusive ? before : sum;
        }
        if (backwards) std::reverse(line.begin(), line.end());
        return line;
      });
      OpCase test = long_case("CumSum", {x, integers({1})}, {expected});
      test.attributes = {{"exclusive", std::int64_t{exclusive}}, {"reverse", std::int64_t{backwards}}};
      expect_op(test);
    }
}

TEST(LongSums, PoolsOfWholePictures) {
  const Tensor x = random(8, {2, 3, 263, 500}, -1, 1);
  const Tensor rows = reshaped(x, {6, 263 * 500});
  const auto mean = [](const Line& line) { return sum_of(line) / static_cast<double>(line.size()); };
  const auto most = [](const Line& line) { return *std::max_element(line.begin(), line.end()); };
  const Tensor average = reshaped(folded(rows, 1, mean), {2, 3, 1, 1});
  const Tensor maximum = reshaped(folded(rows, 1, most), {2, 3, 1, 1});
  expect_op(long_case("GlobalAveragePool", {x}, {average}));
  expect_op(long_case("GlobalMaxPool", {x}, {maximum}));
  OpCase window = long_case("AveragePool", {x}, {average});
  window.attributes = {{"kernel_shape", Shape{263, 500}}};
  expect_op(window);
}

// A window that is large, but not the whole: one axis after the other.
TEST(LongSums, PoolsOfLargeWindows) {
  const Tensor x = random(9, {1, 2, 90, 130}, -1, 1);
  for (const std::string op_type : {"AveragePool", "MaxPool"})
    for (const bool counts_padding : {false, true}) {
      constexpr std::int64_t kHeight = 70, kWidth = 100, kPad = 10, kStride = 5;
      const Shape shape{1, 2, 9, 11};
      const Tensor expected = filled(Type::f32, shape, [&](const Index& index) {
        double sum = 0, most = -kInfinity, taps = 0;
        for (std::int64_t y = index[2] * kStride - kPad; y < index[2] * kStride - kPad + kHeight; ++y)
          for (std::int64_t x_at = index[3] * kStride - kPad; x_at < index[3] * kStride - kPad + kWidth;
               ++x_at) {
            const bool inside = y >= 0 && y < 90 && x_at >= 0 && x_at < 130;
            taps += inside || counts_padding ? 1 : 0;
            if (!inside) continue;
            sum += at(x, {index[0], index[1], y, x_at});
            most = std::max(most, at(x, {index[0], index[1], y, x_at}));
          }
        return op_type == "MaxPool" ? most : sum / taps;
      });
      OpCase test = long_case(op_type, {x}, {expected});
      test.attributes = {{"kernel_shape", Shape{kHeight, kWidth}},
                         {"strides", Shape{kStride, kStride}},
                         {"pads", Shape{kPad, kPad, kPad, kPad}}};
      if (op_type == "AveragePool") test.attributes["count_include_pad"] = std::int64_t{counts_padding};
      expect_op(test);
    }
}

TEST(LongSums, MatrixProductsOfEveryKind) {
  const Tensor a = random(10, {2, kLong}, -0.1, 0.1), b = random(11, {kLong, 3}, -0.1, 0.1);
  const Tensor expected = matmul_reference(a, b, {}, 2, kLong, 3);
  expect_op(long_case("MatMul", {a, constant(b)}, {expected}));
  expect_op(long_case("MatMul", {a, b}, {expected}));
  expect_op(long_case("MatMul",
                      {a, reshaped(folded(b, 1, [](const Line& line) { return line[0]; }), {kLong})},
                      {reals({2}, {expected.numbers[0], expected.numbers[3]})}));
  OpCase gemm = long_case("Gemm", {b, b, random(12, {3, 3})}, {});
  const Tensor transposed = filled(Type::f32, {3, kLong}, [&](const Index& index) {
    return at(b, {index[1], index[0]});
  });
  gemm.attributes["transA"] = std::int64_t{1};
  gemm.outputs = {each(Type::f32, {matmul_reference(transposed, b, {}, 3, kLong, 3), gemm.inputs[2]},
                       [](const auto& v) { return v[0] + v[1]; })};
  expect_op(gemm);
}

TEST(LongSums, ConvolutionsOfEveryKind) {
  if (EB_HAS_SANITIZER) GTEST_SKIP() << "12 GB with what a sanitizer keeps";
  const WindowCase wide{.input = {1, 2, 1, 150'000}, .outputs = 2, .kernel = {1, 149'998}};
  const WindowCase deep{.input = {1, 30'000, 3, 3}, .outputs = 2, .kernel = {3, 3}, .pads = {1}};
  for (const WindowCase& window : {wide, deep}) {
    const Tensor x = random(13, window.input, -0.1, 0.1);
    Shape shape{window.outputs, window.input[1]};
    shape.insert(shape.end(), window.kernel.begin(), window.kernel.end());
    const Tensor weights = random(14, shape, -0.1, 0.1), bias = constant(random(15, {2}));
    OpCase test =
        long_case("Conv", {x, constant(weights), bias}, {conv_reference(window, x, weights, &bias)});
    test.attributes = window.attributes();
    expect_op(test);
    test.inputs[1].is_constant = false;
    if (refused(test).empty()) expect_op(test);
  }
}

}  // namespace
}  // namespace eb::gpu::test
