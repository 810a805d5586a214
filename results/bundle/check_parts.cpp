// The parts of a sustained window.
#include <fmt/format.h>

#include <algorithm>

#include "harness/stats/parts.h"
#include "results/bundle/check.h"

namespace eb {
namespace {

using Number = RunRecord::Number;

constexpr std::string_view kParts = "its parts", kLatencies = "the latencies of its parts";

// What the list of parts itself comes to.
void check_steady(const RunRecord& record, Findings& findings) {
  const auto steady =
      record.part_s ? steady_state(record.part_p50_ms, record.part_throughput_sps) : std::nullopt;
  findings.expect("retention_percent", record.retention_percent,
                  steady ? Number(steady->retention_percent) : std::nullopt, kParts);
  findings.expect("steady_throughput_sps", record.steady_throughput_sps,
                  steady ? Number(steady->throughput_sps) : std::nullopt, kParts);
  findings.expect("steady_latency_ms", record.steady_latency_ms, steady ? steady->latency_ms : std::nullopt,
                  kParts);
  const bool has_knee = steady && steady->knee;
  findings.expect("knee_s", record.knee_s,
                  has_knee ? Number(static_cast<double>(*steady->knee) * *record.part_s) : std::nullopt,
                  kParts);
}

// Parts are all of their window, and take no longer.
void check_sums(const RunRecord& record, const LaunchFacts& launch, Findings& findings) {
  PartFacts sum;
  for (const PartFacts& part : launch.within.parts) {
    sum.duration_ns += part.duration_ns;
    sum.queries += part.queries;
    sum.samples += part.samples;
  }
  const bool is_block = record.scenario == "offline";
  if ((!is_block && sum.queries != launch.queries) || sum.samples != launch.samples)
    findings.refuse(fmt::format("its parts have {} queries and {} samples, its launch {} and {}", sum.queries,
                                sum.samples, launch.queries, launch.samples));
  if (const double sum_s = static_cast<double>(sum.duration_ns) * 1e-9;
      sum_s > launch.window_s * (1 + kTolerance))
    findings.refuse(
        fmt::format("its parts take {:.6g} s, more than its window of {:.6g} s", sum_s, launch.window_s));
}

// Cuts a log into parts, as far as it has latencies one by one: of more than a million the first and the last
// hundred thousand.
class PartCutter {
 public:
  explicit PartCutter(const LatencyLog& all)
      : first_(all.first_ns()), last_(all.last_ns()), count_(all.count()) {}

  std::optional<LatencyLog> next(std::uint64_t count) {
    const std::uint64_t from = at_, end = at_ += count;
    if (end <= first_.size()) return log_of(first_.subspan(from, count));
    const std::uint64_t before_last = count_ - std::min<std::uint64_t>(count_, last_.size());
    if (from < before_last || end > count_) return std::nullopt;
    return log_of(std::span(last_).subspan(from - before_last, count));
  }

 private:
  static LatencyLog log_of(std::span<const std::int64_t> latencies_ns) {
    LatencyLog log;
    for (const std::int64_t latency_ns : latencies_ns) log.add(latency_ns);
    return log;
  }

  std::span<const std::int64_t> first_;
  std::vector<std::int64_t> last_;
  std::uint64_t count_ = 0, at_ = 0;
};

struct PartNumbers {
  std::vector<Number> throughput_sps{}, p50_ms{}, p90_ms{};  // absent: nothing gives it
};

void add_latencies(const std::optional<LatencyLog>& log, PartNumbers& numbers) {
  const auto points = log ? part_latencies(*log) : std::nullopt;
  numbers.p50_ms.push_back(points ? Number(points->p50_ns * 1e-6) : std::nullopt);
  numbers.p90_ms.push_back(points ? Number(points->p90_ns * 1e-6) : std::nullopt);
}

// One query after the other takes no more time than there was.
void check_busy(const PartFacts& part, const LatencyLog& log, Findings& findings) {
  const double busy_s = log.mean_ns() * static_cast<double>(log.count()) * 1e-9;
  const double part_s = static_cast<double>(part.duration_ns) * 1e-9;
  if (busy_s > part_s * (1 + kTolerance))
    findings.refuse(
        fmt::format("the latencies of a part add up to {:.6g} s, it took {:.6g} s", busy_s, part_s));
}

PartNumbers numbers_of(const RunRecord& record, const WindowFacts& within, const LatencyLog* latencies,
                       Findings& findings) {
  PartNumbers numbers;
  std::optional<PartCutter> cutter;
  if (latencies) cutter.emplace(*latencies);
  for (std::size_t i = 0; i < within.parts.size(); ++i) {
    const PartFacts& part = within.parts[i];
    const auto log = cutter ? cutter->next(static_cast<std::uint64_t>(part.queries)) : std::nullopt;
    if (log && record.scenario == "single-stream") check_busy(part, *log, findings);
    if (!is_part(i, part.wanted_ns, within.part_ns)) continue;
    numbers.throughput_sps.emplace_back(part_speed_sps(part.samples, part.duration_ns));
    if (cutter && part.queries > 0) add_latencies(log, numbers);
  }
  return numbers;
}

}  // namespace

void check_parts(const RecordCase& one, const LatencyLog* latencies, Findings& findings) {
  const RunRecord& record = one.record;
  const LaunchFacts& launch = *one.launches.front();
  check_steady(record, findings);
  if (launch.within.parts.empty()) {
    if (record.part_s || !record.part_throughput_sps.empty() || !record.part_p50_ms.empty() ||
        !record.part_p90_ms.empty())
      findings.flag(
          "its parts cannot be computed anew: its launches, of an older edgebench, do not tell them");
    return;
  }
  findings.expect("part_s", record.part_s, static_cast<double>(launch.within.part_ns) * 1e-9, kParts);
  check_sums(record, launch, findings);
  const PartNumbers numbers = numbers_of(record, launch.within, latencies, findings);
  findings.expect_each("part_throughput_sps", record.part_throughput_sps, numbers.throughput_sps, kParts);
  findings.expect_each("part_p50_ms", record.part_p50_ms, numbers.p50_ms, kLatencies);
  findings.expect_each("part_p90_ms", record.part_p90_ms, numbers.p90_ms, kLatencies);
}

}  // namespace eb
