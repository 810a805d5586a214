#include "harness/core/ranking.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace eb {
namespace {

constexpr Tier kTiers[] = {
    {"quick", 128, 10, 1}, {"standard", 1024, 60, 3}, {"official", 1024, 600, 5, true}};

std::uint64_t evidence_of(const RunRecord& record) {
  const bool is_block = !record.latency_mean_ms;
  return static_cast<std::uint64_t>(
      std::max<std::int64_t>(0, (is_block ? record.samples : record.queries).value_or(0)));
}

std::string text_at(const nlohmann::ordered_json& context, const char* key) {
  const auto at = context.find(key);
  return at != context.end() && at->is_string() ? at->get<std::string>() : std::string();
}

double number_at(const nlohmann::ordered_json& context, const char* key) {
  const auto at = context.find(key);
  return at != context.end() && at->is_number() ? at->get<double>() : 0;
}

}  // namespace

Result<Tier> find_tier(std::string_view name) {
  for (const Tier& tier : kTiers)
    if (tier.name == name) return tier;
  return Error{ErrorKind::not_found,
               fmt::format("there is no tier '{}'; known: quick, standard, official", name)};
}

RunRecord::Number held_percent(const RunRecord& record) {
  struct Bound {
    double percent;
    RunRecord::Number RunRecord::*bound_ms;
  };
  constexpr Bound kBounds[] = {{kHeldPercent, &RunRecord::latency_p99_bound_ms},
                               {95, &RunRecord::latency_p95_bound_ms},
                               {90, &RunRecord::latency_p90_bound_ms},
                               {50, &RunRecord::latency_p50_bound_ms}};
  if (!record.latency_target_ms) return std::nullopt;
  for (const Bound& row : kBounds)
    if (const RunRecord::Number& bound_ms = record.*row.bound_ms;
        bound_ms && *bound_ms <= *record.latency_target_ms)
      return row.percent;
  return std::nullopt;
}

bool has_evidence(const Tier& tier, const RunRecord& record) {
  return evidence_of(record) >= tier.min_queries && record.window_s.value_or(0) >= tier.min_window_s * 0.999;
}

std::vector<std::string> shortfalls(const Tier& tier, const RunRecord& record) {
  std::vector<std::string> reasons;
  if (tier.is_audited)
    for (const std::string_view name : kAuditNames)
      if (std::find(record.audits.begin(), record.audits.end(), name) == record.audits.end())
        reasons.push_back(fmt::format("audit {} was not run; tier {} asks for it", name, tier.name));
  if (!has_evidence(tier, record))
    reasons.push_back(fmt::format("trial: {} {} in {:.1f} s; tier {} asks for {} in {:.0f} s",
                                  evidence_of(record), record.latency_mean_ms ? "queries" : "samples",
                                  record.window_s.value_or(0), tier.name, tier.min_queries,
                                  tier.min_window_s));
  if (record.launches.value_or(0) < tier.launches)
    reasons.push_back(fmt::format("{} launches; tier {} asks for {}", record.launches.value_or(0), tier.name,
                                  tier.launches));
  return reasons;
}

HostVerdict judge_host(const nlohmann::ordered_json& context) {
  HostVerdict verdict;
  if (const double busy = number_at(context, "cpu_busy_percent"); busy > kBusyPercent) {
    verdict.warnings.push_back(fmt::format("the machine was {:.0f} % busy before the first cell", busy));
    verdict.unranked_reasons.emplace_back("busy machine");
  }
  if (const std::string governor = text_at(context, "governor");
      !governor.empty() && governor != "performance")
    verdict.warnings.push_back(fmt::format("the CPU governor is {}, not performance", governor));
  if (const std::string build = text_at(context, "build_type"); build != "Release") {
    verdict.warnings.push_back(fmt::format("edgebench was built as {}, not Release", build));
    verdict.unranked_reasons.push_back(fmt::format("{} build", build));
  }
  if (const std::string machine = text_at(context, "virtual_machine"); !machine.empty())
    verdict.unranked_reasons.push_back(fmt::format("virtual machine ({})", machine));
  if (text_at(context, "isolation") == "none")
    verdict.unranked_reasons.emplace_back("cells were not isolated in processes");
  return verdict;
}

}  // namespace eb
