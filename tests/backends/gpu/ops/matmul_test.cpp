#include "tests/backends/gpu/ops/window_reference.h"

namespace eb::gpu::test {
namespace {

void expect_matmul(Shape batch_a, Shape batch_b, std::int64_t rows, std::int64_t inner, std::int64_t columns,
                   bool constant_b) {
  Shape a_shape = batch_a, b_shape = batch_b;
  a_shape.insert(a_shape.end(), {rows, inner});
  b_shape.insert(b_shape.end(), {inner, columns});
  const Tensor a = random(1, a_shape, -1, 1);
  Tensor b = random(2, b_shape, -1, 1);
  const Tensor y = matmul_reference(a, b, broadcast_shape(batch_a, batch_b), rows, inner, columns);
  b.is_constant = constant_b;
  SCOPED_TRACE(::testing::Message() << rows << " x " << inner << " x " << columns);
  expect_op({.op_type = "MatMul", .inputs = {a, b}, .outputs = {y}, .rtol = 1e-4, .atol = 1e-4});
}

TEST(GpuMatMul, ConstantWeights) {
  expect_matmul({}, {}, 1, 64, 100, true);
  expect_matmul({}, {}, 7, 33, 19, true);
  expect_matmul({}, {}, 70, 16, 48, true);
  expect_matmul({3}, {}, 5, 10, 12, true);
  expect_matmul({2, 3}, {}, 128, 32, 8, true);
}

TEST(GpuMatMul, BothFromOutside) {
  expect_matmul({}, {}, 7, 33, 19, false);
  expect_matmul({}, {}, 64, 32, 64, false);
  expect_matmul({4}, {4}, 9, 6, 11, false);
  expect_matmul({2, 3}, {2, 3}, 5, 8, 32, false);
  expect_matmul({4}, {4}, 1, 17, 3, true);
}

TEST(GpuMatMul, BatchesAreBroadcast) {
  expect_matmul({3}, {}, 4, 5, 6, false);
  expect_matmul({}, {3}, 4, 5, 6, false);
  expect_matmul({2, 1}, {1, 3}, 4, 7, 5, false);
  expect_matmul({2, 1}, {3}, 4, 8, 5, false);
}

TEST(GpuMatMul, Vectors) {
  const Tensor a = random(1, {6}), b = random(2, {6, 5});
  Tensor y = matmul_reference(reals({1, 6}, a.numbers), b, {}, 1, 6, 5);
  y.shape = {5};
  expect_op({.op_type = "MatMul", .inputs = {a, b}, .outputs = {y}});
  Tensor column =
      matmul_reference(reals({5, 6}, random(3, {5, 6}).numbers), reals({6, 1}, a.numbers), {}, 5, 6, 1);
  column.shape = {5};
  expect_op({.op_type = "MatMul", .inputs = {random(3, {5, 6}), a}, .outputs = {column}});
}

// Each matrix of a batch.
Tensor transposed_each(const Tensor& from) {
  Shape shape = from.shape;
  std::swap(shape[shape.size() - 1], shape[shape.size() - 2]);
  Tensor made = reals(shape, {});
  for (std::int64_t at = 0; at < elements(shape); ++at) {
    Shape position = position_of(at, shape);
    std::swap(position[shape.size() - 1], position[shape.size() - 2]);
    made.numbers.push_back(from.numbers[static_cast<std::size_t>(index_of(position, from.shape))]);
  }
  return made;
}

TEST(GpuMatMul, FusedWithTranspositionAndScale) {
  for (const Shape& batch : {Shape{}, Shape{2, 3}})
    for (const bool constant_b : {false, true})
      for (const int transposes : {0, 1, 2, 3}) {
        Shape a_shape = batch, b_shape = batch;
        a_shape.insert(a_shape.end(), {5, 9});
        b_shape.insert(b_shape.end(), {9, 20});
        Tensor a = random(1, a_shape, -1, 1), b = random(2, b_shape, -1, 1);
        Tensor y = matmul_reference(a, b, batch, 5, 9, 20);
        for (double& number : y.numbers) number *= 0.25;
        if ((transposes & 1) != 0) a = transposed_each(a);
        if ((transposes & 2) != 0) b = transposed_each(b);
        b.is_constant = constant_b;
        expect_op({.op_type = "FusedMatMul",
                   .inputs = {a, b},
                   .outputs = {y},
                   .attributes = {{"transA", std::int64_t{transposes & 1}},
                                  {"transB", std::int64_t{transposes >> 1}},
                                  {"alpha", 0.25f}},
                   .domain = "com.microsoft",
                   .rtol = 1e-4,
                   .atol = 1e-5});
      }
  EXPECT_EQ(refused({.op_type = "FusedMatMul",
                     .inputs = {random(1, {2, 3}), random(1, {3, 2})},
                     .outputs = {random(1, {2, 2})},
                     .attributes = {{"transBatchA", std::int64_t{1}}},
                     .domain = "com.microsoft"}),
            "batches that are not in front");
}

Tensor transposed(const Tensor& matrix) {
  Tensor made = reals({matrix.shape[1], matrix.shape[0]}, {});
  for (std::int64_t column = 0; column < matrix.shape[1]; ++column)
    for (std::int64_t row = 0; row < matrix.shape[0]; ++row)
      made.numbers.push_back(matrix.numbers[static_cast<std::size_t>(row * matrix.shape[1] + column)]);
  return made;
}

TEST(GpuGemm, TransposesScalesAndBroadcastsC) {
  const Tensor a = random(1, {6, 10}), b = random(2, {10, 9});
  const Tensor product = matmul_reference(a, b, {}, 6, 10, 9);
  for (const bool constant_b : {true, false})
    for (const bool transpose_a : {false, true})
      for (const bool transpose_b : {false, true})
        for (const Shape& c_shape : {Shape{}, Shape{9}, Shape{1, 9}, Shape{6, 1}, Shape{6, 9}, Shape{1}}) {
          Tensor c = random(3, c_shape);
          Tensor weights = transpose_b ? transposed(b) : b;
          weights.is_constant = c.is_constant = constant_b;
          const Tensor y = each(Type::f32, {product, c},
                                [](const std::vector<double>& v) { return 0.5 * v[0] + 2 * v[1]; });
          SCOPED_TRACE(::testing::Message()
                       << constant_b << transpose_a << transpose_b << " C of rank " << c_shape.size());
          expect_op({.op_type = "Gemm",
                     .inputs = {transpose_a ? transposed(a) : a, weights, c},
                     .outputs = {y},
                     .attributes = {{"transA", std::int64_t{transpose_a}},
                                    {"transB", std::int64_t{transpose_b}},
                                    {"alpha", 0.5f},
                                    {"beta", 2.0f}}});
        }
}

TEST(GpuGemm, WithoutC) {
  const Tensor a = random(1, {3, 130}, -1, 1), b = constant(random(2, {130, 1000}, -1, 1));
  expect_op({.op_type = "Gemm",
             .inputs = {a, b},
             .outputs = {matmul_reference(a, b, {}, 3, 130, 1000)},
             .rtol = 1e-4,
             .atol = 1e-4});
}

TEST(GpuMatMul, Refusals) {
  EXPECT_EQ(refused({.op_type = "MatMul",
                     .inputs = {random(1, {2, 3}), random(2, {3, 2})},
                     .outputs = {random(3, {2, 2})}}),
            "");
  EXPECT_EQ(refused({.op_type = "MatMul",
                     .inputs = {random_integers(1, Type::i32, {2, 3}, 0, 9),
                                random_integers(1, Type::i32, {3, 2}, 0, 9)},
                     .outputs = {random_integers(3, Type::i32, {2, 2}, 0, 9)}}),
            "not a float type");
  EXPECT_EQ(
      refused(
          {.op_type = "Gemm", .inputs = {random(1, {6}), random(2, {6, 2})}, .outputs = {random(3, {2})}}),
      "operands are not matrices");
}

}  // namespace
}  // namespace eb::gpu::test
