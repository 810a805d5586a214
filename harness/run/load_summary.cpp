#include "harness/run/load_summary.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/core/ranking.h"

namespace eb {
namespace {

using Number = RunRecord::Number;

Number highest(const std::vector<Launch>& launches, Number RunRecord::*member) {
  Number highest;
  for (const Launch& launch : launches)
    if (const Number& value = launch.record.*member) highest = std::max(highest.value_or(*value), *value);
  return highest;
}

void judge_target(RunRecord& record) {
  const double target_ms = *record.latency_target_ms;
  record.latency_held_percent = held_percent(record);
  if (record.latency_held_percent == kHeldPercent) return;
  record.unranked_reasons.push_back(
      record.latency_p99_bound_ms
          ? fmt::format(
                "p{:g} <= {:g} ms is not shown to be held: at 99 % confidence it is at most {:.4g} ms",
                kHeldPercent, target_ms, *record.latency_p99_bound_ms)
          : fmt::format(
                "{} queries are too few to show that p{:g} <= {:g} ms is held; a longer tier has more",
                record.queries.value_or(0), kHeldPercent, target_ms));
}

}  // namespace

void add_load(const std::vector<Launch>& launches, RunRecord& record) {
  if (!record.target_rate_qps || !record.window_s || *record.window_s <= 0) return;
  record.achieved_rate_qps = static_cast<double>(record.queries.value_or(0)) / *record.window_s;
  record.wake_lag_p50_us = highest(launches, &RunRecord::wake_lag_p50_us);
  record.wake_lag_p99_us = highest(launches, &RunRecord::wake_lag_p99_us);
  if (record.latency_target_ms) judge_target(record);
}

}  // namespace eb
