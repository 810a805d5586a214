#pragma once
// Where the work went becomes part of the record, and decides whether it was the named device that did it.
// Pure.
#include "harness/base/result.h"
#include "harness/core/backend.h"
#include "harness/core/record.h"
#include "harness/run/placement_rules.h"

namespace eb {

// Fills the record's fields of placement. Below the gate its status is `fallback`, with what the provider
// refused; a placement that is not known, or a gate lower than that of rankings, is a reason not to rank.
void gate_placement(const Result<Placement>& placement, const OperationCount& work,
                    const PlacementRules& rules, RunRecord& record);

}  // namespace eb
