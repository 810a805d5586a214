#include "results/compare/speed.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace eb {
namespace {

constexpr std::string_view kLatency = "latency_mean_ms", kThroughput = "throughput_sps",
                           kRate = "target_rate_qps";
constexpr std::int64_t kMostLaunches = 1'000'000;  // no run has more; a run.json may say anything

bool is_positive(RunRecord::Number number) {
  return number && std::isfinite(*number) && *number > 0;
}

bool is_offline(const RunRecord& record) {
  return record.scenario == "offline";
}

int launches_of(const RunRecord& record) {
  return static_cast<int>(std::clamp<std::int64_t>(record.launches.value_or(1), 1, kMostLaunches));
}

// With a count of 0 where the launches' deviation is not known.
LaunchMean latency_of(const RunRecord& record) {
  const double mean = record.latency_mean_ms.value_or(0);
  if (!record.latency_launch_sd_ms) return {mean, 0, 0};
  return {mean, *record.latency_launch_sd_ms, launches_of(record)};
}

// The deviation is what Student's interval was made of. The low end was cut off at 0, so the high one counts.
LaunchMean throughput_of(const RunRecord& record) {
  const double mean = record.throughput_sps.value_or(0);
  const int count = launches_of(record);
  if (count < 2 || !record.throughput_low_sps || !record.throughput_high_sps) return {mean, 0, 0};
  const bool is_cut = *record.throughput_low_sps <= 0;
  const double half = is_cut ? *record.throughput_high_sps - mean
                             : (*record.throughput_high_sps - *record.throughput_low_sps) / 2;
  const double t = student_t_quantile(1 - (1 - kConfidence) / 2, count - 1);
  return {mean, half * std::sqrt(count) / t, count};
}

bool is_same_rate(const RunRecord& first, const RunRecord& other) {
  const double a = first.target_rate_qps.value_or(0), b = other.target_rate_qps.value_or(0);
  return std::abs(a - b) <= 1e-6 * std::max(std::abs(a), std::abs(b));
}

std::string counted_launches(const RunRecord& record) {
  const int count = launches_of(record);
  return fmt::format("{} launch{}", count, count == 1 ? "" : "es");
}

SpeedRatio of_launches(std::string_view metric, const LaunchMean& above, const LaunchMean& below) {
  return {metric, above.mean / below.mean, log_ratio(above, below), ""};
}

}  // namespace

bool has_speed(const RunRecord& record) {
  if (record.status != RunStatus::ok) return false;
  return is_positive(is_offline(record) ? record.throughput_sps : record.latency_mean_ms);
}

SpeedRatio speed_ratio(const RunRecord& first, const RunRecord& other) {
  if (first.scenario == "server" && !is_same_rate(first, other) && is_positive(first.target_rate_qps) &&
      is_positive(other.target_rate_qps))
    return {kRate, *other.target_rate_qps / *first.target_rate_qps, std::nullopt,
            "each side's highest rate was searched once, so that it has no interval; --rate N of `run`, "
            "the same for both, makes latencies comparable"};
  SpeedRatio ratio = is_offline(first) ? of_launches(kThroughput, throughput_of(other), throughput_of(first))
                                       : of_launches(kLatency, latency_of(first), latency_of(other));
  if (!ratio.sure)
    ratio.reason = fmt::format("{} against {}; an interval needs 3 on each side (--launches of `run`)",
                               counted_launches(first), counted_launches(other));
  return ratio;
}

Ratio ratio_of(const SpeedRatio& speed) {
  return {speed.value, speed.sure ? std::optional(speed.sure->interval()) : std::nullopt};
}

Ratio geometric_mean_of(const std::vector<SpeedRatio>& speeds) {
  std::vector<LogRatio> logs;
  bool is_sure = true;
  for (const SpeedRatio& speed : speeds) {
    logs.push_back(speed.sure.value_or(LogRatio{std::log(speed.value), 0, 0}));
    is_sure = is_sure && speed.sure;
  }
  const LogRatio mean = geometric_mean(logs);
  return {mean.ratio(), is_sure ? std::optional(mean.interval()) : std::nullopt};
}

}  // namespace eb
