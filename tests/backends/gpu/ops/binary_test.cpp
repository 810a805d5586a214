#include <algorithm>

#include "tests/backends/gpu/ops_harness.h"

namespace eb::gpu::test {
namespace {

using Pair = double (*)(double, double);

double add(double a, double b) {
  return a + b;
}
double subtract(double a, double b) {
  return a - b;
}
double multiply(double a, double b) {
  return a * b;
}
double divide(double a, double b) {
  return a / b;
}
double minimum(double a, double b) {
  return std::isnan(a) || std::isnan(b) ? kNan : std::min(a, b);
}
double maximum(double a, double b) {
  return std::isnan(a) || std::isnan(b) ? kNan : std::max(a, b);
}

OpCase case_of(const char* op, Pair function, const Tensor& a, const Tensor& b) {
  return {.op_type = op,
          .inputs = {a, b},
          .outputs = {each(a.type, {a, b}, [&](const auto& x) { return function(x[0], x[1]); })}};
}

OpCase exactly(OpCase test, Type type) {
  test.outputs[0].type = type;
  test.rtol = test.atol = 0;
  return test;
}

TEST(Binary, BroadcastsAsNumpyDoes) {
  const std::vector<std::pair<Shape, Shape>> shapes = {{{2, 3, 4}, {2, 3, 4}},
                                                       {{5}, {}},
                                                       {{}, {}},
                                                       {{2, 3, 4}, {4}},
                                                       {{3, 1}, {1, 5}},
                                                       {{2, 16, 3, 3}, {16, 1, 1}},
                                                       {{1, 3, 5, 32}, {32}},
                                                       {{2, 8, 32}, {8, 1}},
                                                       {{2, 1, 3, 1, 2}, {5, 1, 4, 1}},
                                                       {{4, 1, 32}, {3, 1}},
                                                       {{1}, {1, 1, 1}},
                                                       {{2, 1, 2, 1, 2, 1, 3}, {1, 3, 1, 2, 1, 2, 1}}};
  for (const auto& [a, b] : shapes) {
    expect_op(case_of("Add", add, random(1, a), random(2, b)));
    expect_op(case_of("Sub", subtract, random(1, b), random(2, a)));
    expect_op(case_of("Sub", subtract, random(1, a), constant(random(2, b))));
  }
}

// Channels fill no whole vector, so padding is at work; the operands are what networks have.
TEST(Binary, BroadcastsInTheImageLayout) {
  const Shape image = {2, 5, 3, 4};
  for (const Shape& other :
       {image, {1, 5, 1, 1}, {5, 1, 1}, {}, {2, 5, 1, 1}, {2, 1, 3, 4}, {1, 1, 3, 4}, {4}, {1, 5, 3, 1}})
    for (const bool is_constant : {false, true}) {
      Tensor b = random(2, other, 0.5, 2);
      b.is_constant = is_constant;
      OpCase test = case_of("Div", divide, random(1, image), b);
      test.as_image = true;
      expect_op(test);
      test = case_of("Sub", subtract, b, random(1, image));
      test.as_image = true;
      expect_op(test);
    }
}

TEST(Binary, ArithmeticHasTheCornersOfIeee) {
  const Tensor a = reals({7}, {1, -1, 0, kInfinity, kNan, 1, kInfinity});
  const Tensor b = reals({7}, {0, 0, 0, kInfinity, 1, kNan, 0});
  expect_op(case_of("Add", add, a, b));
  expect_op(case_of("Sub", subtract, a, b));
  expect_op(case_of("Mul", multiply, a, b));
  expect_op(case_of("Div", divide, a, b));
  expect_op(case_of("Min", minimum, a, b));
  expect_op(case_of("Max", maximum, a, b));
}

TEST(Binary, PowerIsAccurateAndHasTheCornersOfC) {
  const auto power = [](double a, double b) { return std::pow(a, b); };
  expect_op(case_of("Pow", power, random(1, {200}, 0.01, 8), random(2, {200}, -12, 12)));
  expect_op(case_of("Pow", power, random(1, {50}, 0.9, 1.1), random(2, {50}, -500, 500)));
  const Tensor whole = random_integers(3, Type::f32, {50}, -6, 6);
  expect_op(case_of("Pow", power, random(1, {50}, -4, 4), whole));
  const Tensor odd = reals({12}, {0, -0.0, 1, -1, 2, -2, 0.5, -0.5, 3, kInfinity, -kInfinity, kNan});
  Tensor column = odd;
  column.shape = {12, 1};
  expect_op(case_of("Pow", power, column, odd));
  for (const double exponent : {2.0, 3.0, 0.5, -1.0})
    expect_op(case_of("Pow", power, random(4, {3, 5}, 0.1, 3), constant(reals({}, {exponent}))));
}

TEST(Binary, PowerTakesExponentsOfOtherTypes) {
  const Tensor base = reals({4}, {1.5, -2, 3, 0});
  for (const Type type : {Type::i32, Type::i64})
    for (const bool is_constant : {false, true}) {
      Tensor exponent = tensor(type, {4}, {-2, 3, 5, 0});
      exponent.is_constant = is_constant;
      expect_op(case_of(
          "Pow", [](double a, double b) { return std::pow(a, b); }, base, exponent));
    }
}

TEST(Binary, Int32IsExact) {
  const Tensor a = tensor(Type::i32, {2, 3}, {2147483647, -7, 7, 16777217, -2000000000, 5});
  const Tensor b = tensor(Type::i32, {3}, {1, 3, -3});
  expect_op(exactly(case_of("Sub", subtract, a, b), Type::i32));
  expect_op(exactly(case_of(
                        "Div", [](double x, double y) { return std::trunc(x / y); }, a, b),
                    Type::i32));
  expect_op(exactly(case_of("Min", minimum, a, b), Type::i32));
  expect_op(exactly(case_of("Max", maximum, a, b), Type::i32));
  const auto modulo = [](double x, double y) { return x - std::floor(x / y) * y; };
  expect_op(exactly(case_of("Mod", modulo, a, b), Type::i32));
  OpCase remainder = exactly(case_of(
                                 "Mod", [](double x, double y) { return std::fmod(x, y); }, a, b),
                             Type::i32);
  remainder.attributes = {{"fmod", std::int64_t{1}}};
  expect_op(remainder);
  const Tensor small = tensor(Type::i32, {4}, {-3, 2, 7, -1});
  const auto power = [](double x, double y) { return std::trunc(std::pow(x, y)); };
  expect_op(exactly(case_of("Pow", power, small, tensor(Type::i32, {4}, {3, 10, 0, -5})), Type::i32));
}

TEST(Binary, Int32AndInt64WrapAround) {
  expect_op({.op_type = "Mul",
             .inputs = {tensor(Type::i32, {2}, {65536, 3}), tensor(Type::i32, {2}, {65537, -5})},
             .outputs = {tensor(Type::i32, {2}, {65536, -15})}});
  // 2^32 * 2^32 leaves nothing; the others are exact.
  expect_op({.op_type = "Mul",
             .inputs = {tensor(Type::i64, {3}, {4294967296, 94906265, -94906265}),
                        tensor(Type::i64, {3}, {4294967296, 94906265, 94906265})},
             .outputs = {tensor(Type::i64, {3}, {0, 9007199136250225, -9007199136250225})},
             .rtol = 0,
             .atol = 0});
}

TEST(Binary, Int64IsExact) {
  const Tensor a = tensor(Type::i64, {2, 3}, {4294967295, -1, 0, 1099511627776, -4294967296, 7});
  const Tensor b = tensor(Type::i64, {3}, {1, -1, -4294967297});
  expect_op(exactly(case_of("Add", add, a, b), Type::i64));
  expect_op(exactly(case_of("Sub", subtract, a, b), Type::i64));
  expect_op(exactly(case_of("Min", minimum, a, b), Type::i64));
  expect_op(exactly(case_of("Max", maximum, a, b), Type::i64));
}

TEST(Binary, SmallIntegersWrapAround) {
  expect_op({.op_type = "Add",
             .inputs = {tensor(Type::u8, {3}, {250, 1, 128}), tensor(Type::u8, {3}, {10, 2, 128})},
             .outputs = {tensor(Type::u8, {3}, {4, 3, 0})}});
  expect_op({.op_type = "Sub",
             .inputs = {tensor(Type::i8, {3}, {-128, 1, 127}), tensor(Type::i8, {3}, {1, 2, -1})},
             .outputs = {tensor(Type::i8, {3}, {127, -1, -128})}});
  expect_op({.op_type = "Div",
             .inputs = {tensor(Type::u8, {3}, {250, 1, 128}), tensor(Type::u8, {3}, {7, 2, 3})},
             .outputs = {tensor(Type::u8, {3}, {35, 0, 42})}});
}

TEST(Binary, ComparesAllTypes) {
  const std::vector<std::pair<const char*, Pair>> operators = {
      {"Equal", [](double a, double b) { return a == b ? 1.0 : 0.0; }},
      {"Greater", [](double a, double b) { return a > b ? 1.0 : 0.0; }},
      {"GreaterOrEqual", [](double a, double b) { return a >= b ? 1.0 : 0.0; }},
      {"Less", [](double a, double b) { return a < b ? 1.0 : 0.0; }},
      {"LessOrEqual", [](double a, double b) { return a <= b ? 1.0 : 0.0; }}};
  for (const auto& [op, function] : operators) {
    const Tensor real = reals({5}, {1, 2, 3, kNan, kInfinity});
    expect_op(exactly(case_of(op, function, real, reals({5}, {2, 2, 2, 2, kInfinity})), Type::boolean));
    for (const Type type : {Type::i32, Type::i64}) {
      const Tensor a = tensor(type, {4}, {16777217, -1, 2, 2147483647});
      expect_op(exactly(case_of(op, function, a, tensor(type, {4}, {16777216, 1, 2, -2147483648.0})),
                        Type::boolean));
    }
  }
  const Tensor large = tensor(Type::i64, {2}, {4294967297, 4294967295});
  expect_op(exactly(case_of("Less", operators[3].second, large, tensor(Type::i64, {}, {4294967296})),
                    Type::boolean));
}

TEST(Binary, CombinesTruths) {
  const Tensor a = tensor(Type::boolean, {2, 1}, {0, 1}), b = tensor(Type::boolean, {2}, {0, 1});
  expect_op(case_of(
      "And", [](double x, double y) { return x * y; }, a, b));
  expect_op(case_of("Or", maximum, a, b));
  expect_op(case_of(
      "Xor", [](double x, double y) { return std::abs(x - y); }, a, b));
}

TEST(Binary, RemaindersOfRealsHaveTheSignOfTheDividend) {
  const Tensor a = reals({6}, {5.25, -5.25, 1e6, 4, -4, kInfinity}),
               b = reals({6}, {2, 2, 0.3, -1.5, kInfinity, 1});
  OpCase test = case_of(
      "Mod", [](double x, double y) { return std::fmod(x, y); }, a, b);
  // The dividend and divisor as the device sees them.
  test.outputs[0].numbers[2] = std::fmod(1e6, static_cast<double>(0.3f));
  test.attributes = {{"fmod", std::int64_t{1}}};
  expect_op(test);
  test.attributes = {};
  EXPECT_EQ(refused(test), "Mod of reals needs fmod");
}

TEST(Binary, PReluTakesASlopeAChannel) {
  const auto prelu = [](double x, double slope) { return x < 0 ? x * slope : x; };
  for (const bool as_image : {false, true}) {
    OpCase test = case_of("PRelu", prelu, random(1, {2, 6, 3, 3}), constant(random(2, {6, 1, 1})));
    test.as_image = as_image;
    expect_op(test);
  }
  expect_op(case_of("PRelu", prelu, random(1, {2, 6}), random(2, {6})));
}

TEST(Binary, ManyTensorsAreTakenTwoByTwo) {
  const std::vector<Tensor> inputs = {random(1, {2, 3}), random(2, {3}), random(3, {2, 1})};
  const auto expect = [&](const char* op, const Each& function, std::size_t count) {
    const std::vector<Tensor> some(inputs.begin(), inputs.begin() + static_cast<std::ptrdiff_t>(count));
    expect_op({.op_type = op, .inputs = some, .outputs = {each(Type::f32, some, function)}});
  };
  const auto sum = [](const std::vector<double>& x) {
    double total = 0;
    for (const double term : x) total += term;
    return total;
  };
  for (const std::size_t count : {1u, 2u, 3u}) {
    expect("Sum", sum, count);
    expect(
        "Mean", [&](const auto& x) { return sum(x) / static_cast<double>(x.size()); }, count);
    expect(
        "Max", [](const auto& x) { return *std::max_element(x.begin(), x.end()); }, count);
    expect(
        "Min", [](const auto& x) { return *std::min_element(x.begin(), x.end()); }, count);
  }
}

TEST(Binary, AddsABiasBeforeGelu) {
  const Tensor x = random(1, {2, 3, 32}), bias = constant(random(2, {32}));
  const auto exact = [](double a, double b) {
    return 0.5 * (a + b) * (1 + std::erf((a + b) / std::sqrt(2.0)));
  };
  OpCase test = case_of("BiasGelu", exact, x, bias);
  test.domain = "com.microsoft";
  expect_op(test);
  const auto fast = [](double a, double b) {
    const double s = a + b;
    return 0.5 * s * (1 + std::tanh(0.7978845608 * (s + 0.044715 * s * s * s)));
  };
  test = case_of("FastGelu", fast, x, bias);
  test.domain = "com.microsoft";
  expect_op(test);
}

TEST(Binary, OldVersionsBroadcastAlongAnAxis) {
  const Tensor a = random(1, {2, 3, 4}), b = random(2, {3});
  Tensor column = b;
  column.shape = {3, 1};
  OpCase test = case_of("Add", add, a, column);
  test.inputs[1] = b;
  test.since_version = 6;
  test.attributes = {{"broadcast", std::int64_t{1}}, {"axis", std::int64_t{1}}};
  expect_op(test);
}

TEST(Binary, RefusesWhatItCannotDoExactly) {
  const auto why = [](const char* op, Type a, Type b) {
    return refused({.op_type = op,
                    .inputs = {tensor(a, {1}, {0}), tensor(b, {1}, {0})},
                    .outputs = {tensor(a, {1}, {0})}});
  };
  EXPECT_EQ(why("Div", Type::i64, Type::i64), "int64 arithmetic");
  EXPECT_EQ(why("And", Type::f32, Type::f32), "not for reals");
  EXPECT_EQ(why("Add", Type::f32, Type::i32), "operands of different types");
  EXPECT_EQ(why("Pow", Type::i32, Type::f32), "int32 to a power of another type");
}

}  // namespace
}  // namespace eb::gpu::test
