#include "tests/backends/gpu/ops_harness.h"

namespace eb::gpu::test {
namespace {

void expect_cast(const Tensor& from, Type to, const std::vector<double>& expected) {
  for (const char* op : {"Cast", "CastLike"}) {
    SCOPED_TRACE(testing::Message() << op << " from " << static_cast<int>(from.type) << " to "
                                    << static_cast<int>(to));
    expect_op({.op_type = op,
               .inputs = {from},
               .outputs = {tensor(to, from.shape, expected)},
               .rtol = 0,
               .atol = 0});
  }
}

TEST(Cast, FromRealsGoesTowardsZero) {
  const Tensor x = reals({6}, {-2.75, -0.5, 0, 0.5, 1.99, 100});
  expect_cast(x, Type::i32, {-2, 0, 0, 0, 1, 100});
  expect_cast(x, Type::i64, {-2, 0, 0, 0, 1, 100});
  expect_cast(x, Type::i8, {-2, 0, 0, 0, 1, 100});
  expect_cast(x, Type::boolean, {1, 1, 0, 1, 1, 1});
  expect_cast(reals({3}, {0, 1.5, 255}), Type::u8, {0, 1, 255});
  expect_cast(reals({3}, {kNan, kInfinity, -0.0}), Type::boolean, {1, 1, 0});
}

TEST(Cast, BetweenInt64AndRealsKeepsBothWords) {
  const std::vector<double> numbers = {4294967296, -4294967296,   1099511627776, -1,
                                       16777215,   -2147483648.0, 3e9,           -3e9};
  const Shape shape = {8};
  expect_cast(reals(shape, numbers), Type::i64, numbers);
  expect_cast(tensor(Type::i64, shape, numbers), Type::f32, numbers);
}

TEST(Cast, BetweenIntegersTakesTheLowBits) {
  const Tensor x = tensor(Type::i32, {5}, {-1, 0, 200, 256, 70000});
  expect_cast(x, Type::i64, {-1, 0, 200, 256, 70000});
  expect_cast(x, Type::u8, {255, 0, 200, 0, 112});
  expect_cast(x, Type::i8, {-1, 0, -56, 0, 112});
  expect_cast(x, Type::boolean, {1, 0, 1, 1, 1});
  expect_cast(x, Type::f32, {-1, 0, 200, 256, 70000});
  const Tensor wide = tensor(Type::i64, {5}, {-1, 0, 4294967296, 4294967297, 200});
  expect_cast(wide, Type::i32, {-1, 0, 0, 1, 200});
  expect_cast(wide, Type::boolean, {1, 0, 1, 1, 1});
  expect_cast(wide, Type::u8, {255, 0, 0, 1, 200});
  expect_cast(wide, Type::i8, {-1, 0, 0, 1, -56});
  expect_cast(tensor(Type::u8, {2}, {200, 5}), Type::i8, {-56, 5});
  expect_cast(tensor(Type::i8, {2}, {-56, 5}), Type::u8, {200, 5});
  expect_cast(tensor(Type::boolean, {2}, {1, 0}), Type::f32, {1, 0});
  expect_cast(tensor(Type::boolean, {2}, {1, 0}), Type::i64, {1, 0});
  expect_cast(tensor(Type::i32, {2}, {-2147483648.0, 2147483647}), Type::boolean, {1, 1});
}

// Through f16 and back: the device must round, though it computes in floats.
TEST(Cast, ToHalfRoundsToEven) {
  const std::vector<double> numbers = {1.0009765625, 1.00048828125, 1.00146484375, 65504, 65519, 65520,
                                       -70000,       6e-8,          3.1e-5,        1e-9,  kNan,  kInfinity};
  std::vector<double> rounded;
  for (const double number : numbers) rounded.push_back(static_cast<double>(half_to_float(to_half(number))));
  expect_cast(reals({12}, numbers), Type::f16, rounded);
  expect_cast(tensor(Type::f16, {3}, {1.5, -0.25, 6.103515625e-05}), Type::f32,
              {1.5, -0.25, 6.103515625e-05});
}

}  // namespace
}  // namespace eb::gpu::test
