#include "harness/run/cell_noise.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/run/host.h"
#include "harness/stats/drift.h"
#include "harness/stats/percentile.h"

namespace eb {
namespace {

// Twice what warming up may leave between two medians: more is not the model's doing.
constexpr double kBusyLaunchSdPercent = 6;

std::optional<NoiseFloor> floor_of(const std::vector<LatencyLog>& launches,
                                   double (*number)(const LatencyLog&)) {
  std::vector<double> numbers;
  numbers.reserve(launches.size());
  for (const LatencyLog& launch : launches) numbers.push_back(number(launch));
  return noise_floor(numbers);
}

template <int kPercent>
double percentile_ns(const LatencyLog& log) {
  const std::size_t index[] = {percentile_index(log.count(), kPercent / 100.0)};
  return log.at_indices_ns(index)[0];
}

std::vector<std::string> busy_reasons(const CellNoise& noise, const std::vector<LatencyLog>& launches,
                                      const IdleLook& idle) {
  std::vector<std::string> reasons;
  if (idle.before_percent.value_or(0) > kBusyPercent)
    reasons.push_back(
        fmt::format("the processors were {:.0f} % busy before the first launch", *idle.before_percent));
  if (idle.after_percent.value_or(0) > kBusyPercent)
    reasons.push_back(
        fmt::format("the processors were {:.0f} % busy after the last launch", *idle.after_percent));
  const auto slowed = std::count_if(launches.begin(), launches.end(), [](const LatencyLog& log) {
    return log.is_exact() && find_slowdown(log.first_ns());
  });
  if (slowed > 0)
    reasons.push_back(
        fmt::format("{} of {} launches became slower while they lasted", slowed, launches.size()));
  if (noise.p50 && noise.p50->launch_sd_percent > kBusyLaunchSdPercent)
    reasons.push_back(fmt::format("p50 of equal launches has a standard deviation of {:.1f} %",
                                  noise.p50->launch_sd_percent));
  return reasons;
}

}  // namespace

CellNoise judge_noise(const RunRecord& record, const std::vector<LatencyLog>& launches,
                      const IdleLook& idle) {
  CellNoise noise{record};
  noise.p50 = floor_of(launches, percentile_ns<50>);
  noise.p90 = floor_of(launches, percentile_ns<90>);
  noise.mean = floor_of(launches, [](const LatencyLog& log) { return log.mean_ns(); });
  noise.busy_reasons = busy_reasons(noise, launches, idle);
  return noise;
}

}  // namespace eb
