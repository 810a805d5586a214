#include "harness/probes/onnx_graph.h"

#include <fmt/format.h>

#include <span>
#include <string_view>
#include <vector>

#include "harness/core/onnx_writer.h"

namespace eb::probes {
namespace {

using onnx::count_of;
using onnx::Shape;
using onnx::Type;

class Writer {
 public:
  explicit Writer(const LayerGraph& graph) : graph_(graph) {}

  std::string write() {
    std::string at = "x";
    if (is_int8()) add_scales();
    for (int i = 0; i < graph_.layers; ++i) at = add_layer(i, at);
    out_.add_input("x", real(), data_shape());
    out_.add_output(at, real(), data_shape());
    return out_.model("probe");
  }

 private:
  bool is_int8() const { return graph_.precision == LayerPrecision::int8; }
  bool is_conv() const { return graph_.kind == LayerKind::conv; }
  Type real() const { return graph_.precision == LayerPrecision::fp16 ? Type::f16 : Type::f32; }

  Shape data_shape() const {
    return is_conv() ? Shape{1, graph_.channels, graph_.side, graph_.side}
                     : Shape{graph_.rows, graph_.channels};
  }
  Shape weight_shape() const {
    return is_conv() ? Shape{graph_.channels, graph_.channels, 3, 3}
                     : Shape{graph_.channels, graph_.channels};
  }

  void add_scales() {
    const float data = 1.0f / 64, weight = 1.0f / 1024;
    const std::uint8_t middle = 128;
    const std::int8_t zero = 0;
    out_.add_weights(onnx::tensor<float>("xs", Type::f32, {}, {&data, 1}));
    out_.add_weights(onnx::tensor<float>("ws", Type::f32, {}, {&weight, 1}));
    out_.add_weights(onnx::tensor<std::uint8_t>("xz", Type::u8, {}, {&middle, 1}));
    out_.add_weights(onnx::tensor<std::int8_t>("wz", Type::i8, {}, {&zero, 1}));
  }

  // Numbers that change, of both signs, small enough for sums to stay finite in halves.
  void add_weights(const std::string& name) {
    const auto count = static_cast<std::size_t>(count_of(weight_shape()));
    if (is_int8()) {
      std::vector<std::int8_t> values(count);
      for (std::size_t i = 0; i < count; ++i)
        values[i] = static_cast<std::int8_t>(static_cast<int>(i * 7 % 13) - 6);
      out_.add_weights(onnx::tensor<std::int8_t>(name, Type::i8, weight_shape(), values));
    } else if (real() == Type::f16) {
      std::vector<std::uint16_t> values(count);
      for (std::size_t i = 0; i < count; ++i) values[i] = i % 2 == 0 ? 0x1400 : 0x9400;  // +- 2^-10
      out_.add_weights(onnx::tensor<std::uint16_t>(name, Type::f16, weight_shape(), values));
    } else {
      std::vector<float> values(count);
      for (std::size_t i = 0; i < count; ++i)
        values[i] = static_cast<float>(static_cast<int>(i * 7 % 13) - 6) / 1024;
      out_.add_weights(onnx::tensor<float>(name, Type::f32, weight_shape(), values));
    }
  }

  // Quantized and back; the new name.
  std::string add_quantized(const std::string& at, const std::string& name) {
    out_.add_node(onnx::node("QuantizeLinear", name + "q", {at, "xs", "xz"}, name + "q"));
    out_.add_node(onnx::node("DequantizeLinear", name + "d", {name + "q", "xs", "xz"}, name + "d"));
    return name + "d";
  }

  std::string add_layer(int i, const std::string& at) {
    const std::string name = fmt::format("l{}", i);
    std::string from = at, weight = name + "w";
    add_weights(weight);
    if (is_int8()) {
      if (i == 0) from = add_quantized(at, "x0");
      out_.add_node(onnx::node("DequantizeLinear", name + "u", {weight, "ws", "wz"}, name + "u"));
      weight = name + "u";
    }
    if (is_conv())
      out_.add_node(
          onnx::node("Conv", name, {from, weight}, name + "y",
                     {onnx::integers("kernel_shape", {3, 3}), onnx::integers("pads", {1, 1, 1, 1})}));
    else
      out_.add_node(onnx::node("MatMul", name, {from, weight}, name + "y"));
    return is_int8() ? add_quantized(name + "y", name) : name + "y";
  }

  const LayerGraph& graph_;
  onnx::Graph out_;
};

}  // namespace

std::string onnx_model(const LayerGraph& graph) {
  return Writer(graph).write();
}

double macs_of(const LayerGraph& graph) {
  const auto channels = static_cast<double>(graph.channels);
  const double positions = graph.kind == LayerKind::conv ? 9.0 * static_cast<double>(graph.side * graph.side)
                                                         : static_cast<double>(graph.rows);
  return positions * channels * channels * graph.layers;
}

std::string text_of(const LayerGraph& graph) {
  if (graph.kind == LayerKind::conv)
    return fmt::format("conv 3x3 {} channels {}x{}, {} layers", graph.channels, graph.side, graph.side,
                       graph.layers);
  return fmt::format("matmul {} x {}, {} layers", graph.rows, graph.channels, graph.layers);
}

}  // namespace eb::probes
