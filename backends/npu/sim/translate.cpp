#include "backends/npu/sim/translate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <limits>

namespace eb::simnpu {
namespace {

using gpu::Graph;
using gpu::kNoValue;
using gpu::Node;
using gpu::Refusal;
using gpu::Shape;
using gpu::Type;
using gpu::Value;
using gpu::ValueId;

std::uint64_t size(std::int64_t extent) {
  return static_cast<std::uint64_t>(extent);
}

std::uint64_t product_of(std::span<const std::int64_t> extents) {
  std::uint64_t all = 1;
  for (const std::int64_t extent : extents) all *= size(extent);
  return all;
}

bool is_float(const Graph& graph, const Node& node) {
  const auto floats = [&](ValueId id) { return id == kNoValue || graph.value(id).type == Type::f32; };
  return std::all_of(node.inputs.begin(), node.inputs.end(), floats) &&
         std::all_of(node.outputs.begin(), node.outputs.end(), floats);
}

// --- Conv

// Padding at the end shows in the shape of the output.
bool pads_like(const Node& node) {
  const std::string padding = node.text("auto_pad", "NOTSET");
  return padding == "NOTSET" || padding == "VALID" || padding.starts_with("SAME");
}

Refusal refuse_conv(const Graph& graph, const Node& node) {
  if (!is_float(graph, node)) return "only fp32";
  if (graph.value(node.inputs[0]).rank() != 4) return "only pictures";
  if (!pads_like(node)) return "unknown auto_pad";
  return {};
}

void set_padding(const Node& node, Op& op) {
  const auto pads = node.integers("pads", {0, 0, 0, 0});
  const std::string padding = node.text("auto_pad", "NOTSET");
  if (padding == "NOTSET" && pads.size() == 4) {
    op.pad_top = size(pads[0]);
    op.pad_left = size(pads[1]);
  }
  if (!padding.starts_with("SAME")) return;
  const auto before = [&](std::uint64_t in, std::uint64_t out, std::uint64_t stride, std::uint64_t kernel,
                          std::uint64_t dilation) {
    const std::uint64_t reach = (out - 1) * stride + (kernel - 1) * dilation + 1;
    const std::uint64_t all = reach > in ? reach - in : 0;
    return padding == "SAME_LOWER" ? all - all / 2 : all / 2;
  };
  op.pad_top = before(op.height, op.out_height, op.stride_y, op.kernel_y, op.dilation_y);
  op.pad_left = before(op.width, op.out_width, op.stride_x, op.kernel_x, op.dilation_x);
}

void set_conv(const Graph& graph, const Node& node, Op& op) {
  const Shape& x = graph.value(node.inputs[0]).shape;
  const Shape& w = graph.value(node.inputs[1]).shape;
  const Shape& y = graph.value(node.outputs[0]).shape;
  const auto strides = node.integers("strides", {1, 1}), dilations = node.integers("dilations", {1, 1});
  op.kind = OpKind::conv;
  op.images = size(x[0]);
  op.channels = size(x[1]);
  op.height = size(x[2]);
  op.width = size(x[3]);
  op.filters = size(w[0]);
  op.groups = size(node.integer("group", 1));
  op.kernel_y = size(w[2]);
  op.kernel_x = size(w[3]);
  op.out_height = size(y[2]);
  op.out_width = size(y[3]);
  op.stride_y = size(strides[0]);
  op.stride_x = size(strides[1]);
  op.dilation_y = size(dilations[0]);
  op.dilation_x = size(dilations[1]);
  set_padding(node, op);
}

// --- Gemm and MatMul

Refusal refuse_gemm(const Graph& graph, const Node& node) {
  if (!is_float(graph, node)) return "only fp32";
  const ValueId c = node.input(2);
  if (c == kNoValue) return {};
  const Shape& y = graph.value(node.outputs[0]).shape;
  const Value& added = graph.value(c);
  const std::int64_t count = gpu::elements(added.shape);
  const bool is_row = added.rank() > 0 && added.shape.back() == y[1];
  return count == 1 || count == y[0] * y[1] || (count == y[1] && is_row) ? Refusal{}
                                                                         : Refusal{"a bias a row"};
}

void set_gemm(const Graph& graph, const Node& node, Op& op) {
  const Shape& a = graph.value(node.inputs[0]).shape;
  const Shape& y = graph.value(node.outputs[0]).shape;
  op.kind = OpKind::matmul;
  op.is_a_transposed = node.integer("transA", 0) != 0;
  op.is_b_transposed = node.integer("transB", 0) != 0;
  op.m = size(y[0]);
  op.n = size(y[1]);
  op.k = size(a[op.is_a_transposed ? 0 : 1]);
  op.alpha = node.real("alpha", 1);
  op.beta = node.real("beta", 1);
}

Refusal refuse_matmul(const Graph& graph, const Node& node) {
  if (!is_float(graph, node)) return "only fp32";
  const Shape& a = graph.value(node.inputs[0]).shape;
  const Shape& b = graph.value(node.inputs[1]).shape;
  if (a.size() < 2 || b.size() < 2) return "a vector";
  const bool is_shared = product_of(std::span(b).first(b.size() - 2)) == 1;
  const bool is_alike = a.size() == b.size() && std::equal(a.begin(), a.end() - 2, b.begin());
  return is_shared || is_alike ? Refusal{} : Refusal{"broadcast batches"};
}

void set_matmul(const Graph& graph, const Node& node, Op& op) {
  const Shape& a = graph.value(node.inputs[0]).shape;
  const Shape& b = graph.value(node.inputs[1]).shape;
  op.kind = OpKind::matmul;
  op.is_b_shared = product_of(std::span(b).first(b.size() - 2)) == 1;
  op.k = size(a.back());
  op.n = size(b.back());
  op.m = size(a[a.size() - 2]);
  op.batches = product_of(std::span(a).first(a.size() - 2));
  if (!op.is_b_shared) return;
  op.m *= op.batches;  // rows are rows
  op.batches = 1;
}

// --- Elementwise

Refusal refuse_pair(const Graph& graph, const Node& node) {
  if (!is_float(graph, node)) return "only fp32";
  const Shape& y = graph.value(node.outputs[0]).shape;
  return graph.value(node.inputs[0]).shape == y && graph.value(node.inputs[1]).shape == y
             ? Refusal{}
             : Refusal{"broadcast"};
}

Refusal refuse_unary(const Graph& graph, const Node& node) {
  return is_float(graph, node) ? Refusal{} : Refusal{"only fp32"};
}

Refusal refuse_clip(const Graph& graph, const Node& node) {
  if (!is_float(graph, node)) return "only fp32";
  for (const std::size_t i : {std::size_t{1}, std::size_t{2}})
    if (node.input(i) != kNoValue && !graph.value(node.input(i)).is_constant())
      return "limits are no constants";
  return {};
}

float limit(const Graph& graph, const Node& node, std::size_t input, const char* attribute, float otherwise) {
  if (node.input(input) == kNoValue) return node.real(attribute, otherwise);
  const auto reals = graph.constant_reals(node.input(input));
  return reals.empty() ? otherwise : reals[0];
}

void set_clip(const Graph& graph, const Node& node, Op& op) {
  constexpr float kMost = std::numeric_limits<float>::max();
  op.kind = OpKind::clip;
  op.alpha = limit(graph, node, 1, "min", -kMost);
  op.beta = limit(graph, node, 2, "max", kMost);
}

template <OpKind kind>
void set_kind(const Graph&, const Node&, Op& op) {
  op.kind = kind;
}

// --- Quantization

Refusal refuse_scale(const Graph& graph, const Node& node, Type real) {
  const Value& scale = graph.value(node.inputs[1]);
  if (real != Type::f32 || scale.type != Type::f32) return "only fp32";
  if (scale.rank() > 1) return "blocks of scales";
  return {};
}

Refusal refuse_quantize(const Graph& graph, const Node& node) {
  const Type to = graph.value(node.outputs[0]).type;
  if (to != Type::i8 && to != Type::u8) return "only to 8 bits";
  return refuse_scale(graph, node, graph.value(node.inputs[0]).type);
}

Refusal refuse_dequantize(const Graph& graph, const Node& node) {
  const Type from = graph.value(node.inputs[0]).type;
  if (from != Type::i8 && from != Type::u8 && from != Type::i32) return "only from integers";
  return refuse_scale(graph, node, graph.value(node.outputs[0]).type);
}

template <OpKind kind>
void set_scale(const Graph& graph, const Node& node, Op& op) {
  const Shape& shape = graph.value(node.outputs[0]).shape;
  const int axis = gpu::normal_axis(node.integer("axis", 1), shape.size());
  op.kind = kind;
  if (axis >= 0) op.inner = product_of(std::span(shape).subspan(static_cast<std::size_t>(axis) + 1));
}

struct Row {
  const char* op_type;
  Refusal (*refuse)(const Graph&, const Node&);
  void (*set)(const Graph&, const Node&, Op&);
  std::size_t tensors;  // inputs that are tensors of the operation: a, b, c
};
constexpr Row kRows[] = {
    {"Conv", refuse_conv, set_conv, 3},
    {"Gemm", refuse_gemm, set_gemm, 3},
    {"MatMul", refuse_matmul, set_matmul, 2},
    {"Relu", refuse_unary, set_kind<OpKind::relu>, 1},
    {"Clip", refuse_clip, set_clip, 1},
    {"Sigmoid", refuse_unary, set_kind<OpKind::sigmoid>, 1},
    {"Tanh", refuse_unary, set_kind<OpKind::tanh>, 1},
    {"Add", refuse_pair, set_kind<OpKind::add>, 2},
    {"Mul", refuse_pair, set_kind<OpKind::multiply>, 2},
    {"QuantizeLinear", refuse_quantize, set_scale<OpKind::quantize>, 3},
    {"DequantizeLinear", refuse_dequantize, set_scale<OpKind::dequantize>, 3},
};

const Row* find_row(const Node& node) {
  const auto row = std::find_if(std::begin(kRows), std::end(kRows), [&](const Row& one) {
    return node.op_type == one.op_type && node.domain.empty();
  });
  return row == std::end(kRows) ? nullptr : row;
}

Element element_of(Type type) {
  switch (type) {
    case Type::i8:
      return Element::i8;
    case Type::u8:
      return Element::u8;
    case Type::i32:
      return Element::i32;
    default:
      return Element::f32;
  }
}

class Translator {
 public:
  Translator(const Graph& graph, BlockPlan& block) : graph_(graph), block_(block) {
    made_.offsets.resize(graph.values.size());
    is_from_8_bits_.resize(graph.values.size());
    for (const ValueId id : graph.inputs) place(id);
  }

  Translation run() {
    for (const Node& node : graph_.nodes) add(node);
    return std::move(made_);
  }

 private:
  void add(const Node& node) {
    const Row& row = *find_row(node);
    Op op;
    row.set(graph_, node, op);
    Tensor* const tensors[] = {&op.a, &op.b, &op.c};
    for (std::size_t i = 0; i < row.tensors; ++i)
      if (node.input(i) != kNoValue) *tensors[i] = place(node.input(i));
    op.y = place(node.outputs[0]);
    const auto is_8_bits = [&](std::size_t i) {
      return static_cast<bool>(is_from_8_bits_[static_cast<std::size_t>(node.input(i))]);
    };
    if (op.kind == OpKind::conv || op.kind == OpKind::matmul) op.is_int8 = is_8_bits(0) && is_8_bits(1);
    if (op.kind == OpKind::dequantize && op.a.element != Element::i32)
      is_from_8_bits_[static_cast<std::size_t>(node.outputs[0])] = 1;
    made_.ops.push_back(op);
  }

  Tensor place(ValueId id) {
    const Value& value = graph_.value(id);
    std::uint64_t& offset = made_.offsets[static_cast<std::size_t>(id)];
    const auto count = size(gpu::elements(value.shape));
    if (offset == 0)
      offset = value.is_constant() ? block_.add(*value.constant)
                                   : block_.reserve(count * gpu::type_bytes(value.type));
    return {offset, element_of(value.type), value.is_constant() ? 1U : 0U, count};
  }

  const Graph& graph_;
  BlockPlan& block_;
  Translation made_{};
  std::vector<char> is_from_8_bits_{};  // by value: dequantized, and so of at most 8 bits
};

}  // namespace

Refusal chip_refusal(const Graph& graph, const Node& node) {
  const Row* row = find_row(node);
  if (!row) return "no such operator on the chip";
  for (const auto* ids : {&node.inputs, &node.outputs})
    for (const ValueId id : *ids) {
      if (id == kNoValue) continue;
      const Shape& shape = graph.value(id).shape;
      if (std::any_of(shape.begin(), shape.end(), [](std::int64_t n) { return n <= 0; }))
        return "a shape that is not known";
    }
  return row->refuse(graph, node);
}

std::uint64_t BlockPlan::reserve(std::uint64_t bytes) {
  const std::uint64_t offset = end_;
  end_ += (bytes + kAlignment - 1) / kAlignment * kAlignment;
  return offset;
}

std::uint64_t BlockPlan::add(std::span<const std::byte> bytes) {
  const std::uint64_t offset = reserve(bytes.size());
  set(offset, bytes);
  return offset;
}

void BlockPlan::set(std::uint64_t offset, std::span<const std::byte> bytes) {
  pieces_.push_back({offset, bytes});
}

void BlockPlan::write(std::span<std::byte> block) const {
  for (const Piece& piece : pieces_)
    std::memcpy(block.data() + piece.offset, piece.bytes.data(), piece.bytes.size());
}

Translation translate(const Graph& graph, BlockPlan& block) {
  return Translator(graph, block).run();
}

}  // namespace eb::simnpu
