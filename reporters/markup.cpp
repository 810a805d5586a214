#include "reporters/markup.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reporters/text.h"

namespace eb {

Markup& Markup::text(std::string_view any) {
  for (const char c : valid_utf8(any)) {
    const auto byte = static_cast<unsigned char>(c);
    const bool forbidden = (byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7F;
    if (c == '&')
      out_ += "&amp;";
    else if (c == '<')
      out_ += "&lt;";
    else if (c == '>')
      out_ += "&gt;";
    else if (c == '"')
      out_ += "&quot;";
    else if (c == '\'')
      out_ += "&#39;";
    else
      out_ += forbidden ? ' ' : c;
  }
  return *this;
}

Markup& Markup::number(double coordinate) {
  constexpr double kLimit = 1e7;  // far outside any drawing
  const double value = std::isfinite(coordinate) ? std::clamp(coordinate, -kLimit, kLimit) : 0;
  std::string text = fmt::format("{:.2f}", value);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  out_ += text == "-0" ? "0" : text;
  return *this;
}

Markup& Markup::count(std::size_t value) {
  out_ += fmt::format("{}", value);
  return *this;
}

}  // namespace eb
