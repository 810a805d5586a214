#pragma once
// Letters of ASCII, whatever the locale.
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

}  // namespace eb
