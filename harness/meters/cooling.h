#pragma once
// When a device has cooled down enough for the next cell. Pure.
#include <cstdint>
#include <span>

#include "harness/meters/trace.h"

namespace eb {

struct CoolRule {
  double longest_s = 0;  // 0: there is no cool-down
  double fixed_s = 0;    // where there is no sensor to look at
};

enum class Cooling : std::uint8_t {
  goes_on,   // wait and ask again
  cool,      // no sensor falls by 0.1 degC in 10 s any more
  cut_short  // the longest time, or the fixed one, is over
};

// `sensors`: traces of temperatures (others are passed over), as far as they are now; `begin_ns`: when
// cooling began. A sensor is judged by the straight line through its readings of the last 10 s, and only by
// 10 s of them.
Cooling judge_cooling(std::span<const Trace> sensors, std::int64_t begin_ns, std::int64_t now_ns,
                      const CoolRule& rule);

}  // namespace eb
