#include "reporters/comparison_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "reporters/summary.h"
#include "reporters/text.h"

namespace eb {
namespace {

using R = RunRecord;

// 1.004, 1.60, 12.3, 250: as many digits as tell it from 1.
std::string factor(double value) {
  if (value < 1.1) return fmt::format("{:.3f}", value);
  if (value < 10) return fmt::format("{:.2f}", value);
  return human_number(value, 3);
}

std::string spaced(std::string_view word) {
  return word.empty() ? "" : std::string(word) + " ";
}

std::string percent(double share) {
  return fmt::format("{:.0f} %", std::clamp(100 * share, 0.0, 100.0));
}

}  // namespace

RunRecord::Number metric_of(const RunRecord& record, std::string_view metric) {
  const Field* field = find_field(metric);
  if (field == nullptr) return std::nullopt;
  const auto* member = std::get_if<R::Number R::*>(&field->member);
  return member == nullptr ? std::nullopt : record.**member;
}

std::string run_letter(std::size_t run) {
  return run < 26 ? std::string(1, static_cast<char>('A' + run)) : fmt::format("R{}", run + 1);
}

std::string times_text(double ratio) {
  return factor(std::max(ratio, 1 / ratio)) + "x";
}

std::string ratio_text(const Ratio& ratio, const RatioWords& words) {
  const CompareVerdict verdict = verdict_of(ratio);
  if (verdict == CompareVerdict::too_few_launches) return std::string(verdict_name(verdict));
  const Interval& interval = *ratio.interval;
  if (verdict == CompareVerdict::no_difference) {
    const double most = std::max(interval.high, 1 / interval.low);
    return fmt::format("{}(±{} %)", spaced(words.same), human_number(100 * (most - 1), 2));
  }
  const bool is_better = verdict == CompareVerdict::faster;
  const double low = is_better ? interval.low : 1 / interval.high;
  const double high = is_better ? interval.high : 1 / interval.low;
  return fmt::format("{} {}({} to {})", times_text(ratio.value),
                     spaced(is_better ? words.better : words.worse), factor(low), factor(high));
}

std::string first_value(const Comparison& cell) {
  return measured_text(metric_of(cell.first, cell.metric));
}

std::string other_value(const Comparison& cell) {
  return measured_text(metric_of(cell.other, cell.metric));
}

std::string metric_text(std::string_view metric) {
  if (metric == "latency_mean_ms") return "mean latency, ms";
  if (metric == "throughput_sps") return "throughput, samples/s";
  return metric == "target_rate_qps" ? "highest rate, queries/s" : "";
}

std::string energy_text(const Comparison& cell) {
  if (!cell.energy)
    return cell.energy_reason.empty() ? "" : "not comparable: " + one_line(cell.energy_reason);
  const std::string text = cell.energy->interval
                               ? ratio_text(*cell.energy, {.better = "less", .worse = "more"})
                               : "no interval of the energy";
  return cell.energy_reason.empty() ? text : text + ", " + one_line(cell.energy_reason);
}

std::string quality_change_text(const Comparison& cell) {
  if (!cell.quality_change || *cell.quality_change == 0) return "";
  return fmt::format("{} → {}", short_number(*cell.first.quality, 4), short_number(*cell.other.quality, 4));
}

std::vector<CellGroup> group_cells(std::span<const Comparison> cells) {
  std::vector<CellGroup> groups;
  std::map<std::string, std::size_t> places;
  for (const Comparison& cell : cells) {
    std::string title = fmt::format("{}, {}", device_name_of(cell), cell.first.precision);
    if (!cell.first.scenario.empty()) title.append(", ").append(cell.first.scenario);
    title = one_line(title);
    const std::string_view usual = cell.first.scenario == "offline" ? "throughput_sps" : "latency_mean_ms";
    const std::string metric = metric_text(cell.metric.empty() ? usual : cell.metric);
    const auto [at, is_new] = places.try_emplace(fmt::format("{}\n{}", title, metric), groups.size());
    if (is_new) groups.push_back({title, metric, {}});
    groups[at->second].cells.push_back(&cell);
  }
  return groups;
}

std::vector<const GroupRatio*> shown_groups(std::span<const GroupRatio> groups) {
  std::vector<const GroupRatio*> shown;
  for (const GroupRatio& group : groups)
    if (group.task.empty() || group.cells > 1) shown.push_back(&group);
  return shown;
}

std::string group_title(const GroupRatio& group) {
  return one_line(fmt::format("{}, {}", group.precision, group.task.empty() ? "all tasks" : group.task));
}

std::vector<std::string> reasons_of(std::span<const Comparison> cells) {
  std::vector<std::pair<std::string, std::size_t>> counts;
  for (const Comparison& cell : cells) {
    if (cell.reason.empty()) continue;
    const std::string text = one_line(
        cell.is_forced ? cell.reason : fmt::format("{}: {}", verdict_name(cell.verdict), cell.reason));
    const auto at =
        std::find_if(counts.begin(), counts.end(), [&](const auto& one) { return one.first == text; });
    if (at == counts.end())
      counts.emplace_back(text, 1);
    else
      ++at->second;
  }
  std::vector<std::string> reasons;
  reasons.reserve(counts.size());
  for (const auto& [text, count] : counts)
    reasons.push_back(fmt::format("{} ({})", text, counted(count, "cell")));
  return reasons;
}

std::string explanation_head(const Explanation& explanation) {
  const bool is_sure = explanation.ratio.interval.has_value();
  return one_line(fmt::format("{} {} {} {}. What can cause that:", explanation.cell,
                              is_sure ? "is" : "seems (too few launches to be sure)",
                              times_text(explanation.ratio.value),
                              explanation.ratio.value > 1 ? "faster" : "slower"));
}

std::string cause_note(const Cause& cause) {
  if (!cause.up_to) return "how much is not known";
  return one_line(fmt::format("up to {}, {} of the difference ({})", times_text(*cause.up_to),
                              cause.share >= 1 ? "all" : percent(cause.share), cause.basis));
}

}  // namespace eb
