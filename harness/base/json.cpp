#include "harness/base/json.h"

namespace eb {

bool is_shallow(std::string_view json_text) {
  constexpr std::size_t kDeepest = 64;
  std::size_t depth = 0;
  bool in_text = false;
  for (std::size_t i = 0; i < json_text.size(); ++i) {
    const char c = json_text[i];
    if (in_text && c == '\\') {
      ++i;
    } else if (c == '"') {
      in_text = !in_text;
    } else if (!in_text && (c == '[' || c == '{')) {
      if (++depth > kDeepest) return false;
    } else if (!in_text && (c == ']' || c == '}') && depth > 0) {
      --depth;
    }
  }
  return true;
}

std::string canonical_json(const nlohmann::json& json) {
  // An object of this type is a map in order of its keys' bytes; its numbers are printed as short as they can
  // be.
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace eb
