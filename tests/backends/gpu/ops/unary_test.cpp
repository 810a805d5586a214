#include <algorithm>
#include <cfenv>
#include <numbers>

#include "tests/backends/gpu/ops_harness.h"

namespace eb::gpu::test {
namespace {

using Function = double (*)(double);

struct Row {
  const char* op_type;
  Function function;
  double low = -6, high = 6;
  std::map<std::string, Attribute> attributes{};
  const char* domain = "";
};

double sigmoid(double x) {
  return 1 / (1 + std::exp(-x));
}
double clamp(double x, double low, double high) {
  return std::isnan(x) ? x : std::min(std::max(x, low), high);
}
double sign(double x) {
  return std::isnan(x) ? x : x > 0 ? 1 : x < 0 ? -1 : 0;
}
double gelu(double x) {
  return 0.5 * x * (1 + std::erf(x / std::numbers::sqrt2));
}
double gelu_tanh(double x) {
  return 0.5 * x * (1 + std::tanh(std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x)));
}

const std::vector<Row>& rows() {
  static const std::vector<Row> all = {
      {"Relu", [](double x) { return std::isnan(x) ? x : std::max(x, 0.0); }},
      {"LeakyRelu", [](double x) { return x < 0 ? 0.125 * x : x; }, -6, 6, {{"alpha", 0.125f}}},
      {"Elu", [](double x) { return x < 0 ? 1.5 * std::expm1(x) : x; }, -6, 6, {{"alpha", 1.5f}}},
      {"Selu", [](double x) { return 1.05070102 * (x < 0 ? 1.67326319 * std::expm1(x) : x); }},
      {"Celu", [](double x) { return x < 0 ? 2 * std::expm1(x / 2) : x; }, -6, 6, {{"alpha", 2.0f}}},
      {"ThresholdedRelu", [](double x) { return std::isnan(x) || x > 1 ? x : 0; }},
      {"HardSigmoid", [](double x) { return clamp(static_cast<double>(0.2f) * x + 0.5, 0, 1); }},
      {"HardSwish", [](double x) { return x * clamp(x / 6 + 0.5, 0, 1); }},
      {"Sigmoid", sigmoid, -20, 20},
      {"Tanh", [](double x) { return std::tanh(x); }},
      {"Softplus", [](double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))); }, -30, 30},
      {"Softsign", [](double x) { return x / (1 + std::abs(x)); }},
      {"Mish", [](double x) { return x * std::tanh(std::log1p(std::exp(x))); }, -20, 20},
      {"Gelu", gelu},
      {"Gelu", gelu_tanh, -6, 6, {{"approximate", std::string("tanh")}}},
      {"Gelu", gelu, -6, 6, {}, "com.microsoft"},
      {"FastGelu", gelu_tanh, -6, 6, {}, "com.microsoft"},
      {"QuickGelu",
       [](double x) { return x * sigmoid(static_cast<double>(1.702f) * x); },
       -6,
       6,
       {},
       "com.microsoft"},
      {"Erf", [](double x) { return std::erf(x); }},
      {"Exp", [](double x) { return std::exp(x); }, -80, 80},
      {"Log", [](double x) { return std::log(x); }, 1e-3, 100},
      {"Sqrt", [](double x) { return std::sqrt(x); }, 0, 100},
      {"Reciprocal", [](double x) { return 1 / x; }},
      {"Neg", [](double x) { return -x; }},
      {"Abs", [](double x) { return std::abs(x); }},
      {"Floor", [](double x) { return std::floor(x); }},
      {"Ceil", [](double x) { return std::ceil(x); }},
      {"Round", [](double x) { return std::nearbyint(x); }},
      {"Sign", sign},
      {"Sin", [](double x) { return std::sin(x); }, -100, 100},
      {"Cos", [](double x) { return std::cos(x); }, -100, 100},
      {"Tan", [](double x) { return std::tan(x); }, -1.5, 1.5},
      {"Asin", [](double x) { return std::asin(x); }, -1, 1},
      {"Acos", [](double x) { return std::acos(x); }, -1, 1},
      {"Atan", [](double x) { return std::atan(x); }},
      {"Sinh", [](double x) { return std::sinh(x); }},
      {"Cosh", [](double x) { return std::cosh(x); }},
      {"Asinh", [](double x) { return std::asinh(x); }},
      {"Acosh", [](double x) { return std::acosh(x); }, 1, 100},
      {"Atanh", [](double x) { return std::atanh(x); }, -0.999, 0.999},
      {"Shrink",
       [](double x) { return x < -1.5  ? x + 0.25
                             : x > 1.5 ? x - 0.25
                                       : 0.0; },
       -6,
       6,
       {{"lambd", 1.5f}, {"bias", 0.25f}}},
  };
  return all;
}

OpCase case_of(const Row& row, const Tensor& input) {
  const auto function = row.function;
  return {.op_type = row.op_type,
          .inputs = {input},
          .outputs = {each(Type::f32, {input}, [&](const auto& x) { return function(x[0]); })},
          .attributes = row.attributes,
          .domain = row.domain};
}

TEST(Unary, AgreesWithTheReferenceOverItsRange) {
  for (const Row& row : rows()) {
    Tensor input = random(1, {3, 7, 11}, row.low, row.high);
    input.numbers[0] = row.low;
    input.numbers[1] = row.high;
    expect_op(case_of(row, input));
  }
}

// Where C's functions have infinities and NaN, so do ours; Relu of NaN is NaN.
TEST(Unary, InfinitiesAndNanAreThoseOfTheReference) {
  for (const Row& row : rows()) {
    const std::string op = row.op_type;
    Tensor input = reals({6}, {kNan, 0, 1, -1, kInfinity, -kInfinity});
    // inf * 0, which is NaN in ONNX Runtime, too; Shrink's and ThresholdedRelu's NaN is the comparison's.
    if (op == "HardSwish" || op == "Mish" || op.find("Gelu") != op.npos || op == "Softsign")
      input = reals({2}, {kNan, 0});
    if (op == "Shrink" || op == "ThresholdedRelu") continue;
    OpCase test = case_of(row, input);
    expect_op(test);
  }
}

TEST(Unary, RoundsHalvesToEven) {
  expect_op({.op_type = "Round",
             .inputs = {reals({6}, {0.5, 1.5, 2.5, -0.5, -1.5, 8388609.0})},
             .outputs = {reals({6}, {0, 2, 2, 0, -2, 8388609.0})}});
}

TEST(Unary, ChannelsThatDoNotFillAVectorAreComputedInTheImageLayout) {
  for (const char* op : {"Relu", "Sigmoid", "Exp", "Reciprocal"})
    for (const Row& row : rows())
      if (row.op_type == std::string(op)) {
        OpCase test = case_of(row, random(3, {2, 5, 3, 4}, 0.5, 4));
        test.as_image = true;
        expect_op(test);
      }
}

TEST(Unary, HalvesAreComputedAsFloats) {
  Tensor input = reals({5}, {-1.5, 0.25, 2, -0.125, 3});
  input.type = Type::f16;
  OpCase test = case_of({"Sigmoid", sigmoid}, input);
  test.outputs[0].type = Type::f16;
  test.rtol = 1e-3;
  expect_op(test);
}

TEST(Unary, Int32KeepsAllItsBits) {
  const Tensor input = tensor(Type::i32, {5}, {-2147483647, -5, 0, 16777217, 2147483647});
  const auto expect = [&](const char* op, Function function) {
    expect_op({.op_type = op,
               .inputs = {input},
               .outputs = {each(Type::i32, {input}, [&](const auto& x) { return function(x[0]); })},
               .rtol = 0,
               .atol = 0});
  };
  expect("Neg", [](double x) { return -x; });
  expect("Abs", [](double x) { return std::abs(x); });
  expect("Sign", sign);
  expect("Relu", [](double x) { return std::max(x, 0.0); });
}

TEST(Unary, TruthsAreBooleans) {
  expect_op({.op_type = "Not",
             .inputs = {tensor(Type::boolean, {3}, {1, 0, 1})},
             .outputs = {tensor(Type::boolean, {3}, {0, 1, 0})}});
  const Tensor odd = reals({4}, {kNan, kInfinity, -kInfinity, 1});
  expect_op({.op_type = "IsNaN", .inputs = {odd}, .outputs = {tensor(Type::boolean, {4}, {1, 0, 0, 0})}});
  expect_op({.op_type = "IsInf", .inputs = {odd}, .outputs = {tensor(Type::boolean, {4}, {0, 1, 1, 0})}});
  expect_op({.op_type = "IsInf",
             .inputs = {odd},
             .outputs = {tensor(Type::boolean, {4}, {0, 1, 0, 0})},
             .attributes = {{"detect_negative", std::int64_t{0}}}});
}

TEST(Unary, RefusesWhatItCannotDoExactly) {
  const auto why = [](const char* op, Type type) {
    return refused({.op_type = op, .inputs = {tensor(type, {1}, {0})}, .outputs = {tensor(type, {1}, {0})}});
  };
  EXPECT_EQ(why("Abs", Type::i64), "int64 arithmetic");
  EXPECT_EQ(why("Exp", Type::i32), "int32 arithmetic");
  EXPECT_EQ(why("Neg", Type::i8), "8-bit arithmetic");
  EXPECT_EQ(why("Not", Type::f32), "not for reals");
  EXPECT_EQ(why("Sinc", Type::f32), "no such operator");
}

}  // namespace
}  // namespace eb::gpu::test
