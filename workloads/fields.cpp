#include "workloads/fields.h"

#include <fmt/format.h>

namespace eb {
namespace {

constexpr std::size_t kMaxNameBytes = 256;

}  // namespace

Result<std::string> string_field(const nlohmann::json& object, std::string_view name, std::size_t max_bytes) {
  const auto field = object.find(name);
  if (field == object.end() || !field->is_string()) {
    return Error{ErrorKind::invalid, fmt::format("\"{}\" is missing or is not a string", name)};
  }
  const auto& text = field->get_ref<const std::string&>();
  if (text.empty() || text.size() > max_bytes) {
    return Error{ErrorKind::invalid,
                 fmt::format("\"{}\" has {} bytes, allowed are 1 to {}", name, text.size(), max_bytes)};
  }
  return text;
}

Result<std::int64_t> integer_field(const nlohmann::json& object, std::string_view name, std::int64_t low,
                                   std::int64_t high) {
  const auto field = object.find(name);
  if (field == object.end() || !field->is_number_integer()) {
    return Error{ErrorKind::invalid, fmt::format("\"{}\" is missing or is not a whole number", name)};
  }
  // An unsigned number above the signed range reads as a negative one and is refused like one.
  const auto value = field->get<std::int64_t>();
  if (value < low || value > high || (field->is_number_unsigned() && value < 0)) {
    return Error{ErrorKind::invalid, fmt::format("\"{}\" is not within {} to {}", name, low, high)};
  }
  return value;
}

Result<std::vector<std::string>> string_list_field(const nlohmann::json& object, std::string_view name,
                                                   std::size_t max_count) {
  const auto field = object.find(name);
  if (field == object.end() || !field->is_array() || field->empty() || field->size() > max_count) {
    return Error{ErrorKind::invalid, fmt::format("\"{}\" is not a list of 1 to {} strings", name, max_count)};
  }
  std::vector<std::string> texts;
  for (const nlohmann::json& item : *field) {
    if (!item.is_string() || item.get_ref<const std::string&>().size() > kMaxNameBytes) {
      return Error{ErrorKind::invalid, fmt::format("\"{}\" holds what is not a short string", name)};
    }
    texts.push_back(item.get<std::string>());
  }
  return texts;
}

}  // namespace eb
