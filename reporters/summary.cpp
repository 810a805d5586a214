#include "reporters/summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "reporters/text.h"

namespace eb {
namespace {

using Json = nlohmann::ordered_json;
using R = RunRecord;

const SummaryColumn kColumns[] = {
    {"workload", "", "workload", 0, false, [](const R& r) { return one_line(r.workload); }},
    {"device", "", "device", 3, false, [](const R& r) { return device_path(r); }},
    {"precision", "", "precision", 6, false, [](const R& r) { return one_line(r.precision); }},
    {"scenario", "", "scenario", 2, false, [](const R& r) { return one_line(r.scenario); }},
    {"beside", "", "beside", 2, false, [](const R& r) { return one_line(r.beside); }},
    {"interference", "x", "interference", 2, true, [](const R& r) { return measured_text(r.interference); }},
    {"load", "", "target_rate_qps", 3, false, [](const R& r) { return load_text(r); }},
    {"p50", "ms", "latency_p50_ms", 1, true, [](const R& r) { return measured_text(r.latency_p50_ms); }},
    {"p90 ≤ bound", "ms", "latency_p90_bound_ms", 4, true,
     [](const R& r) { return point_and_bound(r.latency_p90_ms, r.latency_p90_bound_ms); }},
    {"throughput", "samples/s", "throughput_sps", 1, true,
     [](const R& r) { return measured_text(r.throughput_sps); }},
    {"speed", "TOPS", "effective_tops", 5, true, [](const R& r) { return measured_text(r.effective_tops); }},
    {"energy", "mJ/sample", "energy_per_sample_mj", 4, true,
     [](const R& r) { return measured_text(r.energy_per_sample_mj); }},
    {"power", "W", "mean_power_w", 4, true, [](const R& r) { return measured_text(r.mean_power_w); }},
    {"efficiency", "TOPS/W", "tops_per_watt", 6, true,
     [](const R& r) { return measured_text(r.tops_per_watt); }},
    {"scope", "", "power_scope", 5, false,
     [](const R& r) { return r.mean_power_w ? one_line(r.power_scope) : ""; }},
    {"kept", "%", "retention_percent", 4, true,
     [](const R& r) { return measured_text(r.retention_percent); }},
    {"quality (target)", "", "quality", 5, true, [](const R& r) { return quality_text(r); }},
    {"placed", "MACs", "placement_macs", 7, true,
     [](const R& r) { return r.placement_macs ? share_text(*r.placement_macs) : ""; }},
    {"memory", "MB", "peak_memory_mb", 8, true, [](const R& r) { return measured_text(r.peak_memory_mb); }},
    {"status", "", "status", 0, false, [](const R& r) { return std::string(status_name(r.status)); }},
};

template <class Texts>
std::vector<Shared> collect(std::span<const R> records, Texts texts_of) {
  std::vector<Shared> all;
  std::unordered_map<std::string, std::size_t> places;
  for (const R& record : records) {
    for (const std::string& raw : texts_of(record)) {
      const std::string text = one_line(raw);
      if (text.empty()) continue;
      const auto [place, is_new] = places.try_emplace(text, all.size());
      if (is_new) all.push_back({text, {}});
      auto& sharing = all[place->second].records;
      if (sharing.empty() || sharing.back() != &record) sharing.push_back(&record);
    }
  }
  return all;
}

}  // namespace

Tone tone_of(RunStatus status) {
  switch (status) {
    case RunStatus::ok:
      return Tone::good;
    case RunStatus::fallback:
    case RunStatus::rejected:
      return Tone::doubtful;
    case RunStatus::unsupported:
    case RunStatus::unavailable:
    case RunStatus::skipped:
      return Tone::quiet;
    default:
      return Tone::bad;
  }
}

std::span<const SummaryColumn> summary_columns() {
  return kColumns;
}

std::string load_text(const R& record) {
  if (!record.target_rate_qps)
    return record.samples_per_query.value_or(1) > 1
               ? fmt::format("{} samples a query", *record.samples_per_query)
               : "";
  const std::string rate = fmt::format("{} queries/s", short_number(*record.target_rate_qps, 4));
  if (!record.latency_target_ms) return rate;
  constexpr double kPercentOfTarget = 99;
  const bool is_held = record.latency_held_percent.value_or(0) >= kPercentOfTarget;
  const std::string target = fmt::format("p99 ≤ {} ms", short_number(*record.latency_target_ms, 4));
  return is_held ? fmt::format("{} with {}", rate, target) : fmt::format("{}; {} not shown", rate, target);
}

std::string_view field_doc(std::string_view name) {
  const Field* field = find_field(name);
  return field == nullptr ? "" : field->doc;
}

std::string label_of(std::string_view name, std::string_view unit) {
  constexpr std::pair<std::string_view, std::string_view> kSuffixes[] = {
      {"ms", "_ms"},         {"ns", "_ns"},         {"s", "_s"},    {"MB", "_mb"},
      {"samples/s", "_sps"}, {"queries/s", "_qps"}, {"degC", "_c"}, {"us", "_us"},
      {"%", "_percent"},     {"mJ", "_mj"},         {"W", "_w"}};
  std::string rest = one_line(name);
  for (const auto& [known, suffix] : kSuffixes) {
    if (unit != known) continue;
    if (const auto at = rest.find(fmt::format("{}_per_", suffix)); at != std::string::npos)
      rest.erase(at, suffix.size());
    else if (rest.ends_with(suffix))
      rest.erase(rest.size() - suffix.size());
  }
  constexpr std::pair<std::string_view, std::string_view> kSpellings[] = {
      {"tops", "TOPS"}, {"gops", "GOP"}, {"macs", "MACs"},      {"cpu", "CPU"}, {"os", "OS"},
      {"mhz", "MHz"},   {"1m", "1 min"}, {"sha256", "SHA-256"}, {"mad", "MAD"}};
  std::string label;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('_'), rest.size());
    std::string word = rest.substr(0, end);
    for (const auto& [plain, spelling] : kSpellings)
      if (word == plain) word = spelling;
    label += (label.empty() ? "" : " ") + word;
    rest.erase(0, end + 1);
  }
  return label;
}

std::string measured_text(R::Number value) {
  return value ? human_number(*value) : "";
}

std::string point_and_bound(R::Number point, R::Number bound) {
  const std::string text = measured_text(point), at_most = measured_text(bound);
  return text.empty() || at_most.empty() ? text : text + " ≤ " + at_most;
}

std::string target_text(const R& record) {
  if (!record.quality_target || !std::isfinite(*record.quality_target)) return "";
  const std::string target = short_number(*record.quality_target);
  if (!record.quality || *record.quality == *record.quality_target) return "target " + target;
  const bool above = *record.quality > *record.quality_target;
  if (record.status == RunStatus::ok) return (above ? "≥ " : "≤ ") + target;
  if (record.status == RunStatus::wrong) return (above ? "≤ " : "≥ ") + target;
  return "target " + target;
}

std::string quality_value(const R& record) {
  return record.quality ? short_number(*record.quality) : "";
}

std::string quality_text(const R& record) {
  const std::string quality = quality_value(record), target = target_text(record);
  return quality.empty() || target.empty() ? quality : fmt::format("{} ({})", quality, target);
}

std::string device_path(const R& record) {
  const std::string backend = one_line(record.backend), device = one_line(record.device);
  return device.empty() || device == backend ? backend : backend + "/" + device;
}

std::string share_text(double share) {
  if (!std::isfinite(share)) return "";
  const double percent = share * 100;
  if (share < 1 && percent >= 99.95) return "> 99.9 %";
  return short_number(percent, percent < 10 ? 2 : 3) + " %";
}

std::string context_text(const Json& value) {
  if (value.is_string()) return one_line(value.get_ref<const std::string&>());
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  if (value.is_number_integer()) return value.dump();
  if (value.is_number_float()) {
    const double number = value.get<double>();
    return std::fabs(number) < 1000 ? short_number(number) : short_number(std::round(number), 15);
  }
  if (value.is_null()) return "";
  return one_line(value.dump(-1, ' ', false, Json::error_handler_t::replace));
}

std::vector<LibraryRow> library_rows(const Run& run) {
  std::vector<LibraryRow> rows;
  const auto at = run.context.find("libraries");
  if (at == run.context.end() || !at->is_array()) return rows;
  for (const Json& row : *at) {
    if (!row.is_object()) continue;
    const auto text = [&](const char* key) { return row.contains(key) ? context_text(row[key]) : ""; };
    rows.push_back({text("path"), text("version"), text("sha256")});
  }
  return rows;
}

std::string context_text(const Run& run, std::string_view key) {
  const auto at = run.context.find(key);
  return at == run.context.end() ? "" : context_text(*at);
}

namespace {

// "min_mhz": 408 is "min 408 MHz".
std::string member_text(std::string_view key, const Json& value) {
  constexpr std::pair<std::string_view, std::string_view> kUnits[] = {{"_mhz", " MHz"}, {"mbps", " Mbit/s"}};
  std::string unit;
  for (const auto& [suffix, spelling] : kUnits)
    if (key.ends_with(suffix)) {
      key.remove_suffix(suffix.size());
      unit = spelling;
    }
  std::string label = one_line(key);
  std::replace(label.begin(), label.end(), '_', ' ');
  return label + (label.empty() ? "" : " ") + context_text(value) + unit;
}

// {"domain": "gpu", "cur_mhz": 300} is "gpu: cur 300 MHz": the first member is the name.
std::string object_text(const Json& object) {
  std::string text;
  for (const auto& [key, value] : object.items())
    text += text.empty() ? context_text(value) + ": " : member_text(key, value) + ", ";
  if (text.size() >= 2) text.resize(text.size() - 2);
  return text;
}

bool is_list_of(const Json& value, bool (Json::*is_kind)() const noexcept) {
  return value.is_array() &&
         std::all_of(value.begin(), value.end(), [&](const Json& item) { return (item.*is_kind)(); });
}

// One row for each object of a list, else one for the value.
std::vector<std::string> value_texts(const Json& value) {
  std::vector<std::string> texts;
  if (value.is_array() && value.empty()) return {"none"};
  if (is_list_of(value, &Json::is_object)) {
    for (const Json& item : value) texts.push_back(object_text(item));
  } else if (is_list_of(value, &Json::is_string)) {
    std::string text;
    for (const Json& item : value) text += (text.empty() ? "" : ", ") + context_text(item);
    texts.push_back(std::move(text));
  } else {
    texts.push_back(context_text(value));
  }
  return texts;
}

}  // namespace

std::vector<ContextRow> context_rows(const Run& run) {
  std::vector<ContextRow> rows;
  const auto add = [&](std::string_view key, const Json& value, std::string_view unit, std::string_view doc) {
    for (std::string& text : value_texts(value)) {
      if (text.empty()) continue;
      if (!unit.empty()) text += " " + std::string(unit);
      rows.push_back({label_of(key, unit), std::move(text), std::string(doc)});
    }
  };
  for (const ContextKey& known : context_keys()) {
    const auto at = run.context.find(known.key);
    if (at == run.context.end()) continue;
    if (known.key == "libraries" && at->is_array())
      add(known.key, fmt::format("{}, listed in run.json", at->size()), known.unit, known.doc);
    else
      add(known.key, *at, known.unit, known.doc);
  }
  for (const auto& [key, value] : run.context.items()) {
    const auto keys = context_keys();
    const auto is_key = [&name = key](const ContextKey& known) { return known.key == name; };
    if (std::none_of(keys.begin(), keys.end(), is_key)) add(key, value, "", "");
  }
  return rows;
}

std::vector<RecordGroup> group_records(std::span<const R> records) {
  std::vector<RecordGroup> groups;
  std::unordered_map<std::string, std::size_t> places;
  for (const R& record : records) {
    std::string key;
    // Lengths, so that no two different keys run together.
    for (const std::string* part :
         {&record.workload, &record.backend, &record.device, &record.precision, &record.beside})
      key += fmt::format("{}:{}", part->size(), *part);
    const auto [place, is_new] = places.try_emplace(std::move(key), groups.size());
    if (is_new) groups.emplace_back();
    groups[place->second].records.push_back(&record);
  }
  return groups;
}

std::vector<Shared> shared_texts(std::span<const R> records, R::Texts R::*texts) {
  return collect(records, [&](const R& record) -> const R::Texts& { return record.*texts; });
}

std::vector<Shared> shared_texts(std::span<const R> records, std::string R::*text) {
  return collect(records, [&](const R& record) { return R::Texts{record.*text}; });
}

std::vector<Shared> shared_unranked_reasons(std::span<const R> records) {
  return collect(records, [](const R& record) {
    return record.status == RunStatus::ok ? record.unranked_reasons : R::Texts{};
  });
}

std::vector<Shared> folded(const std::vector<Shared>& items) {
  std::vector<Shared> all;
  std::vector<std::string> leads;
  for (const Shared& item : items) {
    const std::string lead = item.text.substr(0, std::min(item.text.find(": "), item.text.find(" (")));
    const auto same = std::find(leads.begin(), leads.end(), lead);
    if (lead == item.text || same == leads.end()) {
      all.push_back(item);
      leads.push_back(lead);
      continue;
    }
    Shared& earlier = all[static_cast<std::size_t>(same - leads.begin())];
    earlier.text = lead + ": see each workload";
    for (const RunRecord* record : item.records)
      if (std::find(earlier.records.begin(), earlier.records.end(), record) == earlier.records.end())
        earlier.records.push_back(record);
  }
  return all;
}

std::vector<std::string> workloads_of(const Shared& shared) {
  std::vector<std::string> workloads;
  for (const R* record : shared.records) {
    std::string workload = one_line(record->workload);
    if (std::find(workloads.begin(), workloads.end(), workload) == workloads.end())
      workloads.push_back(std::move(workload));
  }
  return workloads;
}

std::array<std::size_t, kStatusCount> count_statuses(std::span<const R> records) {
  std::array<std::size_t, kStatusCount> counts{};
  for (const R& record : records) ++counts[static_cast<std::size_t>(record.status)];
  return counts;
}

std::string record_title(const R& record) {
  std::string title = one_line(record.workload);
  for (const std::string& part : {device_path(record), one_line(record.precision), one_line(record.scenario)})
    if (!part.empty()) title += " " + part;
  if (!record.beside.empty()) title += " beside " + one_line(record.beside);
  return title;
}

std::string machine_title(const Run& run) {
  std::string machine = context_text(run, "machine"), cpu = context_text(run, "cpu");
  if (machine.empty() && cpu.empty()) return "Unnamed machine";
  return cpu.empty() ? machine : cpu;
}

std::vector<std::string> headline_facts(const Run& run) {
  std::vector<std::string> facts;
  const auto add = [&](std::string text) {
    if (!text.empty()) facts.push_back(std::move(text));
  };
  if (!context_text(run, "cpu").empty()) add(context_text(run, "machine"));
  add(context_text(run, "os"));
  add(context_text(run, "runtime"));
  std::vector<std::string> tiers;
  std::string all_tiers;
  for (const R& record : run.records) {
    const std::string tier = one_line(record.tier);
    if (tier.empty() || std::find(tiers.begin(), tiers.end(), tier) != tiers.end()) continue;
    all_tiers += (tiers.empty() ? "" : ", ") + tier;
    tiers.push_back(tier);
  }
  if (!tiers.empty()) add((tiers.size() == 1 ? "tier " : "tiers ") + all_tiers);
  add(context_text(run, "started_at"));
  return facts;
}

}  // namespace eb
