#pragma once
// The wire format of protocol buffers, in which ONNX models are written: a message is a row of fields, each a
// key and a value. Knows no schema. Models come from anywhere: nothing is believed before it is checked.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "harness/base/result.h"

namespace eb::onnx {

struct WireField {
  std::uint32_t number = 0;
  std::optional<std::string_view> payload{};  // of a text, bytes or message
  std::uint64_t value = 0;                    // of a number in varint form
  std::string_view whole{};                   // key and value as they are in the file
};

class WireReader {
 public:
  // `message` is borrowed, and so are the fields.
  explicit WireReader(std::string_view message) : rest_(message) {}
  // Nothing at the end; `invalid` for bytes that are no field.
  Result<std::optional<WireField>> next();

 private:
  Result<std::uint64_t> varint();
  Result<std::string_view> take(std::uint64_t bytes);

  std::string_view rest_;
};

// Appends a text, bytes or message as field `number`.
void append_field(std::uint32_t number, std::string_view payload, std::string& to);

}  // namespace eb::onnx
