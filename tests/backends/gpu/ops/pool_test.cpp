#include "tests/backends/gpu/ops/window_reference.h"

namespace eb::gpu::test {
namespace {

enum class Pool : std::uint8_t { maximum, average, average_padded };

Tensor pool_reference(const WindowCase& test, const Tensor& x, Pool pool) {
  Tensor y = reals(test.output_shape(), {});
  for (std::int64_t at = 0; at < elements(y.shape); ++at) {
    const Shape out = position_of(at, y.shape);
    double largest = -kInfinity, sum = 0;
    int inside_count = 0, padded_count = 0;
    for (std::int64_t tap = 0; tap < elements(test.kernel); ++tap) {
      const Shape offset = position_of(tap, test.kernel);
      Shape in{out[0], out[1]};
      bool inside = true, padded = true;
      for (std::size_t i = 0; i < test.spatial(); ++i) {
        in.push_back(out[i + 2] * test.all_strides()[i] - test.all_pads()[i] +
                     offset[i] * test.all_dilations()[i]);
        inside = inside && in.back() >= 0 && in.back() < test.input[i + 2];
        padded = padded && in.back() < test.input[i + 2] + test.all_pads()[i + test.spatial()];
      }
      padded_count += padded ? 1 : 0;
      if (!inside) continue;
      const double number = x.numbers[static_cast<std::size_t>(index_of(in, x.shape))];
      largest = std::max(largest, number);
      sum += number;
      ++inside_count;
    }
    y.numbers.push_back(pool == Pool::maximum ? largest
                                              : sum / (pool == Pool::average ? inside_count : padded_count));
  }
  return y;
}

void expect_pool(WindowCase test, Pool pool) {
  test.outputs = test.input[1];
  const Tensor x = random(1, test.input);
  auto attributes = test.attributes();
  attributes.erase("group");
  attributes["kernel_shape"] = test.kernel;
  if (pool == Pool::average_padded) attributes["count_include_pad"] = std::int64_t{1};
  expect_op({.op_type = pool == Pool::maximum ? "MaxPool" : "AveragePool",
             .inputs = {x},
             .outputs = {pool_reference(test, x, pool)},
             .attributes = attributes});
}

TEST(GpuPool, WindowsOfAnyRank) {
  for (const Pool pool : {Pool::maximum, Pool::average, Pool::average_padded}) {
    expect_pool({.input = {1, 16, 9, 9}, .kernel = {3, 3}, .strides = {2}, .pads = {1}}, pool);
    expect_pool({.input = {2, 5, 8, 7}, .kernel = {2, 3}, .strides = {1, 2}, .pads = {0, 1, 1, 0}}, pool);
    expect_pool({.input = {1, 20, 12}, .kernel = {4}, .strides = {3}}, pool);
    expect_pool({.input = {1, 3, 5, 6, 7}, .kernel = {2, 3, 2}, .strides = {2}, .pads = {0, 1, 0, 0, 1, 1}},
                pool);
  }
  expect_pool({.input = {1, 7, 10, 10}, .kernel = {3, 3}, .dilations = {2}}, Pool::maximum);
}

TEST(GpuPool, CeilModeCountsOnlyWhatIsThere) {
  // Output 3 instead of 2: the last window hangs over the edge.
  const Tensor x = reals({1, 1, 1, 6}, {1, 2, 3, 4, 5, 6});
  const std::map<std::string, Attribute> attributes = {
      {"kernel_shape", Shape{1, 3}}, {"strides", Shape{1, 2}}, {"ceil_mode", std::int64_t{1}}};
  expect_op({.op_type = "MaxPool",
             .inputs = {x},
             .outputs = {reals({1, 1, 1, 3}, {3, 5, 6})},
             .attributes = attributes});
  expect_op({.op_type = "AveragePool",
             .inputs = {x},
             .outputs = {reals({1, 1, 1, 3}, {2, 4, 5.5})},
             .attributes = attributes});
}

TEST(GpuPool, Global) {
  for (const Shape& shape : {Shape{1, 40, 7, 7}, Shape{2, 3, 9}, Shape{1, 5, 2, 3, 4}}) {
    const WindowCase test{
        .input = shape, .outputs = shape[1], .kernel = Shape(shape.begin() + 2, shape.end())};
    const Tensor x = random(1, shape);
    expect_op(
        {.op_type = "GlobalAveragePool", .inputs = {x}, .outputs = {pool_reference(test, x, Pool::average)}});
    expect_op(
        {.op_type = "GlobalMaxPool", .inputs = {x}, .outputs = {pool_reference(test, x, Pool::maximum)}});
  }
}

TEST(GpuPool, Refusals) {
  const Tensor x = random(1, {1, 4, 4, 4}), y = random(2, {1, 4, 2, 2});
  const std::map<std::string, Attribute> attributes = {{"kernel_shape", Shape{3, 3}}};
  EXPECT_EQ(refused({.op_type = "MaxPool",
                     .inputs = {x},
                     .outputs = {y, random_integers(3, Type::i64, {1, 4, 2, 2}, 0, 9)},
                     .attributes = attributes}),
            "indices of the maxima");
  EXPECT_EQ(refused({.op_type = "MaxPool", .inputs = {x}, .outputs = {y}}),
            "kernel_shape does not fit the input");
}

}  // namespace
}  // namespace eb::gpu::test
