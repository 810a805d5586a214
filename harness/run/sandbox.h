#pragma once
// Runs one job in a child process and never comes to harm by it.
#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/record.h"
#include "harness/run/job.h"
#include "harness/run/time_limits.h"
#include "harness/run/window_stamps.h"

namespace eb {

struct SandboxOptions {
  std::filesystem::path program{};         // ourselves
  std::vector<std::string> arguments{};    // that make us a child
  std::vector<std::string> environment{};  // allow-listed: "NAME=value"
  std::filesystem::path system_root = "/";
  LimitsS limits_s{};
  // Of the child's resident memory, at any time; looked at ten times a second.
  std::optional<std::uint64_t> memory_limit_bytes{};
  std::function<void(std::string_view phase)> on_phase{};
  std::function<void()> on_tick{};  // several times a second while the child works
  std::function<bool()> is_interrupted{};
  // Right after a window has begun or ended.
  std::function<void(const std::string& scenario, bool begins)> on_window{};
  std::function<void(bool is_wanted)> on_meter{};  // the child wants meters to be read, or to pause
};

inline constexpr std::size_t kMostProbes = 1000;

// What a child ends with when it has no memory left.
inline constexpr int kOutOfMemoryExit = 71;

struct ChildOutcome {
  std::vector<RunRecord> records{};  // one a scenario, as far as it came
  nlohmann::json devices{};
  std::vector<std::filesystem::path> libraries{};  // that it had loaded once its session was open
  std::vector<Placement::Node> nodes{};            // at most kMostNodes, if the job asked where they went
  LayerTimes layers{};                             // if the job asked for them and the child came to them
  std::map<std::string, SeenWindow> windows{};     // by scenario, as far as they ended
  std::map<std::string, WindowFacts> facts{};      // likewise
  std::optional<SeenWindow> idle_before{}, idle_after{};  // where meters were read: see LaunchFacts
  std::vector<std::int64_t> read_until_ns{};
  nlohmann::json probes = nlohmann::json::array();  // as far as it came; at most kMostProbes
  RunStatus status = RunStatus::ok;  // crashed, timeout, out_of_memory, failed: why it ended early
  std::string reason{};
  std::string phase{};  // the last one that it told
  bool was_interrupted = false;
};

ChildOutcome run_child(const Job& job, const SandboxOptions& options);

}  // namespace eb
