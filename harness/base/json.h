#pragma once
// JSON that we did not write.
#include <nlohmann/json.hpp>
#include <string_view>

namespace eb {

// Whether brackets nest no deeper than anything of ours ever will. Copying and printing a value recurse, so
// that a deeper one could use up the stack.
bool is_shallow(std::string_view json_text);

// The value; discarded (of no type at all) for what is not JSON or nests too deep.
template <class Json = nlohmann::json>
Json parse_json(std::string_view text) {
  if (!is_shallow(text)) return Json(Json::value_t::discarded);
  return Json::parse(text, nullptr, false);
}

}  // namespace eb
