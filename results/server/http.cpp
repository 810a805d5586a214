#include "results/server/http.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "reporters/reporters.h"

namespace eb::board {
namespace {

constexpr std::size_t kMostParameters = 64;

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_plain_text(std::string_view text) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  return std::none_of(text.begin(), text.end(), is_control) && valid_utf8(text) == text;
}

std::optional<std::string> decode(std::string_view text, bool plus_is_space) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += plus_is_space && text[i] == '+' ? ' ' : text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const int high = hex_digit(text[i + 1]), low = hex_digit(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  if (!is_plain_text(out)) return std::nullopt;
  return out;
}

bool add_part(std::string_view part, Target& target) {
  auto decoded = decode(part, false);
  if (!decoded || decoded->empty() || *decoded == "." || *decoded == "..") return false;
  target.path.push_back(*std::move(decoded));
  return true;
}

bool add_parameter(std::string_view pair, Target& target) {
  if (pair.empty()) return true;
  if (target.parameters.size() == kMostParameters) return false;
  const std::size_t equals = std::min(pair.find('='), pair.size());
  auto name = decode(pair.substr(0, equals), true);
  auto value = decode(equals < pair.size() ? pair.substr(equals + 1) : "", true);
  if (!name || !value) return false;
  target.parameters.emplace_back(*std::move(name), *std::move(value));
  return true;
}

// Calls `take` for each piece between separators, until it says no.
template <class Take>
bool split(std::string_view text, char separator, Take take) {
  while (true) {
    const std::size_t end = text.find(separator);
    if (!take(text.substr(0, end))) return false;
    if (end == std::string_view::npos) return true;
    text.remove_prefix(end + 1);
  }
}

}  // namespace

std::optional<std::string_view> HttpRequest::header(std::string_view name) const {
  const auto is_it = [&](const auto& header) { return header.first == name; };
  const auto found = std::find_if(headers.begin(), headers.end(), is_it);
  if (found == headers.end() || std::any_of(std::next(found), headers.end(), is_it)) return std::nullopt;
  return found->second;
}

std::string_view Target::parameter(std::string_view name) const {
  for (const auto& [key, value] : parameters)
    if (key == name) return value;
  return {};
}

std::vector<std::pair<std::string, std::string>> Target::without(std::string_view name) const {
  auto rest = parameters;
  std::erase_if(rest, [&](const auto& pair) { return pair.first == name; });
  return rest;
}

std::optional<Target> parse_target(std::string_view text) {
  if (text.empty() || text[0] != '/') return std::nullopt;
  const std::size_t question = std::min(text.find('?'), text.size());
  std::string_view path = text.substr(1, question - 1);
  Target target;
  if (path.ends_with('/')) path.remove_suffix(1);
  if (!path.empty() && !split(path, '/', [&](std::string_view part) { return add_part(part, target); }))
    return std::nullopt;
  if (path.empty() && question > 1) return std::nullopt;  // "//"
  const std::string_view query = question < text.size() ? text.substr(question + 1) : "";
  if (!split(query, '&', [&](std::string_view pair) { return add_parameter(pair, target); }))
    return std::nullopt;
  return target;
}

std::string url_encode(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                          std::string_view("-._~").find(c) != std::string_view::npos;
    if (is_plain)
      out += c;
    else
      fmt::format_to(std::back_inserter(out), "%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

std::string make_url(std::string_view path,
                     const std::vector<std::pair<std::string, std::string>>& parameters) {
  std::string url(path);
  char separator = '?';
  for (const auto& [name, value] : parameters) {
    url += fmt::format("{}{}={}", separator, url_encode(name), url_encode(value));
    separator = '&';
  }
  return url;
}

}  // namespace eb::board
