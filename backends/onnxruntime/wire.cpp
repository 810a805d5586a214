#include "backends/onnxruntime/wire.h"

namespace eb::onnx {
namespace {

// Wire types.
constexpr std::uint64_t kVarint = 0, kEightBytes = 1, kBytes = 2, kFourBytes = 5;
constexpr unsigned kTypeBits = 3;
constexpr std::uint64_t kMostNumber = (1U << 29U) - 1;  // of a field

void append_varint(std::uint64_t value, std::string& to) {
  for (; value >= 0x80; value >>= 7U) to += static_cast<char>((value & 0x7FU) | 0x80U);
  to += static_cast<char>(value);
}

}  // namespace

Result<std::uint64_t> WireReader::varint() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    if (rest_.empty()) return Error{ErrorKind::invalid, "the file ends within a number"};
    const auto byte = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    value |= std::uint64_t{byte & 0x7FU} << shift;
    if (byte < 0x80U) return value;
  }
  return Error{ErrorKind::invalid, "a number has more than ten bytes"};
}

Result<std::string_view> WireReader::take(std::uint64_t bytes) {
  if (bytes > rest_.size())
    return Error{ErrorKind::invalid, "a field is longer than the message that holds it"};
  const std::string_view taken = rest_.substr(0, bytes);
  rest_.remove_prefix(taken.size());
  return taken;
}

Result<std::optional<WireField>> WireReader::next() {
  if (rest_.empty()) return std::optional<WireField>{};
  const std::string_view from_here = rest_;
  EB_GET(const std::uint64_t key, varint());
  if (key >> kTypeBits == 0 || key >> kTypeBits > kMostNumber)
    return Error{ErrorKind::invalid, "a field has a number that no field has"};
  WireField field{static_cast<std::uint32_t>(key >> kTypeBits)};
  switch (key & ((1U << kTypeBits) - 1)) {
    case kVarint: {
      EB_GET(field.value, varint());
      break;
    }
    case kEightBytes:
      EB_OK(take(8));
      break;
    case kBytes: {
      EB_GET(const std::uint64_t bytes, varint());
      EB_GET(field.payload, take(bytes));
      break;
    }
    case kFourBytes:
      EB_OK(take(4));
      break;
    default:
      return Error{ErrorKind::invalid, "a field has a type that ONNX does not use"};
  }
  field.whole = from_here.substr(0, from_here.size() - rest_.size());
  return std::optional(field);
}

void append_field(std::uint32_t number, std::string_view payload, std::string& to) {
  append_varint((std::uint64_t{number} << kTypeBits) | kBytes, to);
  append_varint(payload.size(), to);
  to += payload;
}

}  // namespace eb::onnx
