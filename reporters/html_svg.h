#pragma once
// The two charts of a record: inline SVG, styled by classes of the page's style sheet, readable without
// colour and without hovering.
#include <string_view>

#include "harness/core/record.h"
#include "reporters/markup.h"

namespace eb {

// Whether the record has the quantiles that both charts need.
bool has_latency_charts(const RunRecord& record);

// How often which latency was seen, with p50, p90 and p99. `id` makes the accessible names unique in the
// page.
Markup latency_histogram(const RunRecord& record, std::size_t id);

// Latency over the percentile, the tail stretched, with the 99 %-confidence bounds.
Markup percentile_curve(const RunRecord& record, std::size_t id);

}  // namespace eb
