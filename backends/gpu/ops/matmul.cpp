#include <algorithm>
#include <tuple>
#include <utility>

#include "backends/gpu/loops.h"
#include "backends/gpu/ops.h"
#include "backends/gpu/ops/bytes.h"
#include "backends/gpu/ops/conv.h"
#include "backends/gpu/ops/matrix.h"

namespace eb::gpu {
namespace {

// A product of matrices with everything resolved: batch shapes as numpy broadcasts them, strides of flat
// tensors in elements.
struct MatrixProduct {
  ValueId a = kNoValue, b = kNoValue, c = kNoValue;
  std::int64_t rows = 1, columns = 1, inner = 1;
  bool transposed_a = false, transposed_b = false;
  float alpha = 1, beta = 1;
  std::vector<std::int64_t> a_matrix{0},
      b_matrix{0};  // index of the matrix that each product of the batch takes

  std::int64_t batch() const { return static_cast<std::int64_t>(a_matrix.size()); }
};

Refusal refuse_types(const Graph& graph, const Node& node) {
  for (const ValueId id : node.inputs)
    if (id != kNoValue && graph.value(id).type != Type::f32 && graph.value(id).type != Type::f16)
      return "not a float type";
  return {};
}

Refusal refuse_matmul(const Graph& graph, const Node& node) {
  if (graph.value(node.inputs[0]).rank() == 0 || graph.value(node.inputs[1]).rank() == 0)
    return "a scalar operand";
  return refuse_types(graph, node);
}

Refusal refuse_fused_matmul(const Graph& graph, const Node& node) {
  if (graph.value(node.inputs[0]).rank() < 2 || graph.value(node.inputs[1]).rank() < 2)
    return "operands are not matrices";
  if (node.integer("transBatchA", 0) != 0 || node.integer("transBatchB", 0) != 0)
    return "batches that are not in front";
  return refuse_types(graph, node);
}

Refusal refuse_gemm(const Graph& graph, const Node& node) {
  if (graph.value(node.inputs[0]).rank() != 2 || graph.value(node.inputs[1]).rank() != 2)
    return "operands are not matrices";
  if (const ValueId c = node.input(2); c != kNoValue && graph.value(c).rank() > 2) return "C is not a matrix";
  return refuse_types(graph, node);
}

// For each matrix of the output batch the index of the operand's matrix, by numpy's rules.
std::vector<std::int64_t> matrix_indices(const Shape& operand, const Shape& output) {
  const std::int64_t count = elements(output);
  std::vector<std::int64_t> indices(static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < count; ++i) {
    std::int64_t rest = i, index = 0, stride = 1;
    for (std::size_t back = 1; back <= output.size(); ++back) {
      const std::int64_t at = rest % output[output.size() - back];
      rest /= output[output.size() - back];
      if (back > operand.size()) continue;
      const std::int64_t extent = operand[operand.size() - back];
      if (extent > 1) index += at * stride;
      stride *= extent;
    }
    indices[static_cast<std::size_t>(i)] = index;
  }
  return indices;
}

Shape batch_of(const Shape& matrices) {
  return matrices.size() <= 2 ? Shape{} : Shape(matrices.begin(), matrices.end() - 2);
}

// MatMul, and Microsoft's FusedMatMul, which may transpose and scale.
MatrixProduct matmul_of(const Graph& graph, const Node& node) {
  MatrixProduct product;
  product.a = node.inputs[0];
  product.b = node.inputs[1];
  product.transposed_a = node.integer("transA", 0) != 0;
  product.transposed_b = node.integer("transB", 0) != 0;
  product.alpha = node.real("alpha", 1);
  const Shape& a = graph.value(product.a).shape;
  const Shape& b = graph.value(product.b).shape;
  product.inner = a.back();
  product.rows = a.size() > 1 ? a[a.size() - 2] : 1;
  product.columns = b.size() > 1 ? b[b.size() - (product.transposed_b ? 2 : 1)] : 1;
  if (product.transposed_a) std::swap(product.rows, product.inner);
  Shape batch_a = batch_of(a), batch_b = batch_of(b);
  Shape batch = batch_a.size() > batch_b.size() ? batch_a : batch_b;
  for (std::size_t back = 1; back <= batch.size(); ++back) {
    const auto extent = [&](const Shape& shape) {
      return back <= shape.size() ? shape[shape.size() - back] : 1;
    };
    batch[batch.size() - back] = std::max(extent(batch_a), extent(batch_b));
  }
  product.a_matrix = matrix_indices(batch_a, batch);
  product.b_matrix = matrix_indices(batch_b, batch);
  return product;
}

MatrixProduct gemm_of(const Graph& graph, const Node& node) {
  MatrixProduct product;
  product.a = node.inputs[0];
  product.b = node.inputs[1];
  product.c = node.input(2);
  product.transposed_a = node.integer("transA", 0) != 0;
  product.transposed_b = node.integer("transB", 0) != 0;
  product.alpha = node.real("alpha", 1);
  product.beta = node.real("beta", 1);
  const Shape& a = graph.value(product.a).shape;
  const Shape& b = graph.value(product.b).shape;
  product.rows = a[product.transposed_a ? 1 : 0];
  product.inner = a[product.transposed_a ? 0 : 1];
  product.columns = b[product.transposed_b ? 0 : 1];
  return product;
}

// One constant matrix B for all: packed once, and all rows of the batch are rows of one product.
void emit_packed(Planner& planner, const MatrixProduct& matmul) {
  const std::int64_t width = planner.vector_floats();
  Product product;
  const Store store = planner.store_of(matmul.a);
  product.x = planner.rows(matmul.a, store);
  product.rows = product.x.pixels;
  const ProductShape shape{product.rows, matmul.inner, matmul.columns, 1, false};
  const Tile tile = planner.tiles().choose(planner.device(), shape).tile;
  const PackShape pack{matmul.columns, 1, matmul.inner, width};
  const Packing packing = packing_of(pack, tile);
  const std::vector<float> b = planner.graph().constant_reals(matmul.b);
  std::vector<float> packed(static_cast<std::size_t>(packing.floats));
  pack_weights(
      pack, packing,
      [&](std::int64_t column, std::int64_t, std::int64_t k) {
        const std::int64_t at = matmul.transposed_b ? column * matmul.inner + k : k * matmul.columns + column;
        return matmul.alpha * b[static_cast<std::size_t>(at)];
      },
      packed.data());
  product.weights = planner.constant(packed, store);

  std::vector<float> bias = constant_bias(planner, kNoValue, matmul.columns);
  const std::vector<float> c = planner.graph().constant_reals(matmul.c);
  for (std::size_t i = 0; i < bias.size() && !c.empty(); ++i) bias[i] += matmul.beta * c[i % c.size()];
  bias.resize(static_cast<std::size_t>(packing.panels * packing.panel_vectors * width));
  product.bias = planner.constant(bias);
  set_epilogue(planner, product, Layout::rows, store);
  set_packing(product, pack, packing, tile);
  product.x_pitch = product.x.pitch;
  call_product(planner, product);
}

// The step from one matrix to the next, if the batch walks evenly over the operand's matrices.
std::optional<std::int64_t> even_step(const std::vector<std::int64_t>& matrices) {
  const std::int64_t step = matrices.size() > 1 ? matrices[1] - matrices[0] : 0;
  for (std::size_t i = 1; i < matrices.size(); ++i)
    if (matrices[i] - matrices[i - 1] != step) return {};
  return step;
}

// B as it is, its rows taken for unpacked weights. `false` if the batch does not walk evenly.
bool emit_unpacked(Planner& planner, const MatrixProduct& matmul) {
  const auto a_step = even_step(matmul.a_matrix), b_step = even_step(matmul.b_matrix);
  if (!a_step || !b_step) return false;
  const std::int64_t width = planner.vector_floats();
  Product product;
  product.x = planner.rows(matmul.a);
  product.weights = planner.rows(matmul.b);
  const ProductShape shape{matmul.rows, matmul.inner, matmul.columns, 1, false};
  product.tile = planner.tiles().choose(planner.device(), shape).tile;
  const std::int64_t panel =
      std::int64_t{product.tile.tn} * (product.tile.lanes_on_channels ? product.tile.lanes : 1);
  std::vector<float> bias = constant_bias(planner, kNoValue, matmul.columns);
  bias.resize(static_cast<std::size_t>((matmul.columns + panel * width) / width * width + panel * width));
  product.bias = planner.constant(bias);
  set_epilogue(planner, product, Layout::rows, Store::word);
  product.rows = matmul.rows;
  product.outputs = matmul.columns;
  product.inputs = matmul.inner;
  product.tail = matmul.inner % 4 != 0;
  product.weight_step = product.weights.pitch / width;
  product.panel_stride = panel;
  product.x_pitch = product.x.pitch;
  product.batch = matmul.batch();
  product.x_batch = *a_step * matmul.rows * product.x.pitch;
  product.w_batch = *b_step * matmul.inner * product.weight_step;
  product.y_batch = matmul.rows * product.y.pitch / width;
  call_product(planner, product);
  return true;
}

// Strides of C in a [rows, columns] product; a dimension of 1 stands still.
std::pair<std::int64_t, std::int64_t> strides_of_c(const Shape& c) {
  const std::int64_t columns = c.empty() ? 1 : c.back();
  const std::int64_t rows = c.size() > 1 ? c[c.size() - 2] : 1;
  return {rows > 1 ? columns : 0, columns > 1 ? 1 : 0};
}

// What the plain kernel reads and writes. Places that are not there are `a`.
struct Direct {
  Place a{}, b{}, c{}, residual{}, y{};
  bool has_c = false, has_residual = false;
  std::int64_t c_row = 0, c_column = 0;  // strides
  float beta = 1;
};

Direct direct_of(Planner& planner, const MatrixProduct& matmul) {
  const Epilogue& epilogue = planner.epilogue();
  Direct direct;
  direct.a = direct.c = direct.residual = planner.flat(matmul.a);
  direct.b = planner.flat(matmul.b);
  direct.has_c = epilogue.bias != kNoValue || matmul.c != kNoValue;
  if (epilogue.bias != kNoValue) {
    direct.c = planner.constant(constant_bias(planner, kNoValue, matmul.columns));
    direct.c_column = 1;
  } else if (matmul.c != kNoValue) {
    direct.c = planner.flat(matmul.c);
    direct.beta = matmul.beta;
    std::tie(direct.c_row, direct.c_column) = strides_of_c(planner.value(matmul.c).shape);
  }
  direct.has_residual = epilogue.residual != kNoValue;
  if (direct.has_residual) direct.residual = planner.flat(epilogue.residual);
  direct.y = planner.new_flat(epilogue.output);
  return direct;
}

// Products `first` and all that follow evenly, over elements [from, to) of their sums. The first part has C
// and residual, the others add to what is there, the last activates.
struct DirectPart {
  std::int64_t first = 0, from = 0, to = 0;
};

void call_direct(Planner& planner, const MatrixProduct& matmul, const Direct& direct,
                 const DirectPart& part) {
  const Epilogue& epilogue = planner.epilogue();
  const auto a_step = even_step(matmul.a_matrix), b_step = even_step(matmul.b_matrix);
  const bool at_once = a_step && b_step, is_first = part.from == 0;
  const std::int64_t a_floats = matmul.rows * matmul.inner, b_floats = matmul.inner * matmul.columns,
                     y_floats = matmul.rows * matmul.columns, y_first = part.first * y_floats;
  const std::int64_t am = matmul.transposed_a ? 1 : matmul.inner, ak = matmul.transposed_a ? matmul.rows : 1;
  const std::int64_t bk = matmul.transposed_b ? 1 : matmul.columns,
                     bn = matmul.transposed_b ? matmul.inner : 1;
  const auto index = static_cast<std::size_t>(part.first);
  const Place& residual = is_first ? direct.residual : direct.y;
  const Activation activation = part.to == matmul.inner ? epilogue.activation : Activation::none;
  Call call;
  call.kernel = {"gemm_direct",
                 {},
                 {{"HAS_C", direct.has_c && is_first ? 1 : 0},
                  {"HAS_RES", direct.has_residual || !is_first ? 1 : 0},
                  {"ACT", static_cast<int>(activation)}},
                 {8, 1, 1}};
  call.buffers = {direct.a, direct.b, direct.c, residual, direct.y};
  for (const std::int64_t number :
       {matmul.rows, matmul.columns, part.to - part.from, am, ak, bk, bn, direct.c_row, direct.c_column})
    call.params.push_back(Param::of(number));
  call.params.insert(
      call.params.end(),
      {Param::address(direct.a, 1, matmul.a_matrix[index] * a_floats + part.from * ak),
       Param::address(direct.b, 1, matmul.b_matrix[index] * b_floats + part.from * bk),
       Param::address(direct.c), Param::address(residual, 1, y_first), Param::address(direct.y, 1, y_first)});
  for (const std::int64_t number :
       {at_once ? *a_step * a_floats : 0, at_once ? *b_step * b_floats : 0, y_floats})
    call.params.push_back(Param::of(number));
  call.params.insert(call.params.end(), {Param::of(matmul.alpha), Param::of(direct.beta),
                                         Param::of(epilogue.a), Param::of(epilogue.b)});
  call.items = {matmul.columns, matmul.rows, at_once ? matmul.batch() : 1};
  planner.call(std::move(call));
}

void emit_direct(Planner& planner, const MatrixProduct& matmul) {
  const Direct direct = direct_of(planner, matmul);
  const bool at_once = even_step(matmul.a_matrix) && even_step(matmul.b_matrix);
  for (std::int64_t first = 0; first < (at_once ? 1 : matmul.batch()); ++first)
    for (std::int64_t from = 0; from < matmul.inner; from += kMaxRounds)
      call_direct(planner, matmul, direct, {first, from, std::min(from + kMaxRounds, matmul.inner)});
}

Status emit_matmul(Planner& planner, const Node& node) {
  const MatrixProduct matmul = matmul_of(planner.graph(), node);
  if (planner.quantized()) {
    emit_matrix_dot(planner, node);
    return Done{};
  }
  const bool matrices = planner.value(matmul.a).rank() >= 2 && planner.value(matmul.b).rank() >= 2;
  const bool one_b = planner.value(matmul.b).is_constant() && planner.value(matmul.b).rank() == 2;
  const bool as_they_are = !matmul.transposed_a && !matmul.transposed_b && matmul.alpha == 1;
  if (matrices && one_b && !matmul.transposed_a) {
    emit_packed(planner, matmul);
  } else if (!matrices || !as_they_are || !emit_unpacked(planner, matmul)) {
    emit_direct(planner, matmul);
  }
  return Done{};
}

Status emit_gemm(Planner& planner, const Node& node) {
  const MatrixProduct gemm = gemm_of(planner.graph(), node);
  if (planner.quantized()) {
    emit_matrix_dot(planner, node);
    return Done{};
  }
  const bool constant_b = planner.value(gemm.b).is_constant() && !gemm.transposed_a;
  // A constant C that is one row (or one number) for all rows is a bias.
  const bool c_is_bias = gemm.c == kNoValue || (planner.value(gemm.c).is_constant() &&
                                                strides_of_c(planner.value(gemm.c).shape).first == 0);
  if (constant_b && c_is_bias) {
    emit_packed(planner, gemm);
  } else {
    emit_direct(planner, gemm);
  }
  return Done{};
}

constexpr OpRow kRows[] = {
    {"MatMul", "", refuse_matmul, emit_matmul},
    {"FusedMatMul", "com.microsoft", refuse_fused_matmul, emit_matmul},
    {"Gemm", "", refuse_gemm, emit_gemm},
};

}  // namespace

std::span<const OpRow> matmul_ops() {
  return kRows;
}

}  // namespace eb::gpu
