#include "harness/probes/onnx_graph.h"

#include <fmt/format.h>

#include <bit>
#include <cstring>
#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

namespace eb::probes {
namespace {

// Fields of protobuf messages, as onnx.proto numbers them.
enum Wire : std::uint8_t { wire_varint = 0, wire_bytes = 2 };

class Message {
 public:
  Message& number(int field, std::int64_t value) {
    key(field, wire_varint);
    varint(static_cast<std::uint64_t>(value));
    return *this;
  }
  Message& bytes(int field, std::string_view value) {
    key(field, wire_bytes);
    varint(value.size());
    text_ += value;
    return *this;
  }
  Message& message(int field, const Message& value) { return bytes(field, value.text_); }
  const std::string& str() const { return text_; }

 private:
  void key(int field, Wire wire) { varint((static_cast<std::uint64_t>(field) << 3) | wire); }
  void varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) text_.push_back(static_cast<char>((value & 0x7f) | 0x80));
    text_.push_back(static_cast<char>(value));
  }

  std::string text_;
};

// TensorProto.DataType.
enum Type : std::int64_t { type_float = 1, type_uint8 = 2, type_int8 = 3, type_half = 10 };
enum AttributeType : std::int64_t { type_ints = 7 };

using Shape = std::vector<std::int64_t>;

std::int64_t count_of(const Shape& shape) {
  std::int64_t count = 1;
  for (const std::int64_t dim : shape) count *= dim;
  return count;
}

Message value_info(std::string_view name, Type type, const Shape& dims) {
  Message shape;
  for (const std::int64_t dim : dims) shape.message(1, Message().number(1, dim));
  const Message tensor = Message().number(1, type).message(2, shape);
  return Message().bytes(1, name).message(2, Message().message(1, tensor));
}

template <class T>
Message tensor(std::string_view name, Type type, const Shape& dims, std::span<const T> values) {
  Message message;
  for (const std::int64_t dim : dims) message.number(1, dim);
  std::string raw(values.size_bytes(), '\0');
  std::memcpy(raw.data(), values.data(), raw.size());
  return message.number(2, type).bytes(8, name).bytes(9, raw);
}

Message node(std::string_view op, std::string_view name, std::initializer_list<std::string> inputs,
             std::string_view output) {
  Message message;
  for (const std::string& input : inputs) message.bytes(1, input);
  return message.bytes(2, output).bytes(3, name).bytes(4, op);
}

Message ints(std::string_view name, std::initializer_list<std::int64_t> values) {
  Message attribute;
  attribute.bytes(1, name);
  for (const std::int64_t value : values) attribute.number(8, value);
  return attribute.number(20, type_ints);
}

class Writer {
 public:
  explicit Writer(const LayerGraph& graph) : graph_(graph) {}

  std::string write() {
    std::string at = "x";
    if (is_int8()) add_scales();
    for (int i = 0; i < graph_.layers; ++i) at = add_layer(i, at);
    out_.bytes(2, "probe");
    out_.message(11, value_info("x", real(), data_shape())).message(12, value_info(at, real(), data_shape()));
    return Message()
        .number(1, 8)
        .bytes(2, "edgebench")
        .message(7, out_)
        .message(8, Message().bytes(1, "").number(2, 17))
        .str();
  }

 private:
  bool is_int8() const { return graph_.precision == LayerPrecision::int8; }
  bool is_conv() const { return graph_.kind == LayerKind::conv; }
  Type real() const { return graph_.precision == LayerPrecision::fp16 ? type_half : type_float; }

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
    out_.message(5, tensor<float>("xs", type_float, {}, {&data, 1}))
        .message(5, tensor<float>("ws", type_float, {}, {&weight, 1}));
    out_.message(5, tensor<std::uint8_t>("xz", type_uint8, {}, {&middle, 1}));
    out_.message(5, tensor<std::int8_t>("wz", type_int8, {}, {&zero, 1}));
  }

  // Numbers that change, of both signs, small enough for sums to stay finite in halves.
  void add_weights(const std::string& name) {
    const auto count = static_cast<std::size_t>(count_of(weight_shape()));
    if (is_int8()) {
      std::vector<std::int8_t> values(count);
      for (std::size_t i = 0; i < count; ++i)
        values[i] = static_cast<std::int8_t>(static_cast<int>(i * 7 % 13) - 6);
      out_.message(5, tensor<std::int8_t>(name, type_int8, weight_shape(), values));
    } else if (real() == type_half) {
      std::vector<std::uint16_t> values(count);
      for (std::size_t i = 0; i < count; ++i) values[i] = i % 2 == 0 ? 0x1400 : 0x9400;  // +- 2^-10
      out_.message(5, tensor<std::uint16_t>(name, type_half, weight_shape(), values));
    } else {
      std::vector<float> values(count);
      for (std::size_t i = 0; i < count; ++i)
        values[i] = static_cast<float>(static_cast<int>(i * 7 % 13) - 6) / 1024;
      out_.message(5, tensor<float>(name, type_float, weight_shape(), values));
    }
  }

  // Quantized and back; the new name.
  std::string add_quantized(const std::string& at, const std::string& name) {
    out_.message(1, node("QuantizeLinear", name + "q", {at, "xs", "xz"}, name + "q"));
    out_.message(1, node("DequantizeLinear", name + "d", {name + "q", "xs", "xz"}, name + "d"));
    return name + "d";
  }

  std::string add_layer(int i, const std::string& at) {
    const std::string name = fmt::format("l{}", i);
    std::string from = at, weight = name + "w";
    add_weights(weight);
    if (is_int8()) {
      if (i == 0) from = add_quantized(at, "x0");
      out_.message(1, node("DequantizeLinear", name + "u", {weight, "ws", "wz"}, name + "u"));
      weight = name + "u";
    }
    Message layer = node(is_conv() ? "Conv" : "MatMul", name, {from, weight}, name + "y");
    if (is_conv()) layer.message(5, ints("kernel_shape", {3, 3})).message(5, ints("pads", {1, 1, 1, 1}));
    out_.message(1, layer);
    return is_int8() ? add_quantized(name + "y", name) : name + "y";
  }

  const LayerGraph& graph_;
  Message out_;
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
