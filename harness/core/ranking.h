#pragma once
// What a record must have to be ranked, as far as the record itself and the context of its run say it: the
// rules of whoever measures, and of whoever checks.
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"
#include "harness/core/record.h"
#include "harness/core/scenario.h"

namespace eb {

// How much evidence a cell must give, in sum over its launches.
struct Tier {
  std::string_view name;
  std::uint64_t min_queries;  // offline: samples
  double min_window_s;
  int launches;
  bool is_audited = false;  // unless the user says otherwise
};
Result<Tier> find_tier(std::string_view name);

// Below this share of the work on the named device its numbers are another device's, too: no record that was
// let pass with less is ranked.
inline constexpr double kRankedGatePercent = 95;

// The highest of 99, 95, 90 and 50 whose percentile is within the latency target at 99 % confidence; absent
// where none is, or without a target.
RunRecord::Number held_percent(const RunRecord& record);
// What must be held for a record with a target to be ranked.
inline constexpr double kHeldPercent = 100 * kTargetPercentile;

// Audits against cheating providers, in the order in which they are done and told.
inline constexpr std::string_view kAuditNames[] = {"seed", "cache", "name", "accuracy"};

// Whether the record's window and queries (of a block, which has no latencies: samples) are what the tier
// asks for. A window ends on a completion, so it is never shorter than asked, but for rounding.
bool has_evidence(const Tier& tier, const RunRecord& record);

// Reasons not to rank: too little evidence ("trial: ..."), too few launches, audits that were not passed.
std::vector<std::string> shortfalls(const Tier& tier, const RunRecord& record);

// What the host says about the trustworthiness of every record of a run.
struct HostVerdict {
  std::vector<std::string> warnings{};
  std::vector<std::string> unranked_reasons{};
};

// A tenth of the machine is gone before we begin.
inline constexpr double kBusyPercent = 10;

// Warnings and reasons that hold for every record of a run with this context. Whatever its values' types.
HostVerdict judge_host(const nlohmann::ordered_json& context);

}  // namespace eb
