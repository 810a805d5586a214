#pragma once
// Writes small ONNX models (IR 8, opset 17): messages of protobuf, with fields as onnx.proto numbers them.
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace eb::onnx {

using Shape = std::vector<std::int64_t>;
std::int64_t count_of(const Shape& shape);

class Message {
 public:
  Message& number(int field, std::int64_t value);
  Message& bytes(int field, std::string_view value);
  Message& message(int field, const Message& value) { return bytes(field, value.text_); }
  const std::string& str() const { return text_; }

 private:
  void varint(std::uint64_t value);

  std::string text_;
};

// TensorProto.DataType.
enum class Type : std::int64_t { f32 = 1, u8 = 2, i8 = 3, i64 = 7, f16 = 10 };

// Numbers as they lie in memory, which ONNX wants little-endian.
Message tensor_of_bytes(std::string_view name, Type type, const Shape& shape, std::string_view bytes);
template <class T>
Message tensor(std::string_view name, Type type, const Shape& shape, std::span<const T> values) {
  std::string bytes(values.size_bytes(), '\0');
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return tensor_of_bytes(name, type, shape, bytes);
}

// Attributes of a node.
Message integer(std::string_view name, std::int64_t value);
Message integers(std::string_view name, const std::vector<std::int64_t>& values);

Message node(std::string_view op, std::string_view name, const std::vector<std::string>& inputs,
             std::string_view output, std::initializer_list<Message> attributes = {});

// A graph as it grows. Names of nodes, tensors and values are the caller's.
class Graph {
 public:
  void add_node(const Message& node) { graph_.message(1, node); }
  void add_weights(const Message& tensor) { graph_.message(5, tensor); }
  void add_input(std::string_view name, Type type, const Shape& shape);
  void add_output(std::string_view name, Type type, const Shape& shape);
  // The bytes of a file.
  std::string model(std::string_view name) const;

 private:
  Message graph_;
};

}  // namespace eb::onnx
