#include "harness/core/onnx_writer.h"

namespace eb::onnx {
namespace {

enum Wire : std::uint8_t { wire_varint = 0, wire_bytes = 2 };
// AttributeProto.AttributeType.
enum AttributeType : std::int64_t { type_int = 2, type_ints = 7 };

std::uint64_t key_of(int field, Wire wire) {
  return (static_cast<std::uint64_t>(field) << 3) | wire;
}

Message value_info(std::string_view name, Type type, const Shape& dims) {
  Message shape;
  for (const std::int64_t dim : dims) shape.message(1, Message().number(1, dim));
  const Message tensor = Message().number(1, static_cast<std::int64_t>(type)).message(2, shape);
  return Message().bytes(1, name).message(2, Message().message(1, tensor));
}

}  // namespace

std::int64_t count_of(const Shape& shape) {
  std::int64_t count = 1;
  for (const std::int64_t dim : shape) count *= dim;
  return count;
}

Message& Message::number(int field, std::int64_t value) {
  varint(key_of(field, wire_varint));
  varint(static_cast<std::uint64_t>(value));
  return *this;
}

Message& Message::bytes(int field, std::string_view value) {
  varint(key_of(field, wire_bytes));
  varint(value.size());
  text_ += value;
  return *this;
}

void Message::varint(std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) text_.push_back(static_cast<char>((value & 0x7f) | 0x80));
  text_.push_back(static_cast<char>(value));
}

Message tensor_of_bytes(std::string_view name, Type type, const Shape& shape, std::string_view bytes) {
  Message message;
  for (const std::int64_t dim : shape) message.number(1, dim);
  return message.number(2, static_cast<std::int64_t>(type)).bytes(8, name).bytes(9, bytes);
}

Message integer(std::string_view name, std::int64_t value) {
  return Message().bytes(1, name).number(3, value).number(20, type_int);
}

Message integers(std::string_view name, const std::vector<std::int64_t>& values) {
  Message attribute;
  attribute.bytes(1, name);
  for (const std::int64_t value : values) attribute.number(8, value);
  return attribute.number(20, type_ints);
}

Message node(std::string_view op, std::string_view name, const std::vector<std::string>& inputs,
             std::string_view output, std::initializer_list<Message> attributes) {
  Message message;
  for (const std::string& input : inputs) message.bytes(1, input);
  message.bytes(2, output).bytes(3, name).bytes(4, op);
  for (const Message& attribute : attributes) message.message(5, attribute);
  return message;
}

void Graph::add_input(std::string_view name, Type type, const Shape& shape) {
  graph_.message(11, value_info(name, type, shape));
}

void Graph::add_output(std::string_view name, Type type, const Shape& shape) {
  graph_.message(12, value_info(name, type, shape));
}

std::string Graph::model(std::string_view name) const {
  Message graph = graph_;
  graph.bytes(2, name);
  return Message()
      .number(1, 8)
      .bytes(2, "edgebench")
      .message(7, graph)
      .message(8, Message().bytes(1, "").number(2, 17))
      .str();
}

}  // namespace eb::onnx
