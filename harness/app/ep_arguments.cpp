#include "harness/app/ep_arguments.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "harness/app/catalog.h"

namespace eb {
namespace {

Status check_plugin(const std::string& name, std::string_view option) {
  const auto known = plugin_names();
  if (std::find(known.begin(), known.end(), name) != known.end()) return Done{};
  return Error{ErrorKind::not_found,
               fmt::format("{}: there is no backend '{}' with a library of its own; known: {}", option, name,
                           fmt::join(known, ", "))};
}

Status add_library(const std::string& text, EpSettings& settings) {
  constexpr const char* kOption = "--ep-library";
  EB_GET(const auto pair, split_assignment(text, kOption));
  EB_OK(check_plugin(pair.first, kOption));
  std::error_code code;
  if (!std::filesystem::is_regular_file(pair.second, code))
    return Error{ErrorKind::not_found,
                 fmt::format("{} {}: there is no file {}", kOption, pair.first, pair.second)};
  settings.libraries[pair.first] = std::filesystem::absolute(pair.second, code);
  return Done{};
}

Status add_option(const std::string& text, EpSettings& settings) {
  constexpr const char* kOption = "--ep-option";
  EB_GET(const auto pair, split_assignment(text, kOption));
  const std::size_t dot = pair.first.find('.');
  if (dot == std::string::npos || dot == 0 || dot + 1 == pair.first.size())
    return Error{ErrorKind::invalid, fmt::format("{} takes NAME.KEY=VALUE, not '{}'", kOption, text)};
  EB_OK(check_plugin(pair.first.substr(0, dot), kOption));
  settings.options[pair.first.substr(0, dot)][pair.first.substr(dot + 1)] = pair.second;
  return Done{};
}

}  // namespace

Result<std::pair<std::string, std::string>> split_assignment(const std::string& text,
                                                             std::string_view option) {
  const std::size_t at = text.find('=');
  if (at == std::string::npos || at == 0 || at + 1 == text.size())
    return Error{ErrorKind::invalid, fmt::format("{} takes NAME=VALUE, not '{}'", option, text)};
  return std::pair{text.substr(0, at), text.substr(at + 1)};
}

Result<EpSettings> parse_ep_settings(const std::vector<std::string>& libraries,
                                     const std::vector<std::string>& options) {
  EpSettings settings;
  for (const std::string& text : libraries) EB_OK(add_library(text, settings));
  for (const std::string& text : options) EB_OK(add_option(text, settings));
  return settings;
}

}  // namespace eb
