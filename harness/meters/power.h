#pragma once
// The power of a window of load between two of idle, from all meters that were chosen. Pure.
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/base/result.h"
#include "harness/meters/trace.h"

namespace eb {

struct PowerOfLoad {
  std::string meter{}, scope{}, evidence_class{};  // of several: joined by '+', the weakest class
  double energy_j = 0, mean_w = 0;
  std::optional<double> half_width_j{};  // 99 %; of several meters the sum, since they may err together
  std::optional<double> net_energy_j{}, net_half_width_j{}, idle_w{};  // absent without both idle windows
  std::size_t readings = 0, gaps = 0, dropouts = 0;
  std::vector<std::string> warnings{};
};

// The traces' energies are summed: they must have passed check_addable. An error, in one sentence, if any of
// them has no energy for the window of load; idle windows that have none are warnings.
Result<PowerOfLoad> power_of(std::span<const Trace> traces, const MeterWindow& load,
                             const MeterWindow& idle_before, const MeterWindow& idle_after);

// Mean watts of each part; nothing if any part has none.
std::vector<double> power_of_parts(std::span<const Trace> traces, std::span<const MeterWindow> parts);

}  // namespace eb
