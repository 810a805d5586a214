#pragma once
// From options to the list of cells. Pure.
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"
#include "harness/core/ranking.h"
#include "harness/core/scenario.h"
#include "harness/core/workload.h"
#include "harness/run/ep_settings.h"
#include "harness/run/layer_rules.h"
#include "harness/run/placement_rules.h"

namespace eb {

struct RunOptions;
// That of the options; "sustained" for one long window.
Result<Tier> tier_of(const RunOptions& options);

struct RunOptions {
  std::vector<std::string> scenarios = {"single-stream"};
  std::vector<std::string> precisions{};  // empty: all of each workload
  std::string tier = "quick";
  LoadOptions load{};                                 // of scheduled scenarios
  std::optional<int> launches{};                      // instead of the tier's
  std::optional<double> time_budget_s{};              // of the whole run
  int threads = 0;                                    // 0: the backend's choice
  std::optional<std::vector<std::string>> audits{};   // instead of the tier's
  std::optional<std::uint64_t> memory_limit_bytes{};  // of a child's resident memory
  std::vector<std::string> meters = {"auto"};         // ids; or auto or none, alone
  std::optional<double> sustained_s{};                // one long window a cell instead of the tier's
  std::optional<double> cool_down_s{};                // at most, instead of the tier's
  std::map<std::string, std::int64_t> dims{};
  EpSettings ep{};
  PlacementRules placement{};
  LayerTiming layers = LayerTiming::off;
  std::string beside{};  // WORKLOAD@BACKEND: each cell is measured alone, and again while that runs
};

// What is known of a device before any cell runs: a device, or why there is none.
struct Target {
  std::string backend{};
  std::string device{}, device_name{};  // empty when not available
  std::string status{}, reason{};       // "unavailable" and why, when not available
  bool asked_for_by_name = false;       // then its absence is a failure of the run
};

// One combination of what the user chose. Cells that share all but the scenario share a child process.
struct Cell {
  std::string workload{}, backend{}, device{}, precision{}, scenario{};
  std::filesystem::path user_model{};
  std::size_t target = 0;  // index into the targets
  std::string beside{};    // what runs at the same time
};

struct PlannedWorkload {
  WorkloadInfo info{};
  std::filesystem::path user_model{};  // of a user's model
};

// Stable order: workload, backend and device, precision, with nothing beside it and then with what is asked
// for, scenario.
std::vector<Cell> plan_cells(const std::vector<PlannedWorkload>& workloads,
                             const std::vector<Target>& targets, const RunOptions& options);

// The rule of one launch's window: what the tier asks for, and no more. A time budget ends it after
// `share_s`, with less if need be, but never with less than one query.
WindowRule window_rule(const Tier& tier, int launches, std::optional<double> share_s);

inline constexpr double kShortestShareS = 0.2;
inline constexpr double kLaunchCostGuessS = 3;  // of a launch apart from its window, until one has been seen

// Seconds of window for each of the launches still to come: what is left of the budget after what each launch
// costs apart from its window (loading, judging, warming up), estimated from those done.
double window_share_s(double left_s, int launches_left, double cost_s);

// Those of kAuditNames that are done in this tier.
std::vector<std::string> audits_of(const Tier& tier, const RunOptions& options);

// "8m", "90s", "1h30m", "45" (seconds) -> seconds.
Result<double> parse_duration_s(std::string_view text);

// "512M", "2G", "100000" (bytes) -> bytes; and the same way back. K, M and G are powers of 1000, as in
// records.
Result<std::uint64_t> parse_size_bytes(std::string_view text);
std::string size_text(std::uint64_t bytes);

// The names that a user's list stands for: ids, groups ("vision"), "all" (every group but bench); nearest
// names are suggested.
Result<std::vector<std::string>> select_workloads(const std::vector<std::string>& known,
                                                  const std::vector<std::string>& asked);

// The one of `known` nearest to `text` in edits, if near enough to be meant.
std::optional<std::string> nearest(std::string_view text, const std::vector<std::string>& known);

// The text as one word of a command line: in quotes if a shell would take it for anything else.
std::string shell_word(std::string_view text);

// The name of a user's model as such a word: the file is meant to be in the current folder.
std::string model_word(const std::filesystem::path& model);

// " --rate ... --latency-target ... --streams ... --seed ...", as far as they differ from the defaults and
// one of the scenarios has a use for them.
std::string load_arguments(const LoadOptions& load, const std::vector<std::string>& scenarios);

// " --threads ... --memory-limit ... --dim ... --placement-gate ... --strict --placement --layers", as far as
// they are given.
std::string session_arguments(const RunOptions& options);
// " --meter ... --sustained ... --cool-down", as far as they are given.
std::string power_arguments(const RunOptions& options);
// " --ep-option ... --retune" as far as they have no paths in them.
std::string ep_arguments(const EpSettings& settings);

// The command that repeats a cell, from typed fields only: no paths, no secrets. A time budget is the cell's
// own.
std::string command_of(const Cell& cell, const RunOptions& options);

}  // namespace eb
