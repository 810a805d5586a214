#pragma once
// Checked access to JSON that we did not write: a field is there, of its type and within bounds, or it is an
// error that names it.
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"

namespace eb {

Result<std::string> string_field(const nlohmann::json& object, std::string_view name, std::size_t max_bytes);
Result<std::int64_t> integer_field(const nlohmann::json& object, std::string_view name, std::int64_t low,
                                   std::int64_t high);
// An array of 1 to `max_count` strings of at most 256 bytes.
Result<std::vector<std::string>> string_list_field(const nlohmann::json& object, std::string_view name,
                                                   std::size_t max_count);

}  // namespace eb
