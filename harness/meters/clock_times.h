#pragma once
// How long each clock was at which frequency, as the kernel counts it: what proves that a chip was throttled,
// where a look at the clock now and then may miss it.
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "harness/base/result.h"

namespace eb {

struct ClockTimes {
  std::string id{};                       // "clock:cpufreq/policy0", as that of the clock's meter
  std::map<double, double> seconds_at{};  // by MHz, since the system started
};

// Of all clocks of cpufreq (stats/time_in_state) and devfreq (trans_stat) that are counted.
std::vector<ClockTimes> read_clock_times(const std::filesystem::path& root);

struct ClockShare {
  std::string id{};
  double mean_mhz = 0, highest_mhz = 0;  // highest: that the clock has, whether it was there or not
  double below_highest = 0;              // share of the time that it was slower than that
  double seconds = 0;
};
// What happened between two reads of the same clock. An error if its counts went back, or none of them went
// on.
Result<ClockShare> share_between(const ClockTimes& before, const ClockTimes& after);

}  // namespace eb
