#pragma once
// The commands, one file each. Each returns the program's exit code.
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/run/plan.h"
#include "harness/run/time_limits.h"

namespace eb {

// Exit codes, as in the README.
enum Exit : int { exit_ok = 0, exit_failed = 1, exit_usage = 2, exit_bug = 70, exit_interrupted = 130 };

struct CommonOptions {
  std::filesystem::path models_folder{}, zoo_folder{};
};

struct RunCommand {
  bool is_verify = false;  // quality and placement only: no window
  CommonOptions common{};
  RunOptions options{};
  std::vector<std::filesystem::path> user_models{};
  std::vector<std::string> workloads{}, backends{}, devices{}, formats{};  // empty: the defaults
  std::filesystem::path out_folder{};
  LimitsS limits_s{};
  std::string isolation = "process";
  std::filesystem::path meter_root = "/";  // below which meters are looked for
  std::optional<double> ambient_c{};       // of the room, as the user states it
  bool quiet = false;
  bool verbose = false;
};
int run_command(RunCommand command);

inline constexpr const char* kNoiseWorkload = "speech/voice-activity";  // small, and no toy

// A cell against itself. `run` has what is measured; its launches are twice those of a side.
struct NoiseCommand {
  RunCommand run{};
  int launches_a_side = 5;
  std::optional<std::string> time_budget{};  // as given
  std::vector<std::string> ep_libraries{};
  std::string format = "table";  // or json
};
int noise_command(NoiseCommand command);

// What devices can do at best.
struct ProbeCommand {
  std::vector<std::string> backends{}, devices{}, ep_libraries{}, ep_options{};  // empty: all
  double seconds = 2;                                                            // for each number, at most
  std::string timeout{};         // for a device, as given: "600" or "probe=10m"; empty: 10 minutes
  std::string format = "table";  // or json
  bool quiet = false;
};
int probe_command(ProbeCommand command);

struct ListCommand {
  CommonOptions common{};
  EpSettings ep{};                 // libraries only
  std::string what = "workloads";  // workloads, backends, devices, meters, chips, scenarios, formats, fields
  std::string format = "table";    // or json
  std::filesystem::path root = "/";  // below which meters are looked for
};
int list_command(const ListCommand& command);

struct ReportCommand {
  std::vector<std::filesystem::path> runs{};
  std::vector<std::string> formats{};  // empty: a table on the console
  std::filesystem::path out_folder{};  // empty: the folder of the first run
};
int report_command(const ReportCommand& command);

// A daemon that speaks PTDaemon's lines in front of a meter, until it is interrupted.
struct PowerdCommand {
  std::string meter{};  // an id of list meters, or the SPEC of an instrument
  std::string address = "127.0.0.1";
  std::uint16_t port = 8888;         // 0: any that is free
  std::filesystem::path log{};       // empty: none
  std::filesystem::path root = "/";  // below which the meter is looked for
  std::string calibration{};         // what the user states of it
  std::string ranges = "refuse";     // or accept
};
int powerd_command(const PowerdCommand& command);

// Does the job on standard input; started by ourselves only.
int child_command();

// One sentence on standard error, after "edgebench: ".
int complain(const std::string& sentence, int exit_code);

}  // namespace eb
