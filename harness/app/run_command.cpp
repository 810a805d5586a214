#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <tuple>

#include "harness/app/catalog.h"
#include "harness/app/commands.h"
#include "harness/app/context.h"
#include "harness/app/layers_output.h"
#include "harness/app/metering.h"
#include "harness/app/missing_files.h"
#include "harness/app/neighbour.h"
#include "harness/app/output.h"
#include "harness/app/paths.h"
#include "harness/app/placement_output.h"
#include "harness/app/progress.h"
#include "harness/app/record_peaks.h"
#include "harness/app/selection.h"
#include "harness/base/clock.h"
#include "harness/base/files.h"
#include "harness/base/process.h"
#include "harness/run/inventory.h"
#include "harness/run/journal.h"
#include "harness/run/runner.h"
#include "harness/run/throttling.h"
#include "harness/run/time_budget.h"
#include "reporters/reporters.h"

namespace eb {
namespace {

// What the run has so far, and where it goes.
struct Recording {
  explicit Recording(Journal to) : journal(std::move(to)) {}

  Run run{};
  std::vector<CellNodes> nodes{};  // of verify --placement
  std::string launches{};          // the text of kLaunchesFile
  Journal journal;
  RecordPeaks peaks{{}, {}};
  int failures = 0;  // to write: the records are still in memory and on the console
};

class RunSession {
 public:
  RunSession(RunCommand command, std::vector<PlannedWorkload> workloads)
      : command_(std::move(command)),
        workloads_(std::move(workloads)),
        width_columns_(command_.quiet ? 0 : terminal_width()),
        line_(width_columns_),
        clock_(make_steady_clock()),
        begin_s_(now_s()) {
    child_.limits_s = command_.limits_s;
    child_.memory_limit_bytes = command_.options.memory_limit_bytes;
    child_.is_isolated = command_.isolation == "process";
    child_.is_interrupted = was_interrupted;
  }

  int run() {
    watch_for_interrupt();
    load_missing_files(command_, workloads_, line_);
    line_.show("looking at this machine");
    if (auto chosen = choose_meters(); !chosen)
      return complain(chosen.error().message,
                      chosen.error().kind == ErrorKind::invalid ? exit_usage : exit_failed);
    const Machine machine = find_machine(command_, child_);
    if (const auto found = find_neighbour(); !found) return complain(found.error().message, exit_failed);
    if (was_interrupted()) return complain("interrupted before the first cell", exit_interrupted);
    const auto context = make_context(read_host("/"), machine.facts, command_, *clock_);
    auto journal = Journal::create(command_.out_folder / "journal.jsonl", context);
    if (!journal) return complain(journal.error().message, exit_usage);
    Recording recording(*std::move(journal));
    recording.run.context = context;
    recording.peaks =
        RecordPeaks(cache_folder().empty() ? "" : cache_folder() / "probes", context.value("machine", ""));
    const double begin_s = now_s();
    const Counters counters = read_counters(counter_files_);
    const RunnerSetup setup = setup_of(machine, context);
    say_budget(setup);
    const bool interrupted = run_cells(setup, events(recording));
    recording.run.context["duration_s"] = now_s() - begin_s;
    recording.run.context.update(throttling_between(counters, read_counters(counter_files_)));
    if (interrupted) recording.run.context["interrupted"] = true;
    if (auto libraries = inventory_.to_json(private_folders()); !libraries.empty())
      recording.run.context["libraries"] = std::move(libraries);
    return close(recording, setup.targets, interrupted);
  }

 private:
  PrivateFolders private_folders() const {
    return {{command_.common.models_folder, command_.common.zoo_folder, command_.out_folder}, home_folder()};
  }

  // What is asked for by name and is not here ends the run; that nothing can be found does not.
  Status choose_meters() {
    const auto& names = command_.options.meters;
    const bool is_auto = names == RunOptions{}.meters;
    MeteringSetup setup{.root = command_.meter_root,
                        .out_folder = command_.out_folder,
                        .clock = clock_.get(),
                        .is_interrupted = was_interrupted};
    EB_GET(const Tier tier, tier_of(command_.options));
    setup.times = metering_times(tier, command_.options);
    if (!command_.is_verify && names != std::vector<std::string>{"none"}) {
      auto choice = eb::choose_meters(command_.meter_root, names);
      if (!choice && !is_auto) return choice.error().within("--meter");
      if (choice) setup.choice = *std::move(choice);
    }
    has_meter_ = !setup.choice.power.empty();
    metering_.emplace(std::move(setup));
    return Done{};
  }

  // What is to run beside the cells has a device, or the run ends before the first of them.
  Status find_neighbour() {
    if (command_.options.beside.empty()) return Done{};
    EB_GET(neighbour_, neighbour_from_text(command_.options.beside));
    RunCommand other = command_;
    other.backends = {neighbour_.backend};
    other.devices.clear();
    if (!neighbour_.device.empty()) other.devices = {neighbour_.device};
    // A backend that is named has a target: its first device, or why there is none.
    const Machine machine = find_machine(other, child_);
    const Target& first = machine.targets.front();
    neighbour_.device = first.device;
    if (first.status.empty()) return Done{};
    return Error{ErrorKind::unavailable, fmt::format("--beside: {}", first.reason)};
  }

  double now_s() const { return static_cast<double>(clock_->now_ns()) * 1e-9; }

  RunnerSetup setup_of(const Machine& machine, const nlohmann::ordered_json& context) {
    RunnerSetup setup;
    setup.targets = machine.targets;
    setup.cells = plan_cells(workloads_, setup.targets, command_.options);
    for (const PlannedWorkload& workload : workloads_) {
      setup.workloads[workload.info.id] = workload.info;
    }
    setup.options = command_.options;
    setup.tier = *tier_of(command_.options);
    setup.has_meter = has_meter_;
    setup.launches = command_.options.launches.value_or(setup.tier.launches);
    setup.host = judge_host(context);
    setup.out_folder = command_.out_folder;
    setup.models_folder = command_.common.models_folder;
    setup.zoo_folder = command_.common.zoo_folder;
    setup.home_folder = home_folder();
    setup.do_job = [this](const Job& job, std::function<void(std::string_view)> on_phase,
                          std::function<void()> on_tick) {
      const auto say_phase = [&, this](std::string_view phase) {
        if (command_.verbose)
          say(fmt::format("{} {} {}: {}", job.workload, job.backend, job.precision, phase));
        on_phase(phase);
      };
      ChildOutcome outcome = metering_->measure(job, say_phase, on_tick, [&](const MeterHooks& hooks) {
        ChildSetup child = child_;
        ThrottleWatch watch(counter_files_);
        child.on_window = [&](const std::string& scenario, bool begins) {
          watch.on_window(scenario, begins);
          if (hooks.on_window) hooks.on_window(scenario, begins);
        };
        child.on_meter = hooks.on_meter;
        ChildOutcome done = do_beside(job, child, say_phase, on_tick);
        watch.judge(done.records);
        return done;
      });
      inventory_.add(outcome.libraries);
      return outcome;
    };
    setup.now_s = [this] { return now_s(); };
    setup.begin_s = begin_s_;
    return setup;
  }

  // Does the job while what is to run beside it does.
  ChildOutcome do_beside(const Job& job, const ChildSetup& child,
                         const std::function<void(std::string_view)>& on_phase,
                         const std::function<void()>& on_tick) {
    if (job.beside.empty()) return do_job(job, child, on_phase, on_tick);
    const auto failed = [](const Error& error) {
      ChildOutcome outcome;
      outcome.phase = "start";
      outcome.status = RunStatus::failed;
      outcome.reason = error.message;
      outcome.was_interrupted = was_interrupted();
      return outcome;
    };
    on_phase("start beside");
    const auto do_other = [&child](const Job& other, const std::function<void(std::string_view)>& on_other,
                                   const std::function<bool()>& is_stopped) {
      ChildSetup setup = child;
      setup.on_window = {};
      setup.on_meter = {};
      setup.is_interrupted = is_stopped;
      return do_job(other, setup, on_other, {});
    };
    Neighbour neighbour(neighbour_job(job, neighbour_, "fp32"), do_other);
    if (const auto begun = neighbour.wait_until_running(was_interrupted); !begun)
      return failed(begun.error());
    ChildOutcome outcome = do_job(job, child, on_phase, on_tick);
    if (const auto there = neighbour.ended(); !there) return failed(there.error());
    return outcome;
  }

  void say_budget(const RunnerSetup& setup) {
    const auto& budget_s = setup.options.time_budget_s;
    if (!budget_s || command_.is_verify) return;
    const auto cells = std::count_if(setup.cells.begin(), setup.cells.end(), [&](const Cell& cell) {
      return setup.targets[cell.target].status.empty();
    });
    say(budget_text(
        {*budget_s, *budget_s - (now_s() - begin_s_), static_cast<std::size_t>(cells), setup.launches},
        setup.tier));
  }

  RunnerEvents events(Recording& recording) {
    return {[this](const ProgressView& view) { line_.show(progress_text(view)); },
            [this, &recording](const RunRecord& measured) {
              RunRecord record = measured;
              recording.peaks.add(record);
              recording.run.records.push_back(record);
              say(render_line(record, width_columns_, width_columns_ > 0));
              if (auto written = recording.journal.append(record); !written) {
                line_.clear();
                if (recording.failures++ == 0) complain(written.error().message, exit_failed);
              }
            },
            [this, &recording](const LaunchFacts& facts) { note_launch(facts, recording); },
            [&recording](const Cell& cell, const LayerTimes& times) {
              take_layers(cell, times, recording.run.layers);
            },
            [&recording](const Cell& cell, const std::vector<Placement::Node>& nodes) {
              recording.nodes.push_back({cell, nodes});
            }};
  }

  // Written anew each time: a run that is killed has those until then.
  void note_launch(const LaunchFacts& facts, Recording& recording) {
    recording.launches += to_line(facts);
    const auto written = write_file_atomic(command_.out_folder / kLaunchesFile, recording.launches);
    if (written) return;
    line_.clear();
    if (recording.failures++ == 0) complain(written.error().message, exit_failed);
  }

  // The last word counts: after a crash a cell's remaining scenarios are another child's.
  static void take_layers(const Cell& cell, const LayerTimes& times, std::vector<CellLayers>& all) {
    CellLayers taken{cell.workload, cell.backend, cell.device, cell.precision, times};
    std::erase_if(all, [&](const CellLayers& one) {
      return std::tie(one.workload, one.backend, one.device, one.precision) ==
             std::tie(taken.workload, taken.backend, taken.device, taken.precision);
    });
    all.push_back(std::move(taken));
  }

  void say(const std::string& text) {
    if (command_.quiet) return;
    line_.clear();
    fmt::print("{}\n", text);
    std::fflush(stdout);
  }

  static void add_file(Result<std::filesystem::path> file, Recording& recording,
                       std::vector<std::filesystem::path>& written) {
    if (file) {
      written.push_back(*std::move(file));
    } else {
      complain(file.error().message, exit_failed);
      ++recording.failures;
    }
  }

  // An older run's must not lie beside this one's records.
  void add_layers(Recording& recording, std::vector<std::filesystem::path>& written) const {
    std::error_code code;
    std::filesystem::remove(command_.out_folder / "layers.json", code);
    if (!recording.run.layers.empty())
      add_file(write_layers(recording.run, command_.out_folder), recording, written);
  }

  int close(Recording& recording, const std::vector<Target>& targets, bool interrupted) {
    line_.clear();
    const Run& run = recording.run;
    auto written = write_reports(run, command_.formats, command_.out_folder, recording.failures);
    if (command_.options.placement.tells_nodes)
      add_file(write_placement(recording.nodes, command_.out_folder), recording, written);
    add_layers(recording, written);
    if (!command_.quiet) {
      const int columns = width_columns_ > 0 ? width_columns_ : 0;
      const bool colour = width_columns_ > 0;
      const std::string matrix = render_matrix(run.records, columns, colour);
      fmt::print("\n{}{}{}{}", render_table(run.records, columns, colour), matrix.empty() ? "" : "\n", matrix,
                 render_reasons(run.records, columns, colour));
      for (const std::string& warning : judge_host(run.context).warnings)
        fmt::print("warning: {}\n", warning);
      fmt::print("{}", placement_tables(recording.nodes, columns, width_columns_ > 0));
      if (command_.is_verify) fmt::print("{}", layer_tables(run, columns, width_columns_ > 0));
      if (!written.empty()) fmt::print("\nReports:\n");
      for (const auto& file : written) fmt::print("  {}\n", file.string());
    }
    if (interrupted) return complain("interrupted; finished cells are kept", exit_interrupted);
    const auto named = [&](const RunRecord& r) {
      return r.workload.starts_with("user/") ||
             std::find(command_.workloads.begin(), command_.workloads.end(), r.workload) !=
                 command_.workloads.end();
    };
    return recording.failures > 0 ? exit_failed : exit_code_of(run.records, targets, named);
  }

  RunCommand command_;
  std::vector<PlannedWorkload> workloads_;
  int width_columns_;
  ProgressLine line_;
  std::unique_ptr<Clock> clock_;
  double begin_s_;
  ChildSetup child_;
  CounterFiles counter_files_ = find_counters("/");
  LibraryInventory inventory_;
  std::optional<Metering> metering_;
  bool has_meter_ = false;     // of power
  NeighbourName neighbour_{};  // see RunOptions::beside
};

// What is named twice is done once.
void drop_repeats(std::vector<std::string>& list) {
  std::vector<std::string> once;
  for (const std::string& name : list)
    if (std::find(once.begin(), once.end(), name) == once.end()) once.push_back(name);
  list = std::move(once);
}

Status check_beside(const RunCommand& command) {
  if (command.options.beside.empty()) return Done{};
  if (command.isolation != "process")
    return Error{ErrorKind::invalid, "--beside needs --isolation process: it is a process of its own"};
  const auto name = neighbour_from_text(command.options.beside);
  if (!name) return name.error().within("--beside");
  RunCommand other = command;
  other.user_models.clear();
  other.workloads = {name->workload};
  other.backends = {name->backend};
  if (auto known = check_names(other); !known) return known.error().within("--beside");
  const auto found = select_workloads_of(other);
  if (!found) return found.error().within("--beside");
  if (found->size() != 1 || found->front().info.id != name->workload)
    return Error{ErrorKind::invalid,
                 fmt::format("--beside: '{}' is more than one workload; name one of edgebench list workloads",
                             name->workload)};
  return Done{};
}

// Everything that can be wrong with the command is found before the first cell.
Result<std::vector<PlannedWorkload>> check(RunCommand& command) {
  EB_OK(check_names(command));
  for (auto* list : {&command.workloads, &command.backends, &command.devices, &command.formats,
                     &command.options.scenarios, &command.options.precisions})
    drop_repeats(*list);
  if (command.is_verify) command.options.scenarios = {""};
  EB_GET(auto workloads, select_workloads_of(command));
  EB_OK(check_beside(command));
  const bool any = std::any_of(workloads.begin(), workloads.end(), [&](const PlannedWorkload& w) {
    return w.info.is_user_model || command.options.precisions.empty() ||
           std::any_of(command.options.precisions.begin(), command.options.precisions.end(),
                       [&](const std::string& p) { return w.info.models.count(p) > 0; });
  });
  if (!any) return Error{ErrorKind::invalid, "none of the workloads has a model of the asked --precisions"};
  if (command.out_folder.empty())
    command.out_folder = std::filesystem::path("results/runs") / utc_folder_name();
  auto writable = make_writable_folder(command.out_folder / "raw");
  if (!writable) return writable.error().within("--out");
  if (command.formats.empty()) command.formats = {"html", "md"};
  if (std::find(command.formats.begin(), command.formats.end(), "json") == command.formats.end())
    command.formats.insert(command.formats.begin(), "json");
  return workloads;
}

}  // namespace

int run_command(RunCommand command) {
  auto workloads = check(command);
  if (!workloads) return complain(workloads.error().message, exit_usage);
  return RunSession(std::move(command), *std::move(workloads)).run();
}

}  // namespace eb
