#pragma once
// The lines of SPEC's power and temperature daemon (PTDaemon), as its clients and the logs of public results
// show them. Both sides of ours are made of these. Pure functions.
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "harness/base/result.h"

namespace eb::ptd {

inline constexpr std::uint16_t kPort = 8888;
inline constexpr int kMostSamples = 500'000, kDefaultIntervalMs = 1000;
inline constexpr double kNotAvailable = -1;
inline constexpr const char* kHello = "Hello, PTDaemon here!";
inline constexpr const char* kStopping = "Stopping untimed measurement";
inline constexpr const char* kNothingToStop = "Error: no measurement to stop";
inline constexpr const char* kUnknownCommand = "Unknown command";
inline constexpr const char* kBadCount = "Invalid number of parameters";
inline constexpr const char* kNoData = "No data";

struct Sample {
  std::int64_t utc_ms = 0;  // since 1970, at its end
  double watts = kNotAvailable, volts = kNotAvailable, amperes = kNotAvailable, power_factor = kNotAvailable;
};

// "11-30-2026 02:03:04.005".
std::string time_text(std::int64_t utc_ms);
// "Watts,5.000000,Volts,-1.000000,Amps,-1.000000,PF,-1.000000"
std::string values_text(const Sample& sample);
// "Time,11-30-2026 02:03:04.005,Watts,..."; with a mark, as in a log, it ends with ",Mark,...".
std::string sample_line(const Sample& sample, std::string_view mark = {});
// Of one such line; its time is not looked at, since the daemon's clock is not ours.
Result<Sample> parse_sample(std::string_view line);

std::string starting_line(int interval_ms, int ramp_up);

// "Last 12 samples": 12. 0 where the daemon says that there are none; an error for anything else.
Result<int> parse_count(std::string_view line);

// "Watts,average,least,most,samples,errors,valid" of these samples; kNoData without any.
std::string watts_line(std::span<const Sample> samples);

// Limits of a meter's error; absent: unknown.
struct ErrorLimits {
  std::optional<double> gain{}, offset_w{};
};
// "Uncertainty,average,least,most,samples,invalid,valid,unknown": shares of the reading. Invalid are samples
// beyond the 1 % that SPEC allows.
std::string uncertainty_line(std::span<const Sample> samples, const ErrorLimits& limits);

}  // namespace eb::ptd
