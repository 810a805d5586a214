// What software was told and which versions of it there were.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>
#include <vector>

#include "harness/base/ascii.h"
#include "results/compare/differences.h"

namespace eb {
namespace {

using Json = nlohmann::ordered_json;
using Words = std::map<std::string, std::string>;
using Slower = FoundDifference::Slower;

constexpr std::size_t kLongestText = 80;  // of one side, in a sentence
constexpr std::size_t kMostNames = 3;     // of libraries or options, in a sentence

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// "a=1; b=2".
Words options_of(const std::string& text) {
  Words options;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find("; ", at), text.size());
    const std::string one = text.substr(at, end - at);
    if (const auto equals = one.find('='); equals != std::string::npos)
      options[one.substr(0, equals)] = one.substr(equals + 1);
    at = end + 2;
  }
  return options;
}

bool is_log_option(const std::string& key) {
  return contains(lower_ascii(key), "log") || contains(lower_ascii(key), "profiling");
}

bool is_performance_option(const std::string& key) {
  return contains(lower_ascii(key), "performance") || contains(lower_ascii(key), "power");
}

// By key: what both sides say, where that differs. "" stands for what one side lacks.
std::map<std::string, std::pair<std::string, std::string>> changes(const Words& first, const Words& other) {
  std::map<std::string, std::pair<std::string, std::string>> changed;
  for (const auto& [key, value] : first) changed[key].first = value;
  for (const auto& [key, value] : other) changed[key].second = value;
  std::erase_if(changed, [](const auto& item) { return item.second.first == item.second.second; });
  return changed;
}

std::string shown(const std::string& text) {
  if (text.empty()) return "none";
  return text.size() <= kLongestText ? text : text.substr(0, kLongestText) + "...";
}

// How much is written at a level; absent for an unknown word.
std::optional<int> verbosity(const std::string& level) {
  constexpr std::array<std::string_view, 6> kLevels = {"off", "fatal", "error", "warn", "info", "verbose"};
  for (std::size_t i = 0; i < kLevels.size(); ++i)
    if (contains(lower_ascii(level), kLevels[i])) return static_cast<int>(i);
  if (contains(lower_ascii(level), "debug")) return static_cast<int>(kLevels.size());
  return std::nullopt;
}

Slower more_verbose(const std::string& first, const std::string& other) {
  const auto a = verbosity(first), b = verbosity(other);
  if (!a || !b || *a == *b) return Slower::either;
  return *a > *b ? Slower::first : Slower::other;
}

template <class Is>
std::optional<FoundDifference> option_difference(const Measured& first, const Measured& other,
                                                 std::string_view title, Is is_meant) {
  std::vector<std::string> sentences;
  const auto changed =
      changes(options_of(first.record.provider_options), options_of(other.record.provider_options));
  for (const auto& [key, values] : changed)
    if (is_meant(key) && sentences.size() < kMostNames)
      sentences.push_back(against(key, values.first, values.second));
  if (sentences.empty()) return std::nullopt;
  return FoundDifference{fmt::format("{} {}", title, fmt::join(sentences, "; ")), std::nullopt};
}

// Of a list of objects: by the last part of `name`, what `value` says, or `second` where there is none.
Words versions(const Json& context, const char* list, const char* name, const char* value,
               const char* second) {
  Words found;
  const auto at = context.is_object() ? context.find(list) : context.end();
  if (at == context.end() || !at->is_array()) return found;
  for (const Json& item : *at) {
    const std::string key = context_word(item, name);
    const std::string version = context_word(item, value);
    const std::string text = version.empty() ? context_word(item, second).substr(0, 12) : version;
    if (!key.empty() && !text.empty()) found[key.substr(key.find_last_of("/\\") + 1)] = text;
  }
  return found;
}

// Of names that both sides have; a library that only one has is of another provider or system.
std::optional<FoundDifference> version_difference(std::string_view title, const Words& first,
                                                  const Words& other) {
  std::vector<std::string> sentences;
  std::size_t all = 0;
  for (const auto& [key, values] : changes(first, other)) {
    if (values.first.empty() || values.second.empty()) continue;
    if (++all <= kMostNames) sentences.push_back(against(key, values.first, values.second));
  }
  if (sentences.empty()) return std::nullopt;
  const std::string more = all > kMostNames ? fmt::format("; {} more", all - kMostNames) : "";
  return FoundDifference{fmt::format("{} {}{}", title, fmt::join(sentences, "; "), more), std::nullopt};
}

// By the name without its version: libQnn.so.2.28 is libQnn.so.
Words library_versions(const Json& context) {
  Words found;
  for (const auto& [name, version] : versions(context, "libraries", "path", "version", "sha256")) {
    const auto end = name.find(".so");
    found[end == std::string::npos ? name : name.substr(0, end + 3)] = version;
  }
  return found;
}

}  // namespace

std::string_view kind_of(const RunRecord& record) {
  for (const std::string_view kind : {"npu", "gpu", "cpu"})
    if (record.device_kind == kind) return kind;
  return record.backend == "cpu" ? "cpu" : "npu";
}

std::optional<double> context_number(const Json& context, std::string_view key) {
  const auto at = context.is_object() ? context.find(key) : context.end();
  if (at == context.end() || !at->is_number()) return std::nullopt;
  return at->get<double>();
}

std::string context_word(const Json& context, std::string_view key) {
  const auto at = context.is_object() ? context.find(key) : context.end();
  return at != context.end() && at->is_string() ? at->get<std::string>() : "";
}

std::string against(std::string_view title, const std::string& first, const std::string& other) {
  return fmt::format("{}: {} against {}", title, shown(first), shown(other));
}

std::optional<FoundDifference> log_level(const Measured& first, const Measured& other) {
  const std::string a = context_word(first.context, "ort_log_level"),
                    b = context_word(other.context, "ort_log_level");
  if (a != b && !a.empty() && !b.empty())
    return FoundDifference{against("log level of ONNX Runtime", a, b), std::nullopt, more_verbose(a, b)};
  auto found = option_difference(first, other, "provider's option", is_log_option);
  if (!found) return found;
  const auto changed =
      changes(options_of(first.record.provider_options), options_of(other.record.provider_options));
  for (const auto& [key, values] : changed)
    if (is_log_option(key) && found->slower == Slower::either)
      found->slower = more_verbose(values.first, values.second);
  return found;
}

std::optional<FoundDifference> performance_option(const Measured& first, const Measured& other) {
  return option_difference(first, other, "provider's option", is_performance_option);
}

std::optional<FoundDifference> other_options(const Measured& first, const Measured& other) {
  return option_difference(first, other, "provider's option", [](const std::string& key) {
    return !is_log_option(key) && !is_performance_option(key);
  });
}

std::optional<FoundDifference> versions_of_libraries(const Measured& first, const Measured& other) {
  return version_difference("library", library_versions(first.context), library_versions(other.context));
}

std::optional<FoundDifference> versions_of_drivers(const Measured& first, const Measured& other) {
  return version_difference("kernel driver",
                            versions(first.context, "drivers", "driver", "version", "sha256"),
                            versions(other.context, "drivers", "driver", "version", "sha256"));
}

}  // namespace eb
