#pragma once
// JSON that we did not write, and JSON that others can write the same.
#include <nlohmann/json.hpp>
#include <string>
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

// JSON of one form only, for hashes and signatures: keys in order of their bytes, no white space, the
// shortest numbers that read back the same; 1 and 1.0 stay two numbers. What is no UTF-8 becomes U+FFFD, what
// is not finite becomes null.
std::string canonical_json(const nlohmann::json& json);

}  // namespace eb
