#include "harness/run/sustained.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "harness/stats/parts.h"

namespace eb {
namespace {

constexpr double kMinuteS = 60, kFewestParts = 10;

void add_part(const PartFacts& part, const LatencyLog& latencies, RunRecord& record) {
  record.part_throughput_sps.push_back(part_speed_sps(part.samples, part.duration_ns));
  const auto points = part_latencies(latencies);
  if (!points) return;
  record.part_p50_ms.push_back(points->p50_ns * 1e-6);
  record.part_p90_ms.push_back(points->p90_ns * 1e-6);
}

}  // namespace

std::int64_t part_length_ns(double window_s) {
  return static_cast<std::int64_t>(std::min(kMinuteS, window_s / kFewestParts) * 1e9);
}

Result<Window> drive_parts(const WindowRule& rule, std::int64_t part_ns, std::size_t expected_queries,
                           Clock& clock, const DriveWindow& drive, RunRecord& record) {
  const auto parts = std::max<std::int64_t>(1, rule.min_duration_ns / part_ns);
  const std::size_t expected = expected_queries / static_cast<std::size_t>(parts) + 1;
  Window whole;
  std::optional<std::int64_t> begin_ns;  // of the first part: a search for its rate may come before it
  while (whole.duration_ns < rule.min_duration_ns) {
    const std::int64_t part_begin_ns = clock.now_ns();
    const std::int64_t length_ns = std::min(part_ns, rule.min_duration_ns - whole.duration_ns);
    EB_GET(const Window part,
           drive({.min_queries = 1, .min_duration_ns = length_ns, .max_duration_ns = rule.max_duration_ns},
                 expected));
    if (!begin_ns) begin_ns = clock.now_ns() - part.duration_ns;
    whole.duration_ns = std::max(part_begin_ns - *begin_ns, std::int64_t{0}) + part.duration_ns;
    whole.samples += part.samples;
    whole.queries += part.queries;
    whole.latencies.merge(part.latencies);
    whole.wake_lags.merge(part.wake_lags);
    whole.parts.push_back({length_ns, part.duration_ns, static_cast<std::int64_t>(part.queries),
                           static_cast<std::int64_t>(part.samples)});
    if (is_part(whole.parts.size() - 1, length_ns, part_ns))
      add_part(whole.parts.back(), part.latencies, record);
  }
  if (whole.latencies.count() == 0) whole.queries = 1;  // a block
  record.part_s = static_cast<double>(part_ns) * 1e-9;
  return whole;
}

Result<Window> time_parts(const TimedJob& job, double latency_target_ms, RunRecord& record) {
  ScenarioJob wanted = job.wanted;
  bool is_first = true;
  const auto time_part = [&](const WindowRule& rule, std::size_t) -> Result<Window> {
    wanted.rule = rule;
    TimedJob part{wanted, job.session, job.lanes, job.load, job.clock, job.warm_ns, job.pulse};
    part.on_begin = [&](std::size_t expected_queries) {
      if (is_first) job.on_begin(expected_queries);
    };
    part.on_end = [] {};
    RunRecord of_part = record;
    EB_GET(Window window, time_window(part, latency_target_ms, of_part));
    if (is_first) {
      record = of_part;
      if (is_search(wanted)) wanted.load.rate_qps = record.target_rate_qps;
    }
    ++wanted.load.seed;  // other arrivals in each part
    is_first = false;
    return window;
  };
  auto whole = drive_parts(job.wanted.rule, job.wanted.part_ns, 0, job.clock, time_part, record);
  job.on_end();
  if (whole && record.achieved_rate_qps)
    record.achieved_rate_qps =
        static_cast<double>(whole->queries) * 1e9 / static_cast<double>(whole->duration_ns);
  return whole;
}

void judge_parts(RunRecord& record) {
  if (!record.part_s) return;
  const auto steady = steady_state(record.part_p50_ms, record.part_throughput_sps);
  if (!steady) return;
  record.retention_percent = steady->retention_percent;
  record.steady_throughput_sps = steady->throughput_sps;
  record.steady_latency_ms = steady->latency_ms;
  if (!steady->knee) return;
  record.knee_s = static_cast<double>(*steady->knee) * *record.part_s;
  record.warnings.push_back(fmt::format(
      "the device slowed down {:.0f} s into the sustained window, and keeps {:.0f} % of its first speed",
      *record.knee_s, *record.retention_percent));
}

}  // namespace eb
