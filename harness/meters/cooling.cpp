#include "harness/meters/cooling.h"

#include <algorithm>
#include <optional>

namespace eb {
namespace {

constexpr double kLookS = 10, kCalmCPerS = 0.1 / kLookS;
constexpr double kNearlyAll = 0.8;  // of the look that readings must span

double seconds(std::int64_t ns) {
  return static_cast<double>(ns) * 1e-9;
}

// Degrees a second, of the last look; nothing while there is too little to tell.
std::optional<double> slope_c_per_s(const Trace& trace, std::int64_t begin_ns, std::int64_t now_ns) {
  const auto from_ns = std::max(begin_ns, now_ns - static_cast<std::int64_t>(kLookS * 1e9));
  double n = 0, sum_t = 0, sum_c = 0, sum_tt = 0, sum_tc = 0, first_s = 0, last_s = 0;
  for (const Reading& reading : trace.readings()) {
    if (reading.time_ns < from_ns || reading.time_ns > now_ns) continue;
    const double t = seconds(reading.time_ns - from_ns);
    if (n == 0) first_s = t;
    last_s = t;
    n += 1;
    sum_t += t;
    sum_c += reading.value;
    sum_tt += t * t;
    sum_tc += t * reading.value;
  }
  if (last_s - first_s < kNearlyAll * kLookS) return std::nullopt;
  return (n * sum_tc - sum_t * sum_c) / (n * sum_tt - sum_t * sum_t);
}

}  // namespace

Cooling judge_cooling(std::span<const Trace> sensors, std::int64_t begin_ns, std::int64_t now_ns,
                      const CoolRule& rule) {
  bool has_sensor = false, is_calm = true;
  for (const Trace& trace : sensors) {
    if (trace.info().quantity != Quantity::temperature_c || trace.readings().empty()) continue;
    has_sensor = true;
    const auto slope = slope_c_per_s(trace, begin_ns, now_ns);
    is_calm = is_calm && slope && *slope > -kCalmCPerS;
  }
  if (has_sensor && is_calm) return Cooling::cool;
  const double limit_s = has_sensor ? rule.longest_s : std::min(rule.fixed_s, rule.longest_s);
  return seconds(now_ns - begin_ns) >= limit_s ? Cooling::cut_short : Cooling::goes_on;
}

}  // namespace eb
