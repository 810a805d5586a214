#pragma once
// How fast a record says it is, and the ratio of two of them.
#include <optional>
#include <string>
#include <vector>

#include "harness/stats/ratio.h"
#include "results/compare/compare.h"

namespace eb {

// Whether it is ok and has a number for its scenario.
bool has_speed(const RunRecord& record);

// Above 1: the other is faster.
struct SpeedRatio {
  std::string_view metric{};
  double value = 0;
  std::optional<LogRatio> sure{};  // absent without launches enough
  std::string reason{};            // why it is absent
};

// Both must have a speed, of one scenario.
SpeedRatio speed_ratio(const RunRecord& first, const RunRecord& other);

Ratio ratio_of(const SpeedRatio& speed);

// The geometric mean; without an interval as soon as one has none. Not of nothing.
Ratio geometric_mean_of(const std::vector<SpeedRatio>& speeds);

}  // namespace eb
