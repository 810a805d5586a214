#pragma once
// What one launch of a cell was, apart from its latencies and readings: the few facts without which nobody
// else can compute a record anew from them. One line of JSON each, in a run's raw/launches.jsonl.
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"

namespace eb {

inline constexpr std::string_view kLaunchesFile = "raw/launches.jsonl";

// Of the system's monotonic clock, which meters' readings have, too.
struct SeenWindow {
  std::int64_t start_ns = 0, end_ns = 0;
  bool operator==(const SeenWindow&) const = default;
};

// How far the length of a window may be from what the parent saw: a hundredth; of a short one, what a
// neighbour's slices of the processor take before we wake up.
double allowed_apart_s(double seen_s);

// One of the windows that a sustained one was driven in.
struct PartFacts {
  std::int64_t wanted_ns = 0, duration_ns = 0, queries = 0, samples = 0;
  bool operator==(const PartFacts&) const = default;
};
// Of a day in minutes there are 1,440, and perhaps rests.
inline constexpr std::size_t kMostParts = 2000;

// What only the process that measured can say of a window, beside its record and its latencies.
struct WindowFacts {
  std::int64_t part_ns = 0;  // how long a part was to be; 0: it had none
  std::vector<PartFacts> parts{};
  // Latency while meters were read by latency while they paused, of each pair of turns after the window.
  std::vector<double> meter_ratios{};
  bool operator==(const WindowFacts&) const = default;
};
nlohmann::json to_json(const WindowFacts& facts);
// Nothing for what has another type or range; other keys are passed over.
std::optional<WindowFacts> window_facts_from_json(const nlohmann::json& json);

// Of the queries of a launch whose worker was idle when they were due.
struct WakeLags {
  double p50_us = 0, p99_us = 0;
  bool operator==(const WakeLags&) const = default;
};

struct LaunchFacts {
  std::string workload{}, backend{}, device{}, precision{}, scenario{};  // the cell
  std::vector<std::string> raw_files{}, power_files{};
  double window_s = 0;
  std::int64_t queries = 0, samples = 0;
  std::optional<double> sample_ms{};  // how long a sample lasts in real time
  // As the parent saw them: the measured window, and idle before the process and after it.
  std::optional<SeenWindow> window{}, idle_before{}, idle_after{};
  // Of each trace of power, in the order of power_files: the last reading that was used.
  std::vector<std::int64_t> read_until_ns{};
  WindowFacts within{};
  std::optional<WakeLags> wake_lags{};

  bool operator==(const LaunchFacts&) const = default;
};

std::string to_line(const LaunchFacts& facts);  // with its line end
// All lines; an error names the one that does not fit.
Result<std::vector<LaunchFacts>> launches_from_text(std::string_view text, std::string_view name);

}  // namespace eb
