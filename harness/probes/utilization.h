#pragma once
// How much of what its device can do a record used.
#include <span>

#include "harness/core/record.h"
#include "harness/probes/probe.h"

namespace eb {

// Sets peak_tops, peak_gbps and peak_basis from probes of the record's device: the fastest arithmetic in the
// record's precision, and the fastest reading of memory, both with as many host threads as the record had,
// where threads matter; and utilization, where the record has effective_tops. What has no probe stays absent.
void add_peaks(std::span<const Probe> probes, RunRecord& record);

}  // namespace eb
