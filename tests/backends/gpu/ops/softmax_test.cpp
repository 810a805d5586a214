// Softmax, LogSoftmax, Hardmax and LpNormalization.
#include <algorithm>
#include <numeric>

#include "tests/backends/gpu/ops/reference.h"

namespace eb::gpu::test {
namespace {

std::vector<double> softmax(std::vector<double> line) {
  const double most = *std::max_element(line.begin(), line.end());
  double sum = 0;
  for (double& x : line) sum += x = std::exp(x - most);
  for (double& x : line) x /= sum;
  return line;
}

std::vector<double> log_softmax(std::vector<double> line) {
  const double most = *std::max_element(line.begin(), line.end());
  double sum = 0;
  for (const double x : line) sum += std::exp(x - most);
  for (double& x : line) x -= most + std::log(sum);
  return line;
}

std::vector<double> hardmax(const std::vector<double>& line) {
  std::vector<double> hot(line.size(), 0);
  hot[static_cast<std::size_t>(std::max_element(line.begin(), line.end()) - line.begin())] = 1;
  return hot;
}

OpCase softmax_case(const std::string& op_type, const Tensor& x, std::int64_t axis, bool as_image = false) {
  const auto positive =
      static_cast<std::size_t>(axis < 0 ? axis + static_cast<std::int64_t>(x.shape.size()) : axis);
  const auto function = op_type == "Softmax" ? softmax : log_softmax;
  return {.op_type = op_type,
          .inputs = {x},
          .outputs = {op_type == "Hardmax" ? along(x, positive, hardmax) : along(x, positive, function)},
          .attributes = {{"axis", axis}},
          .as_image = as_image,
          .rtol = 1e-5,
          .atol = 2e-6};
}

TEST(Softmax, RowsOfEveryLength) {
  for (const std::int64_t size : {1, 3, 16, 17, 100, 1000}) {
    const OpCase test = softmax_case("Softmax", random(1, {5, size}, -30, 30), -1);
    expect_op(test);
    expect_op_as_gpu(test);
  }
}

TEST(Softmax, AnyAxisOfAnyRank) {
  const Shape sizes = {3, 2, 5, 16, 3};
  for (std::size_t rank = 1; rank <= sizes.size(); ++rank)
    for (std::int64_t axis = 0; axis < static_cast<std::int64_t>(rank); ++axis)
      for (const std::string op_type : {"Softmax", "LogSoftmax", "Hardmax"})
        expect_op(softmax_case(
            op_type, random(2, {sizes.begin(), sizes.begin() + static_cast<std::ptrdiff_t>(rank)}, -8, 8),
            axis));
}

TEST(Softmax, ChannelsAndPixelsOfPictures) {
  for (const std::int64_t channels : {5, 16, 21})
    for (const std::int64_t axis : {1, 2, -1}) {
      const OpCase test = softmax_case("Softmax", random(3, {2, channels, 3, 4}, -8, 8), axis, true);
      expect_op(test);
      expect_op_as_gpu(test);
    }
  expect_op(softmax_case("LogSoftmax", random(4, {2, 21, 3, 4}, -8, 8), 1, true));
}

TEST(Softmax, LargeAndInfiniteNumbers) {
  expect_op(softmax_case("Softmax",
                         reals({2, 20},
                               [] {
                                 std::vector<double> numbers(40, -kInfinity);
                                 numbers[3] = 1e30;
                                 numbers[25] = -1e30;
                                 numbers[39] = -1e30;
                                 return numbers;
                               }()),
                         1));
}

TEST(Softmax, BeforeVersion13AllLaterAxesAreOne) {
  for (const std::int64_t axis : {0, 1, 2, -1})
    for (const std::string op_type : {"Softmax", "LogSoftmax"}) {
      const Tensor x = random(5, {3, 4, 5}, -8, 8);
      const auto first = static_cast<std::size_t>(axis < 0 ? axis + 3 : axis);
      std::int64_t outer = 1;
      for (std::size_t i = 0; i < first; ++i) outer *= x.shape[i];
      OpCase test = softmax_case(op_type, reshaped(x, {outer, 60 / outer}), 1);
      test.inputs = {x};
      test.outputs = {reshaped(test.outputs[0], x.shape)};
      test.attributes["axis"] = axis;
      test.since_version = 11;
      expect_op(test);
      test.as_image = true;
      expect_op(test);
    }
}

TEST(Hardmax, FirstOfEqualsWins) {
  expect_op(softmax_case("Hardmax", reals({2, 4}, {1, 3, 3, 2, -5, -5, -5, -5}), 1));
}

TEST(LpNormalization, BothNorms) {
  for (const std::int64_t p : {1, 2})
    for (const std::int64_t axis : {0, 1, -1}) {
      const Tensor x = random(6, {3, 4, 16});
      const Tensor expected = along(x, static_cast<std::size_t>(axis < 0 ? axis + 3 : axis), [&](auto line) {
        double sum = 0;
        for (const double number : line) sum += p == 1 ? std::abs(number) : number * number;
        for (double& number : line) number /= p == 1 ? sum : std::sqrt(sum);
        return line;
      });
      expect_op({.op_type = "LpNormalization",
                 .inputs = {x},
                 .outputs = {expected},
                 .attributes = {{"axis", axis}, {"p", p}}});
    }
}

}  // namespace
}  // namespace eb::gpu::test
