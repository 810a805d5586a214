// Operators of one tensor, element by element: a row each.
#include <array>
#include <iterator>
#include <string_view>
#include <vector>

#include "backends/gpu/ops/elementwise.h"

namespace eb::gpu {
namespace {

constexpr std::string_view kMicrosoft = "com.microsoft";
constexpr int kNone = -1;

// Whether finite numbers give finite ones.
enum class Range : std::uint8_t { finite, any };

struct UnaryOp {
  std::string_view op_type;
  std::string_view domain = "";
  int code = 0;  // OP of unary.krn
  Range range = Range::finite;
  int integer_code = kNone;          // of i32, where it exists
  std::string_view alpha_name = "";  // attribute
  float alpha = 0;
  std::string_view beta_name = "";
  float beta = 0;
};

constexpr auto kFinite = Range::finite;
constexpr auto kAny = Range::any;

constexpr std::array kUnary = {
    UnaryOp{"Relu", "", 1, kFinite, 103},
    UnaryOp{"LeakyRelu", "", 3, kFinite, kNone, "alpha", 0.01f},
    UnaryOp{"Elu", "", 4, kFinite, kNone, "alpha", 1.0f},
    UnaryOp{"Selu", "", 5, kFinite, kNone, "alpha", 1.67326319f, "gamma", 1.05070102f},
    UnaryOp{"Celu", "", 6, kFinite, kNone, "alpha", 1.0f},
    UnaryOp{"ThresholdedRelu", "", 7, kFinite, kNone, "alpha", 1.0f},
    UnaryOp{"HardSigmoid", "", 8, kFinite, kNone, "alpha", 0.2f, "beta", 0.5f},
    UnaryOp{"HardSwish", "", 9},
    UnaryOp{"Sigmoid", "", 10},
    UnaryOp{"Tanh", "", 11},
    UnaryOp{"Softplus", "", 12},
    UnaryOp{"Softsign", "", 13},
    UnaryOp{"Mish", "", 14},
    UnaryOp{"Gelu", "", 15},
    UnaryOp{"Gelu", kMicrosoft, 15},
    UnaryOp{"QuickGelu", kMicrosoft, 17, kFinite, kNone, "alpha", 1.702f},
    UnaryOp{"Swish", "", 17, kFinite, kNone, "alpha", 1.0f},
    UnaryOp{"Erf", "", 18},
    UnaryOp{"Exp", "", 19, kAny},
    UnaryOp{"Log", "", 20, kAny},
    UnaryOp{"Sqrt", "", 21, kAny},
    UnaryOp{"Reciprocal", "", 22, kAny},
    UnaryOp{"Neg", "", 23, kFinite, 101},
    UnaryOp{"Abs", "", 24, kFinite, 100},
    UnaryOp{"Floor", "", 25},
    UnaryOp{"Ceil", "", 26},
    UnaryOp{"Round", "", 27},
    UnaryOp{"Sign", "", 28, kFinite, 102},
    UnaryOp{"Sin", "", 29},
    UnaryOp{"Cos", "", 30},
    UnaryOp{"Tan", "", 31, kAny},
    UnaryOp{"Asin", "", 32, kAny},
    UnaryOp{"Acos", "", 33, kAny},
    UnaryOp{"Atan", "", 34},
    UnaryOp{"Sinh", "", 35, kAny},
    UnaryOp{"Cosh", "", 36, kAny},
    UnaryOp{"Asinh", "", 37},
    UnaryOp{"Acosh", "", 38, kAny},
    UnaryOp{"Atanh", "", 39, kAny},
    UnaryOp{"Not", "", 40},
    UnaryOp{"IsNaN", "", 41},
    UnaryOp{"IsInf", "", 42},
    UnaryOp{"Shrink", "", 51, kFinite, kNone, "lambd", 0.5f, "bias", 0.0f},
};

const UnaryOp& find(const Node& node) {
  const std::string_view domain = node.domain == kMicrosoft ? kMicrosoft : std::string_view();
  for (const UnaryOp& op : kUnary)
    if (op.op_type == node.op_type && op.domain == domain) return op;
  return kUnary[0];  // not reached: rows are made from the table
}

Refusal refuse_unary(const Graph& graph, const Node& node) {
  if (auto reason = refuse_inputs(node, 0, 1)) return reason;
  const Type type = graph.value(node.inputs[0]).type;
  if (node.op_type == "Not") return type == Type::boolean ? Refusal() : refuse_type(type);
  if (node.op_type == "Gelu") {
    const std::string approximate = node.text("approximate", "none");
    if (approximate != "none" && approximate != "tanh") return "approximation " + approximate;
  }
  if (is_real(type)) return {};
  // 8-bit results stay in range; -(-128) does not, and is not asked for.
  if (type == Type::i32 && find(node).integer_code != kNone) return {};
  if (type == Type::i8 && (node.op_type == "Relu" || node.op_type == "Sign")) return {};
  if (type == Type::u8 && (node.op_type == "Abs" || node.op_type == "Sign")) return {};
  return refuse_type(type);
}

Status emit_unary(Planner& planner, const Node& node) {
  const UnaryOp& op = find(node);
  Elementwise work{.code = op.code, .keeps_finite = op.range == Range::finite};
  work.alpha = op.alpha_name.empty() ? op.alpha : node.real(op.alpha_name, op.alpha);
  work.beta = op.beta_name.empty() ? op.beta : node.real(op.beta_name, op.beta);
  if (node.op_type == "IsInf") {
    work.alpha = node.integer("detect_negative", 1) != 0 ? 1.0f : 0.0f;
    work.beta = node.integer("detect_positive", 1) != 0 ? 1.0f : 0.0f;
  }
  if (node.op_type == "Gelu" && node.text("approximate", "none") == "tanh") work.code = kGeluTanh;
  if (planner.value(node.inputs[0]).type == Type::i32) work.code = op.integer_code;
  emit_elementwise(planner, work, {operand(planner, node.inputs[0])}, node.outputs[0]);
  return Done{};
}

}  // namespace

std::span<const OpRow> unary_ops() {
  static const std::vector<OpRow> rows = [] {
    std::vector<OpRow> made;
    made.reserve(std::size(kUnary));
    for (const UnaryOp& op : kUnary) made.push_back({op.op_type, op.domain, refuse_unary, emit_unary});
    return made;
  }();
  return rows;
}

}  // namespace eb::gpu
