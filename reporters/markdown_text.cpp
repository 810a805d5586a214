#include "reporters/markdown_text.h"

#include "reporters/text.h"

namespace eb {

std::string markdown_text(std::string_view any) {
  constexpr std::string_view kMarkup = "\\`*_[]|~#$!";
  std::string text;
  for (const char c : one_line(any)) {
    if (c == '<')
      text += "&lt;";
    else if (c == '>')
      text += "&gt;";
    else if (c == '&')
      text += "&amp;";
    else if (kMarkup.find(c) != std::string_view::npos)
      text += std::string("\\") + c;
    else
      text += c;
  }
  return text;
}

std::string markdown_row(const std::vector<std::string>& cells) {
  std::string line = "|";
  for (const std::string& cell : cells) line += " " + cell + " |";
  return line + "\n";
}

}  // namespace eb
