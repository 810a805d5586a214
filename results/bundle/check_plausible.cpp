#include <fmt/format.h>

#include "harness/core/ranking.h"
#include "results/bundle/check.h"

namespace eb {
namespace {

using Number = RunRecord::Number;

constexpr std::string_view kItself = "the record's other numbers";
// Operations are nominal: Winograd and sparsity do with fewer, honestly, but not with a sixth.
constexpr double kPeakFlag = 1.05, kPeakRefusal = 6;

Number product(const Number& a, const Number& b, double factor = 1) {
  return a && b ? Number(*a * *b * factor) : std::nullopt;
}

Number quotient(const Number& a, const Number& b) {
  return a && b && *b > 0 ? Number(*a / *b) : std::nullopt;
}

void check_peaks(const RunRecord& record, Findings& findings) {
  const Number share = quotient(record.effective_tops, record.peak_tops);
  if (share && *share > kPeakRefusal) {
    findings.refuse(
        fmt::format("effective_tops is {:.3g} times what the device was measured to do at best", *share));
  } else if (share && *share > kPeakFlag) {
    findings.flag(
        fmt::format("effective_tops is {:.3g} times the measured peak: fewer operations than nominal "
                    "(Winograd, sparsity), or wrong",
                    *share));
  }
  const Number of_claim = quotient(record.effective_tops, record.claimed_tops);
  if (of_claim && *of_claim > kPeakFlag)
    findings.flag(fmt::format("effective_tops is {:.3g} times what the maker claims", *of_claim));
}

void check_energy(const RunRecord& record, Findings& findings) {
  // A small load may measure as less than none, within what the meter may have missed.
  const bool may_be_more = record.net_energy_per_sample_high_mj.value_or(-1) >= 0;
  if (record.mean_power_w && record.idle_power_w && *record.mean_power_w < *record.idle_power_w &&
      !may_be_more)
    findings.flag(fmt::format("power under load, {:.4g} W, is below that of the idle machine, {:.4g} W",
                              *record.mean_power_w, *record.idle_power_w));
  if (record.mean_power_w && *record.mean_power_w <= 0) findings.refuse("its mean power is not above 0");
}

Number number_at(const nlohmann::ordered_json& context, const char* key) {
  const auto at = context.find(key);
  return at != context.end() && at->is_number() ? Number(at->get<double>()) : std::nullopt;
}

struct Measured {
  std::string_view name, unit;
  Number RunRecord::*member;
  double in_limit;  // of its unit, in that of the limit
};

// Above nothing, and within what there was at all.
void check_measured(const RunRecord& record, const Measured& measured, const Number& limit,
                    std::string_view whole, Findings& findings) {
  const Number& value = record.*measured.member;
  if (!value) return;
  if (*value <= 0)
    return findings.refuse(fmt::format("{} is {:.6g}, which is not above 0", measured.name, *value));
  if (limit && *value * measured.in_limit > *limit * (1 + kBinTolerance))
    findings.refuse(
        fmt::format("{} is {:.6g} {}, more than {}", measured.name, *value, measured.unit, whole));
}

void check_whole(const RunRecord& record, const nlohmann::ordered_json& context, Findings& findings) {
  constexpr Measured kTimes[] = {{"open_ms", "ms", &RunRecord::open_ms, 1e-3},
                                 {"first_inference_ms", "ms", &RunRecord::first_inference_ms, 1e-3},
                                 {"warmup_ms", "ms", &RunRecord::warmup_ms, 1e-3},
                                 {"window_s", "s", &RunRecord::window_s, 1}};
  for (const Measured& time : kTimes)
    check_measured(record, time, number_at(context, "duration_s"), "its whole run took", findings);
  if (record.cool_down_s.value_or(0) != 0)
    check_measured(record, {"cool_down_s", "s", &RunRecord::cool_down_s, 1}, number_at(context, "duration_s"),
                   "its whole run took", findings);
  check_measured(record, {"peak_memory_mb", "MB", &RunRecord::peak_memory_mb, 1},
                 number_at(context, "memory_mb"), "its machine has", findings);
}

// Why the record may not be ranked, as far as it shows.
std::vector<std::string> unranked(const RunRecord& record, const nlohmann::ordered_json& context) {
  std::vector<std::string> reasons = judge_host(context).unranked_reasons;
  const auto add_if = [&](bool is_so, std::string reason) {
    if (is_so) reasons.push_back(std::move(reason));
  };
  add_if(!record.unranked_reasons.empty(), "it says itself why not");
  add_if(record.status != RunStatus::ok, fmt::format("its status is {}", status_name(record.status)));
  add_if(!record.window_s, "nothing was timed");
  add_if(record.workload.starts_with("user/"), "a user's model");
  add_if(record.model_sha256.empty(), "its model is not named by a hash");
  add_if(record.placement_evidence.empty(), "no evidence of where the work ran");
  add_if((record.placement_macs ? record.placement_macs : record.placement_nodes).value_or(1) <
             kRankedGatePercent / 100,
         "too little of the work is on the device");
  add_if(record.device_kind == "cpu" && record.backend != "cpu", "a software device");
  add_if(record.latency_target_ms && record.latency_held_percent != kHeldPercent,
         "its latency target is not shown to be held");
  if (record.tier == "sustained") return reasons;
  if (const auto tier = find_tier(record.tier)) {
    for (std::string& reason : shortfalls(*tier, record)) reasons.push_back(std::move(reason));
  } else {
    reasons.push_back(fmt::format("its tier is '{}'", record.tier));
  }
  return reasons;
}

void check_tier(const RunRecord& record, Findings& findings) {
  const auto tier = find_tier(record.tier);
  if (tier && record.status == RunStatus::ok && record.window_s && !has_evidence(*tier, record))
    findings.refuse(
        fmt::format("it has fewer queries or a shorter window than tier {} asks for", record.tier));
}

bool has_times(const RunRecord& record) {
  return record.latency_mean_ms || record.latency_p50_ms || record.throughput_sps || record.effective_tops;
}

}  // namespace

void check_derived(const RunRecord& record, Findings& findings) {
  findings.expect("effective_tops", record.effective_tops,
                  product(record.gops_per_sample, record.throughput_sps, 1e-3), kItself);
  findings.expect("utilization", record.utilization, quotient(record.effective_tops, record.peak_tops),
                  kItself);
  findings.expect("claimed_utilization", record.claimed_utilization,
                  quotient(record.effective_tops, record.claimed_tops), kItself);
  findings.expect("tops_per_watt", record.tops_per_watt, quotient(record.effective_tops, record.mean_power_w),
                  kItself);
  findings.expect("latency_held_percent", record.latency_held_percent, held_percent(record), kItself);
}

void check_plausible(const RunRecord& record, const nlohmann::ordered_json& context, Findings& findings) {
  check_peaks(record, findings);
  check_energy(record, findings);
  check_tier(record, findings);
  check_whole(record, context, findings);
  if (record.status != RunStatus::ok && has_times(record))
    findings.refuse(fmt::format("its status is {}, and yet it has times", status_name(record.status)));
  if (record.quality_target && !record.quality) findings.refuse("it has a quality target and no quality");
  const auto reasons = unranked(record, context);
  if (record.ranked && !reasons.empty())
    findings.refuse(fmt::format("it is ranked, which it may not be: {}", reasons.front()));
  if (!record.ranked && record.unranked_reasons.empty())
    findings.flag("it is not ranked and does not say why");
}

}  // namespace eb
