#include "harness/run/sustained.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <span>

#include "harness/stats/interval.h"
#include "harness/stats/knee.h"
#include "harness/stats/percentile.h"

namespace eb {
namespace {

constexpr double kMinuteS = 60, kFewestParts = 10;
constexpr std::size_t kFewestJudged = 3;
constexpr double kSteady = 1.0 / 3;  // of the parts, the last ones

std::span<const double> last_third(std::span<const double> parts) {
  const auto count = static_cast<std::size_t>(static_cast<double>(parts.size()) * kSteady);
  return parts.last(std::max<std::size_t>(1, count));
}

void add_part(const Window& part, RunRecord& record) {
  record.part_throughput_sps.push_back(static_cast<double>(part.samples) * 1e9 /
                                       static_cast<double>(std::max<std::int64_t>(1, part.duration_ns)));
  const auto count = static_cast<std::size_t>(part.latencies.count());
  if (count == 0) return;
  const auto values = part.latencies.at_indices_ns(
      std::array{percentile_index(count, 0.5), std::min(percentile_index(count, 0.9), count - 1)});
  record.part_p50_ms.push_back(values[0] * 1e-6);
  record.part_p90_ms.push_back(values[1] * 1e-6);
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
    // A short rest is no part.
    if (2 * length_ns >= part_ns || record.part_throughput_sps.empty()) add_part(part, record);
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
  std::vector<double> slowness = record.part_p50_ms;
  if (slowness.empty())
    for (const double speed : record.part_throughput_sps) slowness.push_back(1 / speed);
  if (slowness.size() < kFewestJudged || !record.part_s) return;
  const double steady = median_of(last_third(slowness));
  record.retention_percent = 100 * slowness.front() / steady;
  record.steady_throughput_sps = median_of(last_third(record.part_throughput_sps));
  if (!record.part_p50_ms.empty()) record.steady_latency_ms = steady;
  const auto knee = find_knee(slowness);
  if (!knee) return;
  record.knee_s = static_cast<double>(*knee) * *record.part_s;
  record.warnings.push_back(fmt::format(
      "the device slowed down {:.0f} s into the sustained window, and keeps {:.0f} % of its first speed",
      *record.knee_s, *record.retention_percent));
}

}  // namespace eb
