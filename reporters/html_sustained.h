#pragma once
// The charts of a sustained window, part by part: how fast, and what heat, clock and power did meanwhile.
#include "harness/core/record.h"
#include "reporters/markup.h"

namespace eb {

// Whether there are three parts or more of one of both.
bool has_sustained_charts(const RunRecord& record);

// p50 and p90 over time (of a block, throughput), with the knee. `id` makes the accessible names unique.
Markup sustained_speed(const RunRecord& record, std::size_t id);

// Temperature, clock and power over time, each in percent of its highest value; empty where none was read.
Markup sustained_state(const RunRecord& record, std::size_t id);

}  // namespace eb
