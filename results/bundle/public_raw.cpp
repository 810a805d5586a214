#include "results/bundle/public_raw.h"

#include <algorithm>

#include "harness/base/ascii.h"
#include "harness/base/json.h"
#include "harness/core/launch.h"
#include "harness/meters/trace_file.h"
#include "results/bundle/scrub.h"

namespace eb {
namespace {

bool is_number(std::string_view text) {
  constexpr std::size_t kMostDigits = 9;
  return !text.empty() && text.size() <= kMostDigits &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// ".lat", ".power.csv", ".power2.csv", ".sensors.csv"
bool is_kind(std::string_view ending) {
  if (ending == ".lat" || ending == ".sensors.csv" || ending == ".power.csv") return true;
  constexpr std::string_view kBefore = ".power", kBehind = ".csv";
  if (!ending.starts_with(kBefore) || !ending.ends_with(kBehind)) return false;
  ending.remove_prefix(kBefore.size());
  ending.remove_suffix(kBehind.size());
  return is_number(ending);
}

void scrub_texts(nlohmann::json& json, const std::vector<std::string>& names) {
  if (json.is_string()) json = scrub(json.get<std::string>(), names);
  if (json.is_structured())
    for (nlohmann::json& item : json) scrub_texts(item, names);
}

std::string public_line(std::string_view line, const std::vector<std::string>& names) {
  constexpr std::string_view kMeter = "# {";
  if (line.starts_with(kMeter)) {
    auto json = parse_json(line.substr(2));
    scrub_texts(json, names);
    return "# " + canonical_json(json);
  }
  std::size_t end = 0;  // of the value: what is behind the third comma is a text
  for (int i = 0; i < 3 && end != std::string_view::npos; ++i) end = line.find(',', i == 0 ? 0 : end + 1);
  if (end == std::string_view::npos || line.starts_with('#') || end + 1 == line.size())
    return std::string(line);
  const bool is_head = line.substr(end + 1) == "problem";
  return std::string(line.substr(0, end + 1)) +
         (is_head ? std::string("problem") : scrub(line.substr(end + 1), names));
}

}  // namespace

std::optional<std::string> public_file(std::string_view file) {
  constexpr std::string_view kFolder = "raw/";
  if (!file.starts_with(kFolder)) return std::nullopt;
  const std::string_view name = file.substr(kFolder.size());
  const std::size_t first = name.find('_'), last = name.rfind('_');
  if (first == std::string_view::npos || name.find('/') != std::string_view::npos) return std::nullopt;
  const std::string_view rest = name.substr(last + 1);
  const std::size_t dot = std::min(rest.find('.'), rest.size());
  if (!is_number(name.substr(0, first)) || !is_number(rest.substr(0, dot)) || !is_kind(rest.substr(dot)))
    return std::nullopt;
  return std::string(kFolder) + std::string(name.substr(0, first)) + "_" + std::string(rest);
}

std::string public_workload(const std::string& workload, const Run& run) {
  constexpr std::string_view kGroup = "user/";
  constexpr std::size_t kShownDigits = 16;
  if (!workload.starts_with(kGroup)) return workload;
  for (const RunRecord& record : run.records)
    if (record.workload == workload && is_sha256(record.model_sha256))
      return std::string(kGroup) + record.model_sha256.substr(0, kShownDigits);
  return std::string(kGroup) + "model";
}

Result<std::string> public_trace(std::string_view text, std::string_view name,
                                 const std::vector<std::string>& names) {
  if (const auto traces = traces_from_text(text, name); !traces) return traces.error();
  std::string out;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) break;  // a last line that was cut off says nothing
    out += public_line(text.substr(0, end), names) + "\n";
    text.remove_prefix(end + 1);
  }
  return out;
}

Result<std::string> public_launches(std::string_view text, const Run& run) {
  EB_GET(auto launches, launches_from_text(text, kLaunchesFile));
  std::string out;
  for (LaunchFacts& facts : launches) {
    facts.workload = public_workload(facts.workload, run);
    for (auto* files : {&facts.raw_files, &facts.power_files}) {
      std::vector<std::string> shown;
      for (const std::string& file : *files)
        if (auto name = public_file(file)) shown.push_back(*std::move(name));
      *files = std::move(shown);
    }
    out += to_line(facts);
  }
  return out;
}

}  // namespace eb
