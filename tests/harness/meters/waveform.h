#pragma once
// Loads whose energy is known in closed form, and a meter that looks at them.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <string>

#include "harness/meters/trace.h"

namespace eb::test {

struct Waveform {
  std::string name{};
  std::function<double(double)> power_w{};         // at a time in seconds
  std::function<double(double)> energy_until_j{};  // since 0
};

inline Waveform constant(double watts) {
  return {"constant", [=](double) { return watts; }, [=](double s) { return watts * s; }};
}

inline Waveform ramp(double from_w, double slope_w_s) {
  return {"ramp", [=](double s) { return from_w + slope_w_s * s; },
          [=](double s) { return from_w * s + slope_w_s * s * s / 2; }};
}

// `high_w` for `busy_s` at the start of each frame.
inline Waveform bursts(double low_w, double high_w, double busy_s, double frames_hz) {
  return {"bursts", [=](double s) { return std::fmod(s, 1 / frames_hz) < busy_s ? high_w : low_w; },
          [=](double s) {
            const double frames = std::floor(s * frames_hz), rest_s = s - frames / frames_hz;
            return low_w * s + (high_w - low_w) * (frames * busy_s + std::min(rest_s, busy_s));
          }};
}

inline std::int64_t ns(double seconds) {
  return static_cast<std::int64_t>(std::llround(seconds * 1e9));
}

inline MeterWindow window(double from_s, double to_s) {
  return {ns(from_s), ns(to_s)};
}

inline double energy_j(const Waveform& wave, const MeterWindow& window) {
  return wave.energy_until_j(static_cast<double>(window.end_ns) * 1e-9) -
         wave.energy_until_j(static_cast<double>(window.start_ns) * 1e-9);
}

inline MeterInfo power_meter(Sampling sampling = Sampling::instantaneous) {
  return {.id = "shunt",
          .domain = "VDD_IN",
          .quantity = Quantity::power_w,
          .sampling = sampling,
          .update_ns = 1'000'000,
          .lowest = 0,
          .highest = 1000};
}

inline MeterInfo energy_counter() {
  return {.id = "counter",
          .domain = "package-0",
          .quantity = Quantity::energy_j,
          .sampling = Sampling::accumulating,
          .highest = 1000};
}

// Read every `period_s`, regularly.
inline Trace regular(const MeterInfo& info, double until_s, double period_s,
                     const std::function<double(double)>& value) {
  Trace trace(info);
  for (std::int64_t i = 0; static_cast<double>(i) * period_s <= until_s; ++i)
    trace.add(ns(static_cast<double>(i) * period_s), value(static_cast<double>(i) * period_s));
  return trace;
}

}  // namespace eb::test
