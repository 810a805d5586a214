#pragma once
// What one launch of a cell was, apart from its latencies and readings: the few facts without which nobody
// else can compute a record anew from them. One line of JSON each, in a run's raw/launches.jsonl.
#include <cstdint>
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

  bool operator==(const LaunchFacts&) const = default;
};

std::string to_line(const LaunchFacts& facts);  // with its line end
// All lines; an error names the one that does not fit.
Result<std::vector<LaunchFacts>> launches_from_text(std::string_view text, std::string_view name);

}  // namespace eb
