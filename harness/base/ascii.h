#pragma once
// Letters and digits of ASCII, whatever the locale.
#include <cstddef>
#include <string>
#include <string_view>

namespace eb {

inline char lower_ascii(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

inline std::string lower_ascii(std::string_view text) {
  std::string all(text);
  for (char& c : all) c = lower_ascii(c);
  return all;
}

// As hashes are written.
inline bool is_lower_hex(std::string_view text, std::size_t digits) {
  return text.size() == digits && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

inline bool is_sha256(std::string_view text) {
  return is_lower_hex(text, 64);
}

}  // namespace eb
