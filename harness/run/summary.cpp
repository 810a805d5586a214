#include "harness/run/summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "harness/run/launch_spread.h"
#include "harness/run/load_summary.h"
#include "harness/run/power_pool.h"
#include "harness/run/sustained.h"
#include "harness/stats/drift.h"
#include "harness/stats/interval.h"
#include "harness/stats/latency_summary.h"

namespace eb {
namespace {

using Number = RunRecord::Number;
using Count = RunRecord::Count;

void add_unique(std::vector<std::string>& list, const std::vector<std::string>& more) {
  for (const std::string& text : more)
    if (std::find(list.begin(), list.end(), text) == list.end()) list.push_back(text);
}

template <class T>
std::vector<T> present(const std::vector<Launch>& launches, std::optional<T> RunRecord::*member) {
  std::vector<T> values;
  for (const Launch& launch : launches)
    if (launch.record.*member) values.push_back(*(launch.record.*member));
  return values;
}

Number median(const std::vector<double>& values) {
  if (values.empty()) return std::nullopt;
  return median_of(values);
}

template <class T>
std::optional<T> sum(const std::vector<T>& values) {
  if (values.empty()) return std::nullopt;
  T total = 0;
  for (const T value : values) total += value;
  return total;
}

Number highest(const std::vector<double>& values) {
  if (values.empty()) return std::nullopt;
  return *std::max_element(values.begin(), values.end());
}

struct PercentileMembers {
  Number RunRecord::*point;
  Number RunRecord::*bound;
};
constexpr std::array<PercentileMembers, kPercentiles.size()> kMembers = {
    {{&RunRecord::latency_p50_ms, &RunRecord::latency_p50_bound_ms},
     {&RunRecord::latency_p90_ms, &RunRecord::latency_p90_bound_ms},
     {&RunRecord::latency_p95_ms, &RunRecord::latency_p95_bound_ms},
     {&RunRecord::latency_p99_ms, &RunRecord::latency_p99_bound_ms}}};

void add_latencies(const LatencyLog& log, RunRecord& record) {
  if (log.count() == 0) return;
  LatencyPoints points = points_of(log);
  for (std::size_t i = 0; i < kMembers.size(); ++i) {
    record.*kMembers[i].point = points.point_ns[i] * 1e-6;
    record.*kMembers[i].bound = points.bound_ns[i] ? Number(*points.bound_ns[i] * 1e-6) : std::nullopt;
  }
  for (double& value : points.quantiles_ns) value *= 1e-6;
  record.latency_quantiles_ms = std::move(points.quantiles_ns);
  record.latency_mean_ms = points.mean_ns * 1e-6;
  record.latency_mad_ms = points.deviation_ns * 1e-6;
}

// A queue that grows is no device that slows down.
bool is_overrun(const RunRecord& record) {
  return record.target_rate_qps && record.achieved_rate_qps &&
         *record.achieved_rate_qps < 0.95 * *record.target_rate_qps;
}

// Says what was seen, of the launch where it was most: a window cannot tell heat from a neighbour.
void add_slowdown(const std::vector<Launch>& launches, RunRecord& record) {
  Slowdown most{1, 1};
  int slowed = 0;
  for (const Launch& launch : launches) {
    // Of a log that is too long to be kept whole only both ends are there, a fraction of a second each.
    if (!launch.latencies.is_exact()) continue;
    const auto found = find_slowdown(launch.latencies.first_ns());
    if (!found) continue;
    ++slowed;
    if (found->last_p50_ns / found->first_p50_ns > most.last_p50_ns / most.first_p50_ns) most = *found;
  }
  if (slowed == 0 || is_overrun(record)) return;
  const std::string where = launches.size() == 1
                                ? "the window"
                                : fmt::format("the windows of {} of {} launches", slowed, launches.size());
  record.warnings.push_back(fmt::format(
      "the device became slower within {}: p50 {:.4g} ms at first, {:.4g} ms at the end (throttling, "
      "or other work on this machine?)",
      where, most.first_p50_ns * 1e-6, most.last_p50_ns * 1e-6));
}

void add_speed(const WorkloadInfo& info, RunRecord& record) {
  if (record.samples && record.window_s && *record.window_s > 0)
    record.throughput_sps = static_cast<double>(*record.samples) / *record.window_s;
  if (record.gops_per_sample && record.throughput_sps)
    record.effective_tops = *record.gops_per_sample * *record.throughput_sps * 1e-3;
  if (info.sample_ms && record.latency_mean_ms)
    record.real_time_factor = *record.latency_mean_ms / *info.sample_ms;
}

// A window that is shorter than its tier asks is a trial, whatever cut it short.
void judge_evidence(const Tier& tier, RunRecord& record) {
  if (!has_evidence(tier, record)) record.tier = "trial";
  for (std::string& reason : shortfalls(tier, record)) record.unranked_reasons.push_back(std::move(reason));
}

// Those that every launch passed.
void pool_audits(const std::vector<Launch>& launches, RunRecord& record) {
  for (const Launch& launch : launches)
    std::erase_if(record.audits, [&](const std::string& name) {
      const auto& passed = launch.record.audits;
      return std::find(passed.begin(), passed.end(), name) == passed.end();
    });
}

// Opening with a cold cache and with a warm one are two things: the time is of those launches that are the
// more, and `cache` says which those are.
void pool_opening(const std::vector<Launch>& launches, RunRecord& record) {
  std::vector<double> cold, others;
  for (const Launch& launch : launches)
    if (launch.record.open_ms)
      (launch.record.cache == "cold" ? cold : others).push_back(*launch.record.open_ms);
  const bool is_cold = cold.size() > others.size();
  record.open_ms = median(is_cold ? cold : others);
  for (const Launch& launch : launches)
    if ((launch.record.cache == "cold") == is_cold) record.cache = launch.record.cache;
}

void pool(const std::vector<Launch>& launches, RunRecord& record) {
  pool_opening(launches, record);
  record.first_inference_ms = median(present(launches, &RunRecord::first_inference_ms));
  record.warmup_ms = median(present(launches, &RunRecord::warmup_ms));
  record.window_s = sum(present(launches, &RunRecord::window_s));
  record.samples = sum(present(launches, &RunRecord::samples));
  record.queries = sum(present(launches, &RunRecord::queries));
  record.warmup_queries = sum(present(launches, &RunRecord::warmup_queries));
  record.peak_memory_mb = highest(present(launches, &RunRecord::peak_memory_mb));
  record.memory_growth_mb = highest(present(launches, &RunRecord::memory_growth_mb));
}

}  // namespace

RunRecord summarize(const std::vector<Launch>& launches, const WorkloadInfo& info, const Tier& tier,
                    const HostVerdict& host) {
  const auto failed = std::find_if(launches.begin(), launches.end(),
                                   [](const Launch& l) { return l.record.status != RunStatus::ok; });
  RunRecord record = failed != launches.end() ? failed->record : launches.front().record;
  record.tier = tier.name;
  record.launches = static_cast<std::int64_t>(launches.size());
  for (const Launch& launch : launches) {
    add_unique(record.warnings, launch.record.warnings);
    add_unique(record.unranked_reasons, launch.record.unranked_reasons);
    add_unique(record.raw_files, launch.record.raw_files);
  }
  add_unique(record.warnings, host.warnings);
  add_unique(record.unranked_reasons, host.unranked_reasons);
  if (record.status == RunStatus::ok) {
    LatencyLog all;
    for (const Launch& launch : launches) all.merge(launch.latencies);
    pool(launches, record);
    add_latencies(all, record);
    add_slowdown(launches, record);
    add_spread(launches, record);
    add_speed(info, record);
    add_load(launches, record);
    pool_power(launches, record);
    pool_heat(launches, record);
    judge_parts(record);
    pool_audits(launches, record);
    if (record.window_s) {
      judge_evidence(tier, record);
    } else {
      record.tier.clear();
      record.unranked_reasons.emplace_back("verified, not measured");
    }
    if (record.placement_evidence.empty() && record.unranked_reasons.empty())
      record.unranked_reasons.emplace_back("no evidence of where the work ran");
  } else {
    record.raw_files.clear();
    record.unranked_reasons.push_back(fmt::format("status is {}", status_name(record.status)));
  }
  record.ranked = record.unranked_reasons.empty();
  return record;
}

}  // namespace eb
