#include "harness/run/placement_gate.h"

#include <fmt/format.h>

#include <cmath>

namespace eb {
namespace {

std::string describe(const Placement& placement, const OperationCount& work) {
  std::string text;
  for (const Placement::Share& share : placement.shares) {
    if (!text.empty()) text += "; ";
    text += fmt::format("{} {} nodes", share.provider, share.nodes);
    if (work.macs() > 0) text += fmt::format(", {:.1f} % of MACs", 100 * share.macs / work.macs());
  }
  return text;
}

// Rounded down, so that it never reads as the gate that it did not reach.
double shown_percent(double share) {
  return std::floor(share * 1000) / 10;
}

}  // namespace

void gate_placement(const Result<Placement>& placement, const OperationCount& work,
                    const PlacementRules& rules, RunRecord& record) {
  if (rules.gate_percent < kRankedGatePercent)
    record.unranked_reasons.push_back(
        fmt::format("the placement gate was {} %; ranked records need {} % (--placement-gate)",
                    rules.gate_percent, kRankedGatePercent));
  if (!placement) {
    record.unranked_reasons.push_back(placement.error().message);
    return;
  }
  record.placement = describe(*placement, work);
  record.placement_nodes = placement->nodes;
  record.placement_macs = placement->macs;
  record.placement_evidence = placement->evidence;
  if (!placement->doubt.empty())
    record.unranked_reasons.push_back("weak placement evidence: " + placement->doubt);
  const auto share = placement->macs ? placement->macs : placement->nodes;
  if (!share || *share >= rules.gate_percent / 100) return;
  record.status = RunStatus::fallback;
  record.reason = fmt::format("{:.1f} % of the work is on {}, less than {} %", shown_percent(*share),
                              placement->named_provider, rules.gate_percent);
  if (!placement->refusals.empty())
    record.reason += fmt::format("; it refused {}", placement->refusals.front());
}

}  // namespace eb
