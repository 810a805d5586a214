#pragma once
// Runs the cells of a plan, launch after launch, and gives one record a cell. It cannot fail: every failure
// is a record, and the run goes on.
#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "harness/core/record.h"
#include "harness/run/plan.h"
#include "harness/run/sandbox.h"
#include "harness/run/summary.h"

namespace eb {

struct RunnerSetup {
  std::vector<Cell> cells{};
  std::vector<Target> targets{};
  std::map<std::string, WorkloadInfo> workloads{};  // by id
  RunOptions options{};
  Tier tier{};
  int launches = 1;
  bool has_meter = false;  // then, from tier standard up, its effect is measured, too
  HostVerdict host{};
  std::filesystem::path out_folder{}, models_folder{}, zoo_folder{}, home_folder{};
  // Does one job, in a child or not: run_child with everything but the job decided.
  std::function<ChildOutcome(const Job&, std::function<void(std::string_view)> on_phase,
                             std::function<void()> on_tick)>
      do_job{};
  std::function<double()> now_s{};  // monotonic
  std::optional<double> begin_s{};  // of a time budget, if that began before the first cell
};

// What a progress line shows.
struct ProgressView {
  std::size_t cell = 0, cells = 0;  // 1-based
  int launch = 1, launches = 1;
  std::string what{}, phase{};
  double phase_s = 0, left_s = 0;
};

struct RunnerEvents {
  std::function<void(const ProgressView&)> on_progress{};
  std::function<void(const RunRecord&)> on_record{};  // in the order in which cells are finished
  // Of each launch that came to numbers, before its record.
  std::function<void(const LaunchFacts&)> on_launch{};
  // What the layers of a cell's model take, if that was measured, or why it was not.
  std::function<void(const Cell&, const LayerTimes&)> on_layers{};
  // Where the nodes of a cell's model went, if that was asked for and is known.
  std::function<void(const Cell&, const std::vector<Placement::Node>&)> on_nodes{};
};

// True if it was interrupted; cells without a finished launch then have no record.
bool run_cells(const RunnerSetup& setup, const RunnerEvents& events);

// What a run's exit code is, from its records: 0 or 1 (see README). What is not there fails a run only when
// it was asked for by name: the target's backend, or the workload (`is_named`).
int exit_code_of(const std::vector<RunRecord>& records, const std::vector<Target>& targets,
                 const std::function<bool(const RunRecord&)>& is_named);

}  // namespace eb
