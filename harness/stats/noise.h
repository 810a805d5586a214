#pragma once
// What two measurements of one and the same thing differ by: pure functions.
#include <optional>
#include <span>

#include "harness/stats/interval.h"

namespace eb {

// All in percent of the values themselves.
struct NoiseFloor {
  double difference_percent = 0;  // of B from A, mean over pairs
  Interval interval_percent{};    // of the true difference, Student's, at 99 % confidence
  double floor_percent = 0;       // the end of that interval that is further from 0
  double launch_sd_percent = 0;   // standard deviation of all values
};

// `in_order`: a positive number of each launch, in the order A B A B ... of equal launches; a last one
// without a partner is left out. A slow change of the machine is in both of a pair. A comparison of as many
// launches can't claim a difference below the floor: here it was there without any. Absent for fewer than 3
// pairs, or when a value is not positive.
std::optional<NoiseFloor> noise_floor(std::span<const double> in_order);

}  // namespace eb
