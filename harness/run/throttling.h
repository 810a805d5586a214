#pragma once
// Counters of the system that only go up while something slows us: heat, supply, a control group's share of
// time, another guest of the machine. Read before and after, their differences prove what looking at clocks
// may miss.
#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/record.h"
#include "harness/run/summary.h"

namespace eb {

// Where a machine has such counters; found once, so that reading them is short.
struct CounterFiles {
  std::vector<std::filesystem::path> core{}, package{};  // one a core, one a package
  std::vector<std::filesystem::path> supply{};           // of Jetson boards
  std::vector<std::filesystem::path> undervoltage{};     // alarms of hwmon, of Raspberry Pi
  std::filesystem::path board{}, stat{};                 // get_throttled; /proc/stat
  std::vector<std::filesystem::path> groups{};           // cpu.stat of our control group and those around it
};
CounterFiles find_counters(const std::filesystem::path& root);

struct Counters {
  std::optional<std::uint64_t> core_events{}, package_events{}, supply_events{};
  std::optional<std::uint64_t> group_periods{}, group_ns{};
  std::optional<std::uint64_t> steal_ticks{}, all_ticks{};
  std::optional<std::uint32_t> board{};  // bits 0 to 3: now; 16 to 19: the same, since the system started
};
Counters read_counters(const CounterFiles& files);

// What happened between two reads, in the keys of context_keys(). What is not counted, or was reset, is
// absent.
nlohmann::ordered_json throttling_between(const Counters& before, const Counters& after);

// Of throttling_between: warnings, and why such a record is not ranked.
HostVerdict judge_throttling(const nlohmann::ordered_json& throttling);

// Judges each scenario of one job by its windows alone: what slowed the opening of a model is no flaw.
class ThrottleWatch {
 public:
  explicit ThrottleWatch(const CounterFiles& files) : files_(files) {}
  // Right after a window has begun or ended.
  void on_window(const std::string& scenario, bool begins);
  // Adds what was found to the records of these scenarios.
  void judge(std::vector<RunRecord>& records) const;

 private:
  const CounterFiles& files_;
  std::map<std::string, Counters> begun_{};
  std::map<std::string, HostVerdict> verdicts_{};
};

}  // namespace eb
