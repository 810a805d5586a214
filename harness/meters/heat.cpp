#include "harness/meters/heat.h"

#include <fmt/format.h>

#include <algorithm>

namespace eb {
namespace {

constexpr double kTellingShare = 0.05;  // of a window below the highest clock

// "clock:devfreq/fb000000.gpu" is one of a GPU.
bool is_clock_of(std::string_view id, std::string_view device_kind) {
  if (device_kind == "gpu") return id.find("gpu") != std::string_view::npos || id.starts_with("clock:drm/");
  if (device_kind == "npu") return id.find("npu") != std::string_view::npos || id.starts_with("clock:accel/");
  return id.starts_with("clock:cpufreq/");
}

void add_temperature(std::span<const Trace> sensors, const MeterWindow& window, Heat& heat) {
  for (const Trace& trace : sensors) {
    if (trace.info().quantity != Quantity::temperature_c) continue;
    const auto level = level_in(trace, window);
    if (!level || (heat.max_c && level->highest <= *heat.max_c)) continue;
    heat.first_c = level->first;
    heat.max_c = level->highest;
    heat.sensor = trace.info().id;
  }
}

void add_seen_clock(std::span<const Trace> sensors, const MeterWindow& window, std::string_view device_kind,
                    Heat& heat) {
  for (const Trace& trace : sensors) {
    if (trace.info().quantity != Quantity::clock_mhz || !is_clock_of(trace.info().id, device_kind)) continue;
    const auto level = level_in(trace, window);
    if (!level || (heat.clock_mean_mhz && level->mean <= *heat.clock_mean_mhz)) continue;
    heat.clock_mean_mhz = level->mean;
    heat.clock = trace.info().id;
  }
}

std::optional<ClockShare> fastest_counted(const CountedClocks& counted, std::string_view device_kind) {
  std::optional<ClockShare> fastest;
  for (const ClockTimes& before : counted.before) {
    if (!is_clock_of(before.id, device_kind)) continue;
    const auto after = std::find_if(counted.after.begin(), counted.after.end(),
                                    [&](const ClockTimes& times) { return times.id == before.id; });
    if (after == counted.after.end()) continue;
    const auto share = share_between(before, *after);
    if (share && (!fastest || share->mean_mhz > fastest->mean_mhz)) fastest = *share;
  }
  return fastest;
}

}  // namespace

Heat heat_of(std::span<const Trace> sensors, const MeterWindow& window, const CountedClocks& counted,
             std::string_view device_kind) {
  Heat heat;
  add_temperature(sensors, window, heat);
  add_seen_clock(sensors, window, device_kind, heat);
  const auto share = fastest_counted(counted, device_kind);
  if (!share) return heat;
  heat.clock = share->id;
  heat.clock_mean_mhz = share->mean_mhz;
  heat.below_max_share = share->below_highest;
  if (share->below_highest >= kTellingShare)
    heat.warnings.push_back(
        fmt::format("{} was below its highest {:.0f} MHz for {:.0f} % of the window, {:.0f} MHz in the mean "
                    "(throttled, or "
                    "not asked to be faster by its governor)",
                    share->id, share->highest_mhz, 100 * share->below_highest, share->mean_mhz));
  return heat;
}

std::vector<double> temperature_of_parts(std::span<const Trace> sensors, std::span<const MeterWindow> parts) {
  std::vector<double> hottest;
  for (const MeterWindow& part : parts) {
    Heat heat;
    add_temperature(sensors, part, heat);
    if (!heat.max_c) return {};
    hottest.push_back(*heat.max_c);
  }
  return hottest;
}

std::vector<double> clock_of_parts(std::span<const Trace> sensors, std::string_view clock,
                                   std::span<const MeterWindow> parts) {
  const auto trace = std::find_if(sensors.begin(), sensors.end(),
                                  [&](const Trace& sensor) { return sensor.info().id == clock; });
  if (trace == sensors.end()) return {};
  std::vector<double> means;
  for (const MeterWindow& part : parts) {
    const auto level = level_in(*trace, part);
    if (!level) return {};
    means.push_back(level->mean);
  }
  return means;
}

}  // namespace eb
