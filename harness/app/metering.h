#pragma once
// What is done around the process that measures a cell: let the device cool, look at idle power, have meters
// and sensors read meanwhile, look at idle power again; then windows are cut out of what was read, and
// records get their power, energy, heat and clocks. Nothing of this can fail a cell: what could not be
// measured is absent, with a warning.
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "harness/app/meter_stream.h"
#include "harness/base/clock.h"
#include "harness/run/plan.h"
#include "harness/run/sandbox.h"

namespace eb {

// How long idle power is looked at on each side of a cell's process, and how long cooling may take.
struct MeteringTimes {
  double idle_s = 0;
  CoolRule cooling{};
};
// By the tier, or what the user said instead.
MeteringTimes metering_times(const Tier& tier, const RunOptions& options);

struct MeteringSetup {
  MeterChoice choice{};  // nothing in it: cells are measured as if this were not here
  MeteringTimes times{};
  std::filesystem::path root = "/", out_folder{};
  Clock* clock = nullptr;  // of the system's monotonic time
  std::function<Result<std::unique_ptr<MeterStream>>(const MeterOrder&)> open = open_meter_stream;
  std::function<bool()> is_interrupted{};
};

// For run_child: told of windows, and of when meters are to pause.
struct MeterHooks {
  std::function<void(const std::string& scenario, bool begins)> on_window{};
  std::function<void(bool is_wanted)> on_meter{};
};

class Metering {
 public:
  explicit Metering(MeteringSetup setup) : setup_(std::move(setup)) {}

  // Does the job by `run`, and completes the records of its outcome. `on_phase` is told "cool down" and
  // "idle"; `on_tick` is called several times a second while we wait.
  ChildOutcome measure(const Job& job, const std::function<void(std::string_view)>& on_phase,
                       const std::function<void()>& on_tick,
                       const std::function<ChildOutcome(const MeterHooks&)>& run);

 private:
  MeteringSetup setup_;
  bool has_measured_ = false;  // a job: before the first one nothing is hot
};

}  // namespace eb
