#include "harness/core/launch.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "harness/base/json.h"

namespace eb {
namespace {

using Json = nlohmann::json;

constexpr std::int64_t kMostCount = 1'000'000'000'000;

Json to_json(const SeenWindow& window) {
  return {window.start_ns, window.end_ns};
}

bool is_time(const Json& json) {
  constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max() / 4);
  return json.is_number_unsigned() && json.get<std::uint64_t>() <= kMost;
}

// Each reader: false for what has another type or range; what is not there stays as it is.
bool read(const Json& json, const char* key, std::string& value) {
  if (!json.contains(key)) return true;
  if (!json[key].is_string()) return false;
  value = json[key];
  return true;
}

bool read(const Json& json, const char* key, std::vector<std::string>& values) {
  if (!json.contains(key)) return true;
  if (!json[key].is_array()) return false;
  for (const Json& item : json[key]) {
    if (!item.is_string()) return false;
    values.push_back(item);
  }
  return true;
}

bool read(const Json& json, const char* key, std::vector<std::int64_t>& values) {
  if (!json.contains(key)) return true;
  if (!json[key].is_array()) return false;
  for (const Json& item : json[key]) {
    if (!is_time(item)) return false;
    values.push_back(item);
  }
  return true;
}

bool read(const Json& json, const char* key, std::int64_t& value) {
  if (!json.contains(key) || !is_time(json[key]) || json[key].get<std::int64_t>() > kMostCount) return false;
  value = json[key];
  return true;
}

bool read(const Json& json, const char* key, std::optional<double>& value) {
  if (!json.contains(key)) return true;
  if (!json[key].is_number() || !(json[key].get<double>() > 0)) return false;
  value = json[key].get<double>();
  return true;
}

bool read(const Json& json, const char* key, std::optional<SeenWindow>& window) {
  if (!json.contains(key)) return true;
  const Json& pair = json[key];
  if (!pair.is_array() || pair.size() != 2 || !is_time(pair[0]) || !is_time(pair[1])) return false;
  window = {pair[0], pair[1]};
  return window->end_ns > window->start_ns;
}

// Small enough for sums of kMostParts.
bool is_part_number(const Json& json) {
  constexpr std::int64_t kMost = 1'000'000'000'000'000;  // eleven days, in ns
  if (!json.is_number_integer()) return false;
  const auto number = json.get<std::int64_t>();  // of more than fits: negative
  return number >= 0 && number <= kMost;
}

bool read(const Json& json, const char* key, std::vector<PartFacts>& parts) {
  if (!json.contains(key)) return true;
  if (!json[key].is_array() || json[key].size() > kMostParts) return false;
  for (const Json& part : json[key]) {
    if (!part.is_array() || part.size() != 4 || !std::all_of(part.begin(), part.end(), is_part_number))
      return false;
    parts.push_back({part[0].get<std::int64_t>(), part[1].get<std::int64_t>(), part[2].get<std::int64_t>(),
                     part[3].get<std::int64_t>()});
  }
  return true;
}

bool read(const Json& json, const char* key, std::vector<double>& ratios) {
  constexpr std::size_t kMostRatios = 1000;
  if (!json.contains(key)) return true;
  if (!json[key].is_array() || json[key].size() > kMostRatios) return false;
  for (const Json& ratio : json[key]) {
    if (!ratio.is_number() || !(ratio.get<double>() > 0)) return false;
    ratios.push_back(ratio.get<double>());
  }
  return true;
}

bool read(const Json& json, const char* key, std::optional<WakeLags>& lags) {
  if (!json.contains(key)) return true;
  const Json& pair = json[key];
  if (!pair.is_array() || pair.size() != 2 || !pair[0].is_number() || !pair[1].is_number()) return false;
  lags = {pair[0].get<double>(), pair[1].get<double>()};
  return lags->p50_us >= 0 && lags->p99_us >= lags->p50_us;
}

std::optional<LaunchFacts> from_json(const Json& json) {
  LaunchFacts facts;
  std::optional<double> window_s;
  const bool fits =
      json.is_object() && read(json, "workload", facts.workload) && read(json, "backend", facts.backend) &&
      read(json, "device", facts.device) && read(json, "precision", facts.precision) &&
      read(json, "scenario", facts.scenario) && read(json, "raw_files", facts.raw_files) &&
      read(json, "power_files", facts.power_files) && read(json, "window_s", window_s) &&
      read(json, "queries", facts.queries) && read(json, "samples", facts.samples) &&
      read(json, "sample_ms", facts.sample_ms) && read(json, "window_ns", facts.window) &&
      read(json, "idle_before_ns", facts.idle_before) && read(json, "idle_after_ns", facts.idle_after) &&
      read(json, "read_until_ns", facts.read_until_ns) && read(json, "wake_lags_us", facts.wake_lags);
  auto within = window_facts_from_json(json);
  if (!fits || !window_s || !within) return std::nullopt;
  facts.window_s = *window_s;
  facts.within = *std::move(within);
  return facts;
}

}  // namespace

double allowed_apart_s(double seen_s) {
  constexpr double kLargestShare = 0.01;
  // It decides for windows below 5 s only: of 10 s, the shortest of one launch that is ranked, a hundredth is
  // more.
  constexpr double kSchedulingS = 0.05;
  return std::max(kLargestShare * seen_s, kSchedulingS);
}

Json to_json(const WindowFacts& facts) {
  Json json = Json::object();
  if (facts.part_ns > 0) json["part_ns"] = facts.part_ns;
  for (const PartFacts& part : facts.parts)
    json["parts"].push_back({part.wanted_ns, part.duration_ns, part.queries, part.samples});
  if (!facts.meter_ratios.empty()) json["meter_ratios"] = facts.meter_ratios;
  return json;
}

std::optional<WindowFacts> window_facts_from_json(const Json& json) {
  WindowFacts facts;
  if (!json.is_object() || !read(json, "parts", facts.parts) ||
      !read(json, "meter_ratios", facts.meter_ratios))
    return std::nullopt;
  if (json.contains("part_ns")) {
    if (!is_part_number(json["part_ns"])) return std::nullopt;
    facts.part_ns = json["part_ns"];
  }
  if (facts.parts.empty() != (facts.part_ns == 0)) return std::nullopt;
  return facts;
}

std::string to_line(const LaunchFacts& facts) {
  Json json = {{"workload", facts.workload},   {"backend", facts.backend},   {"device", facts.device},
               {"precision", facts.precision}, {"scenario", facts.scenario}, {"window_s", facts.window_s},
               {"queries", facts.queries},     {"samples", facts.samples}};
  if (!facts.raw_files.empty()) json["raw_files"] = facts.raw_files;
  if (!facts.power_files.empty()) json["power_files"] = facts.power_files;
  if (facts.sample_ms) json["sample_ms"] = *facts.sample_ms;
  if (facts.window) json["window_ns"] = to_json(*facts.window);
  if (facts.idle_before) json["idle_before_ns"] = to_json(*facts.idle_before);
  if (facts.idle_after) json["idle_after_ns"] = to_json(*facts.idle_after);
  if (!facts.read_until_ns.empty()) json["read_until_ns"] = facts.read_until_ns;
  if (facts.wake_lags) json["wake_lags_us"] = {facts.wake_lags->p50_us, facts.wake_lags->p99_us};
  json.update(to_json(facts.within));
  return canonical_json(json) + "\n";
}

Result<std::vector<LaunchFacts>> launches_from_text(std::string_view text, std::string_view name) {
  std::vector<LaunchFacts> all;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    auto facts = end == std::string_view::npos ? std::nullopt : from_json(parse_json(text.substr(0, end)));
    if (!facts)
      return Error{ErrorKind::invalid,
                   fmt::format("line {} of {} says nothing of a launch", all.size() + 1, name)};
    all.push_back(*std::move(facts));
    text.remove_prefix(end + 1);
  }
  return all;
}

}  // namespace eb
