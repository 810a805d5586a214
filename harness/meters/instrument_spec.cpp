#include "harness/meters/instrument_spec.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <locale>
#include <sstream>

#include "harness/base/line_channel.h"

namespace eb {
namespace {

constexpr std::size_t kLongestSpec = 4096, kMostParts = 64, kLongestNumber = 64;
constexpr double kScpiInfinity = 9.9e37;  // SCPI-1999 writes 9.9E37 for infinity and 9.91E37 for NaN
constexpr double kMostWatts = 1e6;
const std::vector<std::string> kCommonOptions = {"scope", "name", "gain", "offset-w", "highest-w"};
const std::vector<std::string> kScopes = {"system", "module", "rail",    "package",
                                          "gpu",    "dram",   "battery", "unknown"};

bool is_word(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

Status read_options(std::string_view text, InstrumentSpec& spec) {
  for (const std::string& part : split_text(text, '&')) {
    const std::size_t equals = part.find('=');
    const std::string key = part.substr(0, equals);
    if (equals == std::string::npos || !is_word(key))
      return spec.wrong(fmt::format("'{}' is not OPTION=VALUE", printable(part)));
    if (!spec.options.emplace(key, part.substr(equals + 1)).second)
      return spec.wrong(fmt::format("option {} is there twice", key));
  }
  return Done{};
}

Status read_port(std::string_view text, InstrumentSpec& spec) {
  const auto port = parse_number(text);
  if (!port || *port < 1 || *port > 65535 || *port != std::floor(*port))
    return spec.wrong(fmt::format("'{}' is no port from 1 to 65535", printable(text)));
  spec.port = static_cast<std::uint16_t>(*port);
  return Done{};
}

// "host", "host:5025", "[::1]:5025".
Status read_place(std::string_view text, InstrumentSpec& spec) {
  const std::size_t bracket = text.starts_with('[') ? text.find(']') : 0;
  if (bracket == std::string_view::npos) return spec.wrong("a bracket is open");
  const std::size_t colon = text.find(':', bracket);
  spec.host = bracket > 0 ? text.substr(1, bracket - 1) : text.substr(0, colon);
  const bool is_clean =
      std::all_of(spec.host.begin(), spec.host.end(), [](char c) { return c > ' ' && c <= '~'; });
  if (spec.host.empty() || !is_clean)
    return spec.wrong("say which host, as in " + spec.kind + "://192.168.1.20");
  return colon == std::string_view::npos ? Status(Done{}) : read_port(text.substr(colon + 1), spec);
}

}  // namespace

std::string InstrumentSpec::option(const std::string& key, const std::string& otherwise) const {
  const auto found = options.find(key);
  return found == options.end() ? otherwise : found->second;
}

Result<double> InstrumentSpec::number(const std::string& key, double otherwise, double least,
                                      double most) const {
  const auto found = options.find(key);
  if (found == options.end()) return otherwise;
  const auto value = parse_number(found->second);
  if (!value || *value < least || *value > most)
    return wrong(fmt::format("{}={} is no number from {} to {}", key, printable(found->second), least, most));
  return *value;
}

Result<std::string> InstrumentSpec::one_of(const std::string& key, const std::string& otherwise,
                                           const std::vector<std::string>& known) const {
  std::string value = option(key, otherwise);
  if (std::find(known.begin(), known.end(), value) == known.end())
    return wrong(fmt::format("{}={} is none of {}", key, printable(value), fmt::join(known, ", ")));
  return value;
}

Status InstrumentSpec::check_options(const std::vector<std::string>& own) const {
  std::vector<std::string> known = own;
  known.insert(known.end(), kCommonOptions.begin(), kCommonOptions.end());
  for (const auto& [key, value] : options)
    if (std::find(known.begin(), known.end(), key) == known.end())
      return wrong(fmt::format("there is no option {}; known: {}", key, fmt::join(known, ", ")));
  return Done{};
}

Error InstrumentSpec::wrong(std::string_view what) const {
  return {ErrorKind::invalid, fmt::format("meter {}: {}", printable(text), what)};
}

Result<InstrumentSpec> parse_instrument_spec(const std::string& text) {
  InstrumentSpec spec;
  spec.text = text.substr(0, kLongestSpec);
  const std::size_t colon = text.find(':');
  spec.kind = text.substr(0, colon);
  if (colon == std::string::npos || !is_word(spec.kind) || text.size() > kLongestSpec)
    return spec.wrong("a meter is named as in scpi://192.168.1.20:5025?dialect=rs");
  std::string_view rest = std::string_view(text).substr(colon + 1);
  if (spec.kind == "exec") {  // '?' may be part of an argument
    spec.name = rest;
    return spec;
  }
  const std::size_t question = rest.find('?');
  if (question != std::string_view::npos) EB_OK(read_options(rest.substr(question + 1), spec));
  rest = rest.substr(0, question);
  if (rest.starts_with("//")) {
    EB_OK(read_place(rest.substr(2), spec));
  } else {
    spec.name = rest;
  }
  return spec;
}

Result<std::vector<std::string>> split_arguments(std::string_view text) {
  std::vector<std::string> arguments;
  bool is_inside = false, is_quoted = false;
  for (const char c : text) {
    if (c == '"') {
      is_quoted = !is_quoted;
      if (!is_inside) arguments.emplace_back();
      is_inside = true;
    } else if (c == ' ' && !is_quoted) {
      is_inside = false;
    } else {
      if (!is_inside) arguments.emplace_back();
      is_inside = true;
      arguments.back() += c;
    }
  }
  if (is_quoted) return Error{ErrorKind::invalid, "a quotation mark is open"};
  return arguments;
}

Status apply_stated(const InstrumentSpec& spec, MeterInfo& info) {
  EB_GET(info.scope, spec.one_of("scope", info.scope, kScopes));
  info.domain = printable(spec.option("name", info.domain));
  if (spec.options.contains("name")) info.id = fmt::format("{}:{}", spec.kind, info.domain);
  if (spec.options.contains("gain")) {
    EB_GET(info.gain_limit, spec.number("gain", 0, 0, 1));
  }
  if (spec.options.contains("offset-w")) {
    EB_GET(info.offset_limit_w, spec.number("offset-w", 0, 0, kMostWatts));
  }
  EB_GET(info.highest, spec.number("highest-w", info.highest, 1e-6, kMostWatts));
  return Done{};
}

Result<double> parse_number(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  const std::size_t last = text.find_last_not_of(" \t");
  const Error no_number{ErrorKind::device, fmt::format("'{}' is no number", printable(text))};
  if (first == std::string_view::npos || last - first >= kLongestNumber) return no_number;
  std::istringstream in{std::string(text.substr(first, last - first + 1))};
  in.imbue(std::locale::classic());
  double value = 0;
  in >> value;
  if (in.fail() || in.peek() != std::istringstream::traits_type::eof() || !std::isfinite(value))
    return no_number;
  if (std::abs(value) >= kScpiInfinity)
    return Error{ErrorKind::device,
                 fmt::format("'{}' says that it is out of range, or has no data", printable(text))};
  return value;
}

std::vector<std::string> split_text(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (parts.size() < kMostParts) {
    const std::size_t end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return parts;
}

}  // namespace eb
