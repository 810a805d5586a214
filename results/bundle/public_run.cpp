#include "results/bundle/public_run.h"

#include <algorithm>

#include "harness/base/ascii.h"
#include "results/bundle/bundle.h"
#include "results/bundle/manifest.h"
#include "results/bundle/public_raw.h"
#include "results/bundle/scrub.h"

namespace eb {
namespace {

using Json = nlohmann::ordered_json;
using Names = std::vector<std::string>;

// Keys of the context that say what a machine is, and none that says which one. Not here, so they stay:
// `command` (it is rebuilt), reasons why a backend is absent, and whatever is not known.
constexpr std::string_view kContextKeys[] = {
    "started_at", "duration_s", "interrupted", "edgebench_version", "edgebench_commit", "build_type",
    "compiler", "compile_flags", "os", "kernel", "arch", "machine", "virtual_machine", "cpu", "cpu_cores",
    "cpu_threads", "cpu_mhz", "cpu_max_mhz", "governor", "memory_mb", "load_1m", "cpu_busy_percent",
    "isolation", "runtime", "runtime_build", "runtime_sha256", "libraries", "harness_overhead_ns",
    // What else it was when it ran.
    "firmware", "microcode", "container", "clocks", "links", "drivers", "performance_profile", "cpu_boost",
    "energy_preference", "power_source", "battery_percent", "battery_status", "ambient_c", "cgroup_cpu_limit",
    "cgroup_cpus", "cgroup_memory_limit_mb", "steal_percent", "throttled_core_events",
    "throttled_package_events", "throttled_supply_events", "throttled_board", "cgroup_throttled_periods",
    "cgroup_throttled_ms", "ort_log_level"};

// Texts of a record that go as they are, apart from what looks private in them.
constexpr std::string_view kTexts[] = {"task",
                                       "backend",
                                       "device",
                                       "device_name",
                                       "device_kind",
                                       "driver",
                                       "runtime",
                                       "provider_options",
                                       "precision",
                                       "compute_precision",
                                       "scenario",
                                       "beside",
                                       "tier",
                                       "reason",
                                       "warnings",
                                       "unranked_reasons",
                                       "audits",
                                       "cache",
                                       "peak_basis",
                                       "claim",
                                       "placement_evidence",
                                       "placement",
                                       "quality_metric",
                                       "quality_basis",
                                       "meter",
                                       "power_scope",
                                       "evidence_class",
                                       "temperature_sensor",
                                       "clock",
                                       "licence"};

template <std::size_t N>
bool is_in(const std::string_view (&list)[N], std::string_view text) {
  return std::find(std::begin(list), std::end(list), text) != std::end(list);
}

// Of a library the file's name, if it is like that of one.
std::string library_name(const std::string& path) {
  std::string name = path.substr(path.find_last_of("/\\") + 1);
  const bool is_library = (name.starts_with("lib") && name.find(".so") != std::string::npos) ||
                          name.ends_with(".dll") || name.ends_with(".dylib");
  return is_library ? scrub(name) : "PATH";
}

Json public_value(const Json& value, const Names& names) {
  if (value.is_string()) return scrub(value.get<std::string>(), names);
  if (!value.is_structured()) return value;
  Json out = value.is_array() ? Json::array() : Json::object();
  for (const auto& [key, item] : value.items()) {
    if (value.is_array()) {
      out.push_back(public_value(item, names));
    } else if (key == "path" && item.is_string()) {
      out[key] = library_name(item.get<std::string>());
    } else if (scrub(key, names) == key) {
      out[key] = public_value(item, names);
    }
  }
  return out;
}

std::string public_commit(const std::string& commit) {
  constexpr std::string_view kSigns = "0123456789abcdef+dirtyunkw";
  return commit.find_first_not_of(kSigns) == std::string::npos ? commit : "";
}

Json public_context(const Json& context, const Names& names) {
  Json out = Json::object();
  for (const auto& [key, value] : context.items()) {
    if (!is_in(kContextKeys, key)) continue;
    if (key == "edgebench_commit") {
      if (value.is_string()) out[key] = public_commit(value.get<std::string>());
    } else {
      out[key] = public_value(value, names);
    }
  }
  return out;
}

// What a user calls his model is in messages, too; "model" tells nothing.
Names names_in(const RunRecord& record, const Run& run, const Names& names) {
  constexpr std::string_view kGroup = "user/";
  constexpr std::size_t kShortest = 3;
  Names all = names;
  const bool is_named = record.workload.starts_with(kGroup) && record.workload != "user/model" &&
                        record.workload != public_workload(record.workload, run);
  if (is_named && record.workload.size() >= kGroup.size() + kShortest)
    all.push_back(record.workload.substr(kGroup.size()));
  return all;
}

// Scrubbed until it stays as it is, with names and without: others see it without knowing them.
std::string settled(std::string_view text, const Names& names) {
  constexpr int kMostRounds = 4;
  std::string shown = scrub(text, names);
  for (int i = 0; i < kMostRounds; ++i) {
    std::string again = scrub(shown);
    if (again == shown) break;
    shown = std::move(again);
  }
  return shown;
}

struct Show {
  const RunRecord& from;
  RunRecord& to;
  const Names& names;
  bool is_shown_text;

  void operator()(std::string RunRecord::*m) const {
    if (is_shown_text) to.*m = settled(from.*m, names);
  }
  void operator()(RunRecord::Texts RunRecord::*m) const {
    if (!is_shown_text) return;
    for (const std::string& text : from.*m) (to.*m).push_back(settled(text, names));
  }
  // Numbers and choices name nobody.
  template <class T>
  void operator()(T RunRecord::*m) const {
    to.*m = from.*m;
  }
};

RunRecord public_record(const RunRecord& record, const Run& run, const Names& names) {
  RunRecord out;
  const Names all = names_in(record, run, names);
  for (const Field& field : fields())
    std::visit(Show{record, out, all, is_in(kTexts, field.name)}, field.member);
  out.workload = scrub(public_workload(record.workload, run), names);
  if (is_utc_time(record.started_at)) out.started_at = record.started_at;
  for (auto member : {&RunRecord::model_sha256, &RunRecord::data_sha256})
    if (is_sha256(record.*member)) out.*member = record.*member;
  for (auto member : {&RunRecord::raw_files, &RunRecord::power_files})
    for (const std::string& file : record.*member)
      if (auto name = public_file(file)) (out.*member).push_back(*std::move(name));
  out.command = command_of(replay_plan({.records = {out}}));
  return out;
}

}  // namespace

Run public_run(const Run& run, const Names& names) {
  Run out;
  out.context = public_context(run.context, names);
  for (const RunRecord& record : run.records) out.records.push_back(public_record(record, run, names));
  if (!out.records.empty()) out.context["command"] = command_of(replay_plan(out));
  return out;
}

}  // namespace eb
