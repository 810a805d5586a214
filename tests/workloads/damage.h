#pragma once
// Damages the weights of an ONNX model, for tests of judges.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <functional>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "backends/gpu/half.h"

namespace eb::testing {

// A protobuf message, read field by field in place. Stops at the first thing that is not protobuf.
class Message {
 public:
  explicit Message(std::span<char> bytes) : bytes_(bytes) {}

  // `visit(number, varint, payload)`: payload is empty unless the field is a string of bytes.
  void each_field(const std::function<void(std::uint64_t, std::uint64_t, std::span<char>)>& visit) {
    while (!bytes_.empty()) {
      const std::uint64_t key = varint();
      switch (key & 7U) {
        case 0:
          visit(key >> 3U, varint(), {});
          break;
        case 1:
          take(8);
          break;
        case 2:
          visit(key >> 3U, 0, take(varint()));
          break;
        case 5:
          take(4);
          break;
        default:
          bytes_ = {};
          break;
      }
    }
  }

 private:
  std::span<char> take(std::uint64_t count) {
    const std::span<char> taken = bytes_.first(std::min<std::uint64_t>(count, bytes_.size()));
    bytes_ = bytes_.subspan(taken.size());
    return taken;
  }
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; !bytes_.empty() && shift < 64; shift += 7) {
      const auto byte = static_cast<unsigned char>(take(1)[0]);
      value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
      if (byte < 0x80U) break;
    }
    return value;
  }

  std::span<char> bytes_;
};

// Adds noise to the weights, `scale` times as strong as the weights of the tensor vary.
class Damage {
 public:
  explicit Damage(double scale) : scale_(scale) {}

  // Weights are initializers, or constants of nodes. Returns how many numbers were changed.
  std::size_t apply(std::string& model) {
    Message(model).each_field([this](std::uint64_t field, std::uint64_t, std::span<char> graph) {
      if (field == 7) damage_graph(graph);
    });
    return changed_;
  }

 private:
  static constexpr std::size_t kFewestWeights = 16;  // smaller tensors are shapes and scales

  void damage_graph(std::span<char> graph) {
    Message(graph).each_field([this](std::uint64_t field, std::uint64_t, std::span<char> part) {
      if (field == 5) damage_tensor(part);
      if (field == 1) damage_node(part);
    });
  }
  void damage_node(std::span<char> node) {
    Message(node).each_field([this](std::uint64_t field, std::uint64_t, std::span<char> attribute) {
      if (field != 5) return;
      Message(attribute).each_field([this](std::uint64_t inner, std::uint64_t, std::span<char> tensor) {
        if (inner == 5) damage_tensor(tensor);
      });
    });
  }
  // TensorProto::DataType
  enum Type : std::uint64_t { kFloat = 1, kInt8 = 3, kHalf = 10 };

  void damage_tensor(std::span<char> tensor) {
    std::uint64_t type = 0;
    std::span<char> numbers;
    Message(tensor).each_field([&](std::uint64_t field, std::uint64_t value, std::span<char> payload) {
      if (field == 2) type = value;
      if (field == 4 || field == 9) numbers = payload;  // float_data, raw_data
    });
    if (type == kFloat) damage_numbers<float>(numbers, std::identity{}, std::identity{});
    if (type == kHalf) damage_numbers<std::uint16_t>(numbers, gpu::half_to_float, gpu::float_to_half);
    if (type == kInt8)
      damage_numbers<std::int8_t>(numbers, std::identity{}, [](float value) {
        return static_cast<std::int8_t>(std::clamp(std::round(value), -127.0F, 127.0F));
      });
  }
  template <class Number>
  void damage_numbers(std::span<char> bytes, auto to_real, auto from_real) {
    std::vector<Number> numbers(bytes.size() / sizeof(Number));
    if (numbers.size() < kFewestWeights) return;
    std::memcpy(numbers.data(), bytes.data(), numbers.size() * sizeof(Number));
    double sum = 0;
    double squares = 0;
    for (const Number number : numbers) {
      const double value = to_real(number);
      sum += value;
      squares += value * value;
    }
    const double mean = sum / static_cast<double>(numbers.size());
    const double deviation =
        std::sqrt(std::max(0.0, squares / static_cast<double>(numbers.size()) - mean * mean));
    std::normal_distribution<double> noise(0, scale_ * deviation);
    if (!(scale_ * deviation > 0)) return;
    for (Number& number : numbers)
      number = from_real(static_cast<float>(to_real(number)) + static_cast<float>(noise(random_)));
    std::memcpy(bytes.data(), numbers.data(), numbers.size() * sizeof(Number));
    changed_ += numbers.size();
  }

  double scale_;
  std::mt19937 random_{20260101};
  std::size_t changed_ = 0;
};

}  // namespace eb::testing
