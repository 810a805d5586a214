#include "harness/app/ep_arguments.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "backends/npu/npu.h"
#include "harness/app/catalog.h"

namespace eb {
namespace {

bool is_own(const std::string& name) {
  const auto own = own_library_names();
  return std::find(own.begin(), own.end(), name) != own.end();
}

// Of a library that a vendor made: it becomes part of device ids.
Status check_name(const std::string& name, std::string_view option) {
  const auto backends = backend_names();
  const bool is_taken = std::find(backends.begin(), backends.end(), name) != backends.end();
  const bool is_plain = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
  constexpr std::size_t kLongest = 32;
  if (is_own(name) || (is_plain && !is_taken && name.size() <= kLongest)) return Done{};
  return Error{ErrorKind::invalid,
               fmt::format("{}: '{}' is no name for a library; take {}, or for an NPU's a short one of a-z, "
                           "0-9, - and _ that is no backend's",
                           option, name, fmt::join(own_library_names(), ", "))};
}

Status check_known(const std::string& name, std::string_view option, const EpSettings& settings) {
  const Vendor* vendor = find_vendor(name);
  const bool may_be_found = vendor && !vendor->backend.empty();
  if (is_own(name) || settings.libraries.contains(name) || may_be_found) return Done{};
  return Error{ErrorKind::not_found,
               fmt::format("{}: there is no library '{}'; known: {}, names that --ep-library gives, and "
                           "providers of edgebench list chips",
                           option, name, fmt::join(own_library_names(), ", "))};
}

Status add_library(const std::string& text, EpSettings& settings) {
  constexpr const char* kOption = "--ep-library";
  EB_GET(const auto pair, split_assignment(text, kOption));
  EB_OK(check_name(pair.first, kOption));
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
  EB_OK(check_known(pair.first.substr(0, dot), kOption, settings));
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
