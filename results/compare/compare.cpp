#include "results/compare/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "results/compare/explain.h"
#include "results/compare/match.h"
#include "results/compare/speed.h"

namespace eb {
namespace {

using Json = nlohmann::ordered_json;

// Of a difference without an interval, less is not worth a suspicion: launches of one cell differ by some
// percent.
constexpr double kLeastSuspicious = 1.1;

std::string device_path(const RunRecord& record) {
  return record.device.empty() ? record.backend : record.backend + ":" + record.device;
}

std::string name_with(const RunRecord& record, const std::string& device) {
  std::string name = fmt::format("{}, {}, {}", record.workload, device, record.precision);
  if (!record.scenario.empty()) name += ", " + record.scenario;
  if (!record.beside.empty()) name += ", beside " + record.beside;
  return name;
}

// What makes two numbers answers to different questions; "" for nothing.
std::string refusal_of(const RunRecord& first, const RunRecord& other) {
  if (first.tier != other.tier) return fmt::format("tier {} against {}", first.tier, other.tier);
  if (first.samples_per_query.value_or(1) != other.samples_per_query.value_or(1))
    return fmt::format("{} samples a query against {}", first.samples_per_query.value_or(1),
                       other.samples_per_query.value_or(1));
  const double a = first.target_rate_qps.value_or(0), b = other.target_rate_qps.value_or(0);
  if (first.scenario == "paced" && std::abs(a - b) > 1e-6 * std::max(a, b))
    return fmt::format("{:.6g} queries/s against {:.6g}", a, b);
  const double held = first.latency_target_ms.value_or(0), other_held = other.latency_target_ms.value_or(0);
  if (first.scenario == "server" && held != other_held)
    return fmt::format("a latency target of {:.6g} ms against {:.6g} ms", held, other_held);
  return "";
}

void compare_energy(Comparison& cell, const CompareOptions& options) {
  using R = RunRecord;
  const R &a = cell.first, &b = cell.other;
  if (!a.energy_per_sample_mj || !b.energy_per_sample_mj) return;
  const double first = *a.energy_per_sample_mj, other = *b.energy_per_sample_mj;
  if (!(first > 0 && other > 0 && std::isfinite(first) && std::isfinite(other))) return;
  if (a.power_scope != b.power_scope) {
    cell.energy_reason = fmt::format("power of {} against that of {}", a.power_scope, b.power_scope);
    if (!options.is_forced) return;
    cell.energy_reason = "forced: " + cell.energy_reason;
  }
  Ratio ratio{first / other, std::nullopt};
  if (a.energy_per_sample_low_mj && a.energy_per_sample_high_mj && b.energy_per_sample_low_mj &&
      b.energy_per_sample_high_mj)
    ratio.interval =
        recovered_ratio_interval({first, {*a.energy_per_sample_low_mj, *a.energy_per_sample_high_mj}},
                                 {other, {*b.energy_per_sample_low_mj, *b.energy_per_sample_high_mj}});
  cell.energy = ratio;
}

void compare_quality(Comparison& cell) {
  const RunRecord &a = cell.first, &b = cell.other;
  if (a.quality && b.quality && a.quality_metric == b.quality_metric && a.quality_basis == b.quality_basis &&
      std::isfinite(*a.quality) && std::isfinite(*b.quality))
    cell.quality_change = *b.quality - *a.quality;
}

struct Judged {
  Comparison cell{};
  std::optional<SpeedRatio> speed{};
};

Judged judge(const CellPair& pair, const CompareOptions& options) {
  Judged judged;
  Comparison& cell = judged.cell;
  cell.first = *pair.first;
  cell.other = *pair.other;
  compare_quality(cell);
  const std::string refusal = refusal_of(cell.first, cell.other);
  cell.is_forced = !refusal.empty() && options.is_forced;
  cell.reason = cell.is_forced ? "forced: " + refusal : refusal;
  if (!refusal.empty() && !cell.is_forced) return judged;
  compare_energy(cell, options);
  judged.speed = speed_ratio(cell.first, cell.other);
  cell.metric = judged.speed->metric;
  cell.speed = ratio_of(*judged.speed);
  cell.verdict = verdict_of(*cell.speed);
  if (!judged.speed->reason.empty()) cell.reason += (cell.reason.empty() ? "" : "; ") + judged.speed->reason;
  return judged;
}

using Groups = std::map<std::pair<std::string, std::string>, std::vector<SpeedRatio>>;

std::vector<GroupRatio> group_ratios(const std::vector<Judged>& all) {
  Groups groups;  // by precision and task; of all tasks first
  for (const Judged& judged : all) {
    if (!judged.speed) continue;
    groups[{judged.cell.first.precision, ""}].push_back(*judged.speed);
    if (!judged.cell.first.task.empty())
      groups[{judged.cell.first.precision, judged.cell.first.task}].push_back(*judged.speed);
  }
  std::vector<GroupRatio> ratios;
  for (const auto& [key, speeds] : groups)
    ratios.push_back({key.second, key.first, geometric_mean_of(speeds), speeds.size()});
  return ratios;
}

double size_of(const Ratio& ratio) {
  return std::abs(std::log(ratio.value));
}

bool wants_reason(const Comparison& cell) {
  if (!cell.speed) return false;
  if (cell.verdict == CompareVerdict::too_few_launches)
    return size_of(*cell.speed) > std::log(kLeastSuspicious);
  return cell.verdict == CompareVerdict::faster || cell.verdict == CompareVerdict::slower;
}

// Of each pair of devices the cell that differs most; one that is sure before one that is not.
std::vector<Explanation> explain_all(const NamedRun& first, const NamedRun& other,
                                     const std::vector<Comparison>& cells) {
  std::map<std::string, const Comparison*> worst;
  const auto weight = [](const Comparison& cell) {
    return std::pair(cell.speed->interval.has_value(), size_of(*cell.speed));
  };
  for (const Comparison& cell : cells) {
    if (!wants_reason(cell)) continue;
    const Comparison*& found = worst[device_name_of(cell)];
    if (found == nullptr || weight(*found) < weight(cell)) found = &cell;
  }
  std::vector<Explanation> all;
  for (const auto& [device, cell] : worst) {
    Explanation explanation =
        explain({first.run.context, cell->first}, {other.run.context, cell->other}, *cell->speed);
    explanation.device = device;
    explanation.cell = cell_name(*cell);
    if (!explanation.causes.empty()) all.push_back(std::move(explanation));
  }
  return all;
}

std::vector<ContextDifference> context_differences(const Json& first, const Json& other) {
  static const std::set<std::string_view> kAlwaysDiffer = {"started_at", "duration_s", "command", "load_1m",
                                                           "harness_overhead_ns"};
  std::vector<ContextDifference> differences;
  if (!first.is_object() || !other.is_object()) return differences;
  const auto look = [](const Json& object, const std::string& key) {
    const auto at = object.find(key);
    return at == object.end() ? Json() : *at;
  };
  for (const auto& [key, value] : first.items())
    if (kAlwaysDiffer.count(key) == 0 && value != look(other, key))
      differences.push_back({key, value, look(other, key)});
  for (const auto& [key, value] : other.items())
    if (kAlwaysDiffer.count(key) == 0 && !first.contains(key)) differences.push_back({key, Json(), value});
  return differences;
}

// A cell that one side has no speed of, where the other has one.
std::string lonely(const RunRecord& record, const RunRecord* partner) {
  if (partner == nullptr) return cell_name(record);
  if (partner->status == RunStatus::ok) return cell_name(record) + ": the other has no speed";
  return fmt::format("{}: the other is {}", cell_name(record), status_name(partner->status));
}

}  // namespace

std::string_view verdict_name(CompareVerdict verdict) {
  switch (verdict) {
    case CompareVerdict::faster:
      return "faster";
    case CompareVerdict::slower:
      return "slower";
    case CompareVerdict::no_difference:
      return "no significant difference";
    case CompareVerdict::too_few_launches:
      return "not enough launches";
    case CompareVerdict::not_comparable:
      break;
  }
  return "not comparable";
}

CompareVerdict verdict_of(const Ratio& ratio) {
  if (!ratio.interval) return CompareVerdict::too_few_launches;
  if (ratio.interval->low > 1) return CompareVerdict::faster;
  return ratio.interval->high < 1 ? CompareVerdict::slower : CompareVerdict::no_difference;
}

bool is_slower_by(const Ratio& ratio, double percent) {
  return ratio.interval && ratio.interval->high * (1 + percent / 100) < 1;
}

std::string cell_name(const RunRecord& record) {
  return name_with(record, device_path(record));
}

std::string cell_name(const Comparison& cell) {
  return name_with(cell.first, device_name_of(cell));
}

std::string device_name_of(const Comparison& cell) {
  const std::string first = device_path(cell.first), other = device_path(cell.other);
  return first == other ? first : fmt::format("{} / {}", first, other);
}

RunComparison compare_runs(const NamedRun& first, const NamedRun& other, const CompareOptions& options) {
  const Matched matched = options.may_devices_differ ? match_fastest(first.run.records, other.run.records)
                                                     : match_cells(first.run.records, other.run.records);
  RunComparison result;
  result.first = first.name;
  result.other = other.name;
  std::vector<Judged> judged;
  for (const CellPair& pair : matched.pairs) {
    const bool is_first = has_speed(*pair.first), is_other = has_speed(*pair.other);
    if (is_first && is_other)
      judged.push_back(judge(pair, options));
    else if (is_first)
      result.only_first.push_back(lonely(*pair.first, pair.other));
    else if (is_other)
      result.only_other.push_back(lonely(*pair.other, pair.first));
  }
  for (const RunRecord* record : matched.only_first)
    if (has_speed(*record)) result.only_first.push_back(lonely(*record, nullptr));
  for (const RunRecord* record : matched.only_other)
    if (has_speed(*record)) result.only_other.push_back(lonely(*record, nullptr));
  result.groups = group_ratios(judged);
  for (Judged& one : judged) result.cells.push_back(std::move(one.cell));
  result.explanations = explain_all(first, other, result.cells);
  result.context = context_differences(first.run.context, other.run.context);
  return result;
}

}  // namespace eb
