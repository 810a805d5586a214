#pragma once
// A long window in parts: what a device does in its first minute and in its thirtieth are two things.
#include <cstdint>
#include <functional>

#include "harness/base/clock.h"
#include "harness/base/result.h"
#include "harness/core/record.h"
#include "harness/core/scenario.h"
#include "harness/run/drive.h"
#include "harness/run/timed_window.h"

namespace eb {

// A minute; of a window shorter than ten minutes, a tenth.
std::int64_t part_length_ns(double window_s);

// Drives a window of a scenario by that rule, with room for so many queries.
using DriveWindow = std::function<Result<Window>(const WindowRule& rule, std::size_t expected_queries)>;

// One window after the other without a pause but for the percentiles of each, until rule.min_duration_ns is
// over; every part ends with its last query. Adds the parts to `record`, and gives all of them as one window,
// whose duration is that of the clock. `expected_queries`: of the whole.
Result<Window> drive_parts(const WindowRule& rule, std::int64_t part_ns, std::size_t expected_queries,
                           Clock& clock, const DriveWindow& drive, RunRecord& record);

// The same of a scenario's job, by time_window: the first part finds the rate where one must be found, and
// the others have it; what the record says of how queries came is of the first part, but for the achieved
// rate.
Result<Window> time_parts(const TimedJob& job, double latency_target_ms, RunRecord& record);

// What a launch's parts come to, for its record: the steady state (the last third), what it is of the first
// part, and the knee. Latency decides; of a block, throughput. Nothing for fewer than three parts.
void judge_parts(RunRecord& record);

}  // namespace eb
