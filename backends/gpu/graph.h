#pragma once
// The small typed graph that the planner works on: ONNX operators with every shape known.
// Made from an OrtGraph by the EP glue, or by hand in tests.
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace eb::gpu {

enum class Type : std::uint8_t { f32, f16, i8, u8, i32, i64, boolean };

std::size_t type_bytes(Type type);

using Shape = std::vector<std::int64_t>;

std::int64_t elements(const Shape& shape);  // 1 for a scalar

using ValueId = int;
inline constexpr ValueId kNoValue = -1;  // an optional input that is not given

struct Value {
  std::string name{};
  Type type = Type::f32;
  Shape shape{};
  std::optional<std::span<const std::byte>>
      constant{};  // host bytes, row-major; borrowed from who made the graph

  bool is_constant() const { return constant.has_value(); }
  std::size_t rank() const { return shape.size(); }
};

using Attribute =
    std::variant<std::int64_t, float, std::string, std::vector<std::int64_t>, std::vector<float>>;

struct Node {
  std::string name{};
  std::string op_type{};
  std::string domain{};            // "" is ONNX's own
  int since_version = 0;           // of the operator's definition: 7, 13, ...
  std::vector<ValueId> inputs{};   // kNoValue where an optional one is left out
  std::vector<ValueId> outputs{};  // likewise
  std::map<std::string, Attribute> attributes{};

  // The attribute, or the operator's default. A wrong type is as good as absent.
  std::int64_t integer(std::string_view name, std::int64_t otherwise) const;
  float real(std::string_view name, float otherwise) const;
  std::string text(std::string_view name, std::string_view otherwise) const;
  std::vector<std::int64_t> integers(std::string_view name,
                                     const std::vector<std::int64_t>& otherwise = {}) const;
  std::vector<float> reals(std::string_view name) const;
  bool has(std::string_view name) const;
  // kNoValue past the end, so that optional inputs need no size check.
  ValueId input(std::size_t index) const { return index < inputs.size() ? inputs[index] : kNoValue; }
  ValueId output(std::size_t index) const { return index < outputs.size() ? outputs[index] : kNoValue; }
};

struct Graph {
  std::vector<Value> values{};
  std::vector<Node> nodes{};      // in an order in which each can run
  std::vector<ValueId> inputs{};  // no constants
  std::vector<ValueId> outputs{};

  const Value& value(ValueId id) const { return values[static_cast<std::size_t>(id)]; }
  // The elements of a constant value as numbers, whatever its type; empty if it is no constant.
  std::vector<float> constant_reals(ValueId id) const;
  std::vector<std::int64_t> constant_integers(ValueId id) const;
};

// Axis counted from the end when negative; -1 if it is out of range.
int normal_axis(std::int64_t axis, std::size_t rank);

}  // namespace eb::gpu
