#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/stats/latency_summary.h"
#include "results/bundle/check.h"

namespace eb {
namespace {

using Number = RunRecord::Number;

constexpr std::string_view kLatencies = "its raw latencies", kLaunches = "its launches";
constexpr double kIdleShare = 0.5;  // of a window in which a single stream does nothing
constexpr std::uint64_t kMostQueries = 10'000'000'000;
constexpr double kMsPerNs = 1e-6;

struct PercentileFields {
  std::string_view point_name, bound_name;
  Number RunRecord::*point;
  Number RunRecord::*bound;
};
constexpr std::array<PercentileFields, kPercentiles.size()> kFields = {
    {{"latency_p50_ms", "latency_p50_bound_ms", &RunRecord::latency_p50_ms, &RunRecord::latency_p50_bound_ms},
     {"latency_p90_ms", "latency_p90_bound_ms", &RunRecord::latency_p90_ms, &RunRecord::latency_p90_bound_ms},
     {"latency_p95_ms", "latency_p95_bound_ms", &RunRecord::latency_p95_ms, &RunRecord::latency_p95_bound_ms},
     {"latency_p99_ms", "latency_p99_bound_ms", &RunRecord::latency_p99_ms,
      &RunRecord::latency_p99_bound_ms}}};

Number ms(const std::optional<double>& ns) {
  return ns ? Number(*ns * kMsPerNs) : std::nullopt;
}

Number number(const RunRecord::Count& count) {
  return count ? Number(static_cast<double>(*count)) : std::nullopt;
}

// The logs of all launches, one each; fewer where one cannot be used, which is said.
std::vector<LatencyLog> read_logs(const RecordCase& one, Findings& findings) {
  std::vector<LatencyLog> logs;
  for (const LaunchFacts* launch : one.launches) {
    if (launch->raw_files.size() != 1) {
      findings.refuse("a launch has no raw latencies, or several files of them");
      continue;
    }
    const std::string& file = launch->raw_files[0];
    const auto bytes = one.bundle.raw.find(file);
    if (bytes == one.bundle.raw.end()) {
      findings.refuse(fmt::format("{} is not in the bundle", file));
      continue;
    }
    auto log = LatencyLog::from_bytes(bytes->second, file);
    if (!log) {
      findings.refuse(log.error().message);
    } else if (log->count() == 0 || log->count() > kMostQueries ||
               log->count() != static_cast<std::uint64_t>(launch->queries)) {
      findings.refuse(fmt::format("{} holds {} latencies, its launch had {} queries", file, log->count(),
                                  launch->queries));
    } else {
      logs.push_back(*std::move(log));
    }
  }
  return logs;
}

// One query after the other: no more time than there was, and little of it idle.
void check_single_stream(const RecordCase& one, const std::vector<LatencyLog>& logs, Findings& findings) {
  for (std::size_t i = 0; i < logs.size(); ++i) {
    const double busy_s = logs[i].mean_ns() * static_cast<double>(logs[i].count()) * 1e-9;
    const double window_s = one.launches[i]->window_s;
    if (busy_s > window_s * (1 + kBinTolerance))
      findings.refuse(fmt::format("the latencies of {} add up to {:.6g} s, more than its window of {:.6g} s",
                                  one.launches[i]->raw_files[0], busy_s, window_s));
    if (busy_s < kIdleShare * window_s)
      findings.flag(fmt::format("the latencies of {} add up to {:.3g} s of a window of {:.3g} s",
                                one.launches[i]->raw_files[0], busy_s, window_s));
  }
}

void check_points(const RunRecord& record, const LatencyLog& all, Findings& findings) {
  const double tolerance = all.is_exact() ? kTolerance : kBinTolerance;
  const LatencyPoints points = points_of(all);
  if (points.quantiles_ns.front() <= 0) findings.flag("some of its latencies are 0");
  if (points.mean_ns <= 0) findings.refuse("its latencies are 0");
  findings.expect("latency_mean_ms", record.latency_mean_ms, ms(points.mean_ns), kLatencies, tolerance);
  for (std::size_t i = 0; i < kFields.size(); ++i) {
    findings.expect(kFields[i].point_name, record.*kFields[i].point, ms(points.point_ns[i]), kLatencies,
                    tolerance);
    findings.expect(kFields[i].bound_name, record.*kFields[i].bound, ms(points.bound_ns[i]), kLatencies,
                    tolerance);
  }
  findings.expect("latency_mad_ms", record.latency_mad_ms, ms(points.deviation_ns), kLatencies, tolerance,
                  all.is_exact() ? 0 : points.point_ns[0] * kMsPerNs);
  const auto& stated = record.latency_quantiles_ms;
  if (!stated.empty() && stated.size() != points.quantiles_ns.size())
    findings.refuse(fmt::format("latency_quantiles_ms has {} values instead of {}", stated.size(),
                                points.quantiles_ns.size()));
  for (std::size_t i = 0; i < stated.size() && stated.size() == points.quantiles_ns.size(); ++i)
    findings.expect(fmt::format("latency_quantiles_ms at {} %", i), stated[i], ms(points.quantiles_ns[i]),
                    kLatencies, tolerance);
}

void check_spread(const RunRecord& record, const std::vector<LatencyLog>& logs, Findings& findings) {
  std::vector<const LatencyLog*> borrowed;
  std::vector<double> means_ms;
  for (const LatencyLog& log : logs) {
    borrowed.push_back(&log);
    means_ms.push_back(log.mean_ns() * kMsPerNs);
  }
  const auto correlation = correlation_of(borrowed);
  findings.expect("latency_autocorrelation", record.latency_autocorrelation,
                  correlation ? Number(correlation->lag1) : std::nullopt, kLatencies, kTolerance, 1);
  const auto interval = launch_interval(means_ms);
  const double scale = means_ms.empty() ? 0 : mean_of(means_ms);
  findings.expect("latency_mean_low_ms", record.latency_mean_low_ms,
                  interval ? Number(interval->low) : std::nullopt, kLatencies, kTolerance, scale);
  findings.expect("latency_mean_high_ms", record.latency_mean_high_ms,
                  interval ? Number(interval->high) : std::nullopt, kLatencies, kTolerance, scale);
  findings.expect("latency_launch_sd_ms", record.latency_launch_sd_ms,
                  interval ? Number(standard_deviation(means_ms)) : std::nullopt, kLatencies);
}

void check_sums(const RecordCase& one, Findings& findings) {
  const RunRecord& record = one.record;
  double window_s = 0, queries = 0, samples = 0;
  std::vector<std::string> files;
  std::vector<double> rates_sps;
  for (const LaunchFacts* launch : one.launches) {
    window_s += launch->window_s;
    queries += static_cast<double>(launch->queries);
    samples += static_cast<double>(launch->samples);
    files.insert(files.end(), launch->raw_files.begin(), launch->raw_files.end());
    rates_sps.push_back(static_cast<double>(launch->samples) / launch->window_s);
    if (!launch->window) continue;
    const double seen_s = static_cast<double>(launch->window->end_ns - launch->window->start_ns) * 1e-9;
    // What was further apart for the machine's being busy is not ranked.
    if (record.ranked && std::abs(seen_s - launch->window_s) > allowed_apart_s(seen_s))
      findings.refuse(fmt::format("a window of {:.6g} s was one of {:.6g} s by edgebench's own clock",
                                  launch->window_s, seen_s));
  }
  findings.expect("launches", number(record.launches), static_cast<double>(one.launches.size()), kLaunches);
  findings.expect("window_s", record.window_s, window_s, kLaunches);
  findings.expect("queries", number(record.queries), queries, kLaunches);
  findings.expect("samples", number(record.samples), samples, kLaunches);
  findings.expect("throughput_sps", record.throughput_sps, samples / window_s, kLaunches);
  const auto interval = launch_interval(rates_sps);
  const double scale = samples / window_s;
  findings.expect("throughput_low_sps", record.throughput_low_sps,
                  interval ? Number(interval->low) : std::nullopt, kLaunches, kTolerance, scale);
  findings.expect("throughput_high_sps", record.throughput_high_sps,
                  interval ? Number(interval->high) : std::nullopt, kLaunches, kTolerance, scale);
  if (record.target_rate_qps)
    findings.expect("achieved_rate_qps", record.achieved_rate_qps, queries / window_s, kLaunches);
  if (record.samples_per_query &&
      record.samples.value_or(0) != record.queries.value_or(0) * *record.samples_per_query)
    findings.refuse("its samples are not its queries by samples_per_query");
  if (files != record.raw_files) findings.refuse("its raw_files are not those of its launches");
}

}  // namespace

void check_latencies(const RecordCase& one, Findings& findings) {
  const RunRecord& record = one.record;
  if (one.launches.empty())
    return findings.refuse(
        fmt::format("none of its launches is in {}, so nothing of it can be computed anew", kLaunchesFile));
  check_sums(one, findings);
  check_wake_lags(one, findings);
  const auto& sample_ms = one.launches[0]->sample_ms;
  const bool has_factor = sample_ms && record.latency_mean_ms;
  findings.expect("real_time_factor", record.real_time_factor,
                  has_factor ? Number(*record.latency_mean_ms / *sample_ms) : std::nullopt, kLaunches);
  if (record.scenario == "offline") {  // one block: only its throughput is measured
    if (record.latency_mean_ms || record.latency_p50_ms || !record.raw_files.empty())
      findings.refuse("it has latencies, which a block has not");
    return check_parts(one, nullptr, findings);
  }
  const std::vector<LatencyLog> logs = read_logs(one, findings);
  if (logs.size() != one.launches.size()) return;
  check_parts(one, &logs.front(), findings);
  for (std::size_t i = 0; i < logs.size(); ++i) check_longest_lag(*one.launches[i], logs[i], findings);
  LatencyLog all;
  for (const LatencyLog& log : logs) all.merge(log);
  check_points(record, all, findings);
  check_spread(record, logs, findings);
  if (record.scenario == "single-stream") check_single_stream(one, logs, findings);
}

}  // namespace eb
