#include "harness/base/sysfs.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <tuple>

namespace eb {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMostEntries = 1024, kLongestName = 100;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_blank(char c) {
  return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

// Numbers within names compare as numbers.
bool is_natural_less(std::string_view a, std::string_view b) {
  std::size_t i = 0, k = 0;
  while (i < a.size() && k < b.size()) {
    if (!is_digit(a[i]) || !is_digit(b[k])) {
      if (a[i] != b[k]) return a[i] < b[k];
      ++i, ++k;
      continue;
    }
    const auto number = [](std::string_view text, std::size_t& at) {
      while (at + 1 < text.size() && text[at] == '0' && is_digit(text[at + 1])) ++at;
      const std::size_t from = at;
      while (at < text.size() && is_digit(text[at])) ++at;
      return text.substr(from, at - from);
    };
    const std::string_view x = number(a, i), y = number(b, k);
    if (x != y) return std::tuple(x.size(), x) < std::tuple(y.size(), y);
  }
  return a.size() - i < b.size() - k;
}

}  // namespace

Result<std::string> read_small_file(const fs::path& file, std::size_t max_bytes) {
  std::error_code code;
  if (!fs::exists(file, code))
    return Error{ErrorKind::not_found, fmt::format("{} is not there", file.string())};
  if (!fs::is_regular_file(file, code))
    return Error{ErrorKind::invalid, fmt::format("{} is not a file", file.string())};
  std::ifstream in(file, std::ios::binary);
  if (!in) return Error{ErrorKind::io, fmt::format("{} may not be read by this user", file.string())};
  std::string text(max_bytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad() || (in.gcount() == 0 && !in.eof()))
    return Error{ErrorKind::io, fmt::format("{} cannot be read", file.string())};
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > max_bytes)
    return Error{ErrorKind::invalid, fmt::format("{} is larger than {} bytes", file.string(), max_bytes)};
  return text;
}

std::string read_name(const fs::path& file) {
  const auto text = read_small_file(file);
  if (!text) return {};
  std::string name = text->substr(0, text->find('\n'));
  std::erase_if(name, [](char c) { return c < ' ' || c > '~'; });
  name.resize(std::min(name.size(), kLongestName));
  while (!name.empty() && name.back() == ' ') name.pop_back();
  return name;
}

Result<std::int64_t> read_integer(const fs::path& file) {
  EB_GET(const std::string text, read_small_file(file));
  std::string_view number = text;
  while (!number.empty() && is_blank(number.back())) number.remove_suffix(1);
  while (!number.empty() && is_blank(number.front())) number.remove_prefix(1);
  std::int64_t value = 0;
  const auto [end, problem] = std::from_chars(number.data(), number.data() + number.size(), value);
  if (number.empty() || problem != std::errc() || end != number.data() + number.size())
    return Error{ErrorKind::invalid, fmt::format("{} holds no whole number", file.string())};
  return value;
}

std::vector<std::string> read_values(const fs::path& file, std::string_view key, char separator) {
  constexpr std::size_t kLargest = 2 << 20, kLongestValue = 200;
  std::vector<std::string> values;
  const auto text = read_small_file(file, kLargest);
  if (!text) return values;
  for (std::string_view rest = *text; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const std::size_t at = line.find(separator);
    if (at == std::string_view::npos || !line.starts_with(key)) continue;
    if (line.find_first_not_of(" \t", key.size()) != at) continue;
    const std::size_t from = line.find_first_not_of(" \t\r\"", at + 1);
    if (from == std::string_view::npos) continue;
    const std::size_t to = line.find_last_not_of(" \t\r\"");
    std::string value(line.substr(from, std::min(to + 1 - from, kLongestValue)));
    std::erase_if(value, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
    if (!value.empty()) values.push_back(std::move(value));
  }
  return values;
}

std::vector<fs::path> entries_like(const fs::path& folder, std::string_view prefix) {
  std::vector<fs::path> entries;
  std::error_code code;
  fs::directory_iterator entry(folder, fs::directory_options::skip_permission_denied, code);
  for (; !code && entry != fs::directory_iterator() && entries.size() < kMostEntries; entry.increment(code))
    if (entry->path().filename().string().starts_with(prefix)) entries.push_back(entry->path());
  std::sort(entries.begin(), entries.end(), [](const fs::path& a, const fs::path& b) {
    return is_natural_less(a.filename().string(), b.filename().string());
  });
  return entries;
}

int index_of(std::string_view name, std::string_view prefix, std::string_view suffix) {
  if (name.size() <= prefix.size() + suffix.size() || !name.starts_with(prefix) || !name.ends_with(suffix))
    return -1;
  const std::string_view digits = name.substr(prefix.size(), name.size() - prefix.size() - suffix.size());
  unsigned index = 0;
  const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
  constexpr unsigned kHighest = 9999;
  const bool is_index = problem == std::errc() && end == digits.data() + digits.size() && index <= kHighest;
  return is_index ? static_cast<int>(index) : -1;
}

}  // namespace eb
