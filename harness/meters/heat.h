#pragma once
// Temperatures and clocks of a window. Pure.
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/meters/clock_times.h"
#include "harness/meters/trace.h"

namespace eb {

struct Heat {
  std::optional<double> first_c{}, max_c{};  // of the sensor that became the hottest
  std::string sensor{};
  std::optional<double> clock_mean_mhz{}, below_max_share{};
  std::string clock{};
  std::vector<std::string> warnings{};
};

// What was counted right before the window and right after it: see read_clock_times.
struct CountedClocks {
  std::vector<ClockTimes> before{}, after{};
};

// `sensors`: traces of temperatures and clocks. `device_kind`: cpu, gpu or npu, whose clock is looked for; of
// several the fastest. Time in each state, where the system counts it, goes before what was seen now and
// then, and is what proves a clock below its highest, with a warning from a twentieth of the window on.
Heat heat_of(std::span<const Trace> sensors, const MeterWindow& window, const CountedClocks& counted,
             std::string_view device_kind);

// Of each part: the hottest sensor, the mean of the clock `clock`; nothing if any part has none.
std::vector<double> temperature_of_parts(std::span<const Trace> sensors, std::span<const MeterWindow> parts);
std::vector<double> clock_of_parts(std::span<const Trace> sensors, std::string_view clock,
                                   std::span<const MeterWindow> parts);

}  // namespace eb
