#include "backends/gpu/graph.h"

#include <cstring>

#include "backends/gpu/half.h"

namespace eb::gpu {
namespace {

template <class T>
const T* find_attribute(const Node& node, std::string_view name) {
  const auto found = node.attributes.find(std::string(name));
  return found == node.attributes.end() ? nullptr : std::get_if<T>(&found->second);
}

template <class Stored, class Number>
std::vector<Number> read_as(std::span<const std::byte> bytes) {
  std::vector<Number> numbers(bytes.size() / sizeof(Stored));
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    Stored stored;
    std::memcpy(&stored, bytes.data() + i * sizeof(Stored), sizeof(Stored));
    numbers[i] = static_cast<Number>(stored);  // NOLINT(bugprone-signed-char-misuse): int8 is a number
  }
  return numbers;
}

std::vector<float> read_halves(std::span<const std::byte> bytes) {
  const auto halves = read_as<std::uint16_t, std::uint16_t>(bytes);
  std::vector<float> reals;
  reals.reserve(halves.size());
  for (const std::uint16_t half : halves) reals.push_back(half_to_float(half));
  return reals;
}

template <class Number>
std::vector<Number> read_numbers(const Value& value) {
  if (!value.constant) return {};
  switch (value.type) {
    case Type::f32:
      return read_as<float, Number>(*value.constant);
    case Type::f16: {
      const auto reals = read_halves(*value.constant);
      return {reals.begin(), reals.end()};
    }
    case Type::i8:
      return read_as<std::int8_t, Number>(*value.constant);
    case Type::u8:
    case Type::boolean:
      return read_as<std::uint8_t, Number>(*value.constant);
    case Type::i32:
      return read_as<std::int32_t, Number>(*value.constant);
    case Type::i64:
      return read_as<std::int64_t, Number>(*value.constant);
  }
  return {};
}

}  // namespace

std::size_t type_bytes(Type type) {
  switch (type) {
    case Type::f32:
    case Type::i32:
      return 4;
    case Type::f16:
      return 2;
    case Type::i64:
      return 8;
    case Type::i8:
    case Type::u8:
    case Type::boolean:
      return 1;
  }
  return 0;
}

std::int64_t elements(const Shape& shape) {
  std::int64_t product = 1;
  for (const std::int64_t dim : shape) product *= dim;
  return product;
}

std::int64_t Node::integer(std::string_view attribute, std::int64_t otherwise) const {
  const auto* found = find_attribute<std::int64_t>(*this, attribute);
  return found ? *found : otherwise;
}

float Node::real(std::string_view attribute, float otherwise) const {
  const auto* found = find_attribute<float>(*this, attribute);
  return found ? *found : otherwise;
}

std::string Node::text(std::string_view attribute, std::string_view otherwise) const {
  const auto* found = find_attribute<std::string>(*this, attribute);
  return found ? *found : std::string(otherwise);
}

std::vector<std::int64_t> Node::integers(std::string_view attribute,
                                         const std::vector<std::int64_t>& otherwise) const {
  const auto* found = find_attribute<std::vector<std::int64_t>>(*this, attribute);
  return found ? *found : otherwise;
}

std::vector<float> Node::reals(std::string_view attribute) const {
  const auto* found = find_attribute<std::vector<float>>(*this, attribute);
  return found ? *found : std::vector<float>{};
}

bool Node::has(std::string_view attribute) const {
  return attributes.find(std::string(attribute)) != attributes.end();
}

std::vector<float> Graph::constant_reals(ValueId id) const {
  return id == kNoValue ? std::vector<float>{} : read_numbers<float>(value(id));
}

std::vector<std::int64_t> Graph::constant_integers(ValueId id) const {
  return id == kNoValue ? std::vector<std::int64_t>{} : read_numbers<std::int64_t>(value(id));
}

int normal_axis(std::int64_t axis, std::size_t rank) {
  const auto count = static_cast<std::int64_t>(rank);
  const std::int64_t normal = axis < 0 ? axis + count : axis;
  return normal >= 0 && normal < count ? static_cast<int>(normal) : -1;
}

}  // namespace eb::gpu
