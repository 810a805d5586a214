#include "harness/run/runner.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/base/clock.h"
#include "harness/run/interference.h"
#include "harness/run/journal.h"
#include "harness/run/redact.h"
#include "harness/run/sustained.h"
#include "harness/run/time_budget.h"

namespace eb {
namespace {

// "vision/face-detection" -> "vision.face-detection"; anything else that a file name should not hold becomes
// '_'.
std::string file_safe(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    const bool plain =
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.';
    safe += c == '/' ? '.' : (plain ? c : '_');
  }
  return safe;
}

class Runner {
 public:
  Runner(const RunnerSetup& setup, const RunnerEvents& events)
      : setup_(setup), events_(events), done_(setup.cells.size()), is_finished_(setup.cells.size()) {
    begin_s_ = setup.begin_s ? *setup.begin_s : setup.now_s();
    if (setup.options.time_budget_s) budget_.emplace(*setup.options.time_budget_s, begin_s_);
    available_cells_ = std::count_if(setup.cells.begin(), setup.cells.end(),
                                     [&](const Cell& c) { return setup.targets[c.target].status.empty(); });
    if (budget_)
      keeps_budget_ = is_enough({*setup.options.time_budget_s, budget_->left_s(setup.now_s()),
                                 static_cast<std::size_t>(available_cells_), setup.launches});
  }

  bool run() {
    for (int launch = 1; launch <= setup_.launches && !interrupted_; ++launch)
      for (std::size_t first = 0; first < setup_.cells.size() && !interrupted_; first = group_end(first))
        run_group(first, launch);
    for (std::size_t i = 0; i < done_.size(); ++i)
      if (!is_finished_[i] && !done_[i].empty()) finish(i);
    return interrupted_;
  }

 private:
  const Cell& cell(std::size_t i) const { return setup_.cells[i]; }

  // Cells that differ in nothing but the scenario share a child.
  std::size_t group_end(std::size_t first) const {
    const auto key = [](const Cell& c) {
      return std::tie(c.workload, c.backend, c.device, c.precision, c.target, c.beside);
    };
    std::size_t end = first + 1;
    while (end < setup_.cells.size() && key(cell(end)) == key(cell(first))) ++end;
    return end;
  }

  void run_group(std::size_t first, int launch) {
    std::vector<std::size_t> waiting;
    for (std::size_t i = first; i < group_end(first); ++i)
      if (!is_finished_[i]) waiting.push_back(i);
    const Target& target = setup_.targets[cell(first).target];
    if (!target.status.empty()) {
      for (const std::size_t i : waiting) take(i, unavailable(i, target));
      return;
    }
    while (!waiting.empty() && !interrupted_) {
      if (keeps_budget_ && budget_->is_used_up(setup_.now_s())) return skip(waiting);
      run_some(waiting, launch);
    }
  }

  RunRecord blank(std::size_t i) const {
    RunRecord record;
    record.workload = cell(i).workload;
    record.backend = cell(i).backend;
    record.device = cell(i).device;
    record.device_name = setup_.targets[cell(i).target].device_name;
    record.precision = cell(i).precision;
    record.scenario = cell(i).scenario;
    record.beside = cell(i).beside;
    const WorkloadInfo& info = setup_.workloads.at(cell(i).workload);
    record.task = info.task;
    record.variant_of = info.variant_of;
    record.licence = info.licence;
    return record;
  }

  RunRecord unmeasured(std::size_t i, RunStatus status, const std::string& reason) const {
    RunRecord record = blank(i);
    record.status = status;
    record.reason = reason;
    return record;
  }

  RunRecord unavailable(std::size_t i, const Target& target) const {
    return unmeasured(i, status_from_name(target.status).value_or(RunStatus::unavailable), target.reason);
  }

  void skip(const std::vector<std::size_t>& waiting) {
    for (const std::size_t i : waiting)
      end_early(i, unmeasured(i, RunStatus::skipped,
                              "the time budget was used up before its turn; allow more with --time-budget"));
  }

  // Launches that were well before stand.
  void end_early(std::size_t i, RunRecord record) {
    if (record.status == RunStatus::skipped && !done_[i].empty()) return finish(i);
    take(i, std::move(record));
  }

  Job job_of(const std::vector<std::size_t>& waiting, int launch) const {
    const Cell& c = cell(waiting.front());
    Job job{c.workload,
            c.backend,
            c.device,
            c.precision,
            c.user_model,
            setup_.options.dims,
            setup_.options.threads};
    job.raw_folder = setup_.out_folder;
    job.models_folder = setup_.models_folder;
    job.zoo_folder = setup_.zoo_folder;
    job.ep = setup_.options.ep;
    job.placement = setup_.options.placement;
    job.audits = audits_of(setup_.tier, setup_.options);
    job.beside = c.beside;
    job.layers = layer_timing(launch);
    job.measures_meter_effect = setup_.has_meter && setup_.tier.launches > 1;
    const std::int64_t part_ns = setup_.options.sustained_s ? part_length_ns(*setup_.options.sustained_s) : 0;
    for (const std::size_t i : waiting)
      if (!cell(i).scenario.empty())  // else only quality and placement are asked for
        job.scenarios.push_back({cell(i).scenario, window_rule(setup_.tier, setup_.launches, std::nullopt),
                                 raw_file(i, launch), load_of(i, launch), part_ns});
    if (budget_)
      job.slot_s = budget_->slot_s(setup_.now_s(), waiting.size(), static_cast<std::size_t>(launches_left()));
    if (keeps_budget_) job.left_s = budget_->limit_s(setup_.now_s());
    return job;
  }

  // Once a cell. A time budget is a promise of the whole: unasked, nothing is taken from it.
  LayerTiming layer_timing(int launch) const {
    const bool is_unasked = setup_.options.layers == LayerTiming::if_cheap;
    return launch > 1 || (is_unasked && budget_) ? LayerTiming::off : setup_.options.layers;
  }

  // Other arrivals in each launch. The first launch looks for the rate of a server, the others confirm it.
  LoadOptions load_of(std::size_t i, int launch) const {
    LoadOptions load = setup_.options.load;
    constexpr std::uint64_t kSeedsOfALaunch = 2;  // a search and its last window
    load.seed += kSeedsOfALaunch * static_cast<std::uint64_t>(launch - 1);
    if (done_[i].empty() || load.rate_qps) return load;
    if (const auto found = done_[i].front().record.target_rate_qps; found && *found >= kLowestRateQps)
      load.rate_qps = std::min(*found, kHighestRateQps);
    return load;
  }

  std::string raw_file(std::size_t i, int launch) const {
    const Cell& c = cell(i);
    constexpr std::size_t kLongestName = 120;
    const std::string name = fmt::format("{}_{}_{}_{}_{}", file_safe(c.workload), file_safe(c.backend),
                                         file_safe(c.device), file_safe(c.precision), file_safe(c.scenario));
    return fmt::format("raw/{:03}_{}_{}.lat", i + 1, name.substr(0, kLongestName), launch);
  }

  // Runs a child for as many of the waiting cells as it manages. At least one cell leaves the list.
  void run_some(std::vector<std::size_t>& waiting, int launch) {
    const Job job = job_of(waiting, launch);
    const std::string started_at = utc_timestamp();
    std::string phase = "start";
    std::size_t current = waiting.front();
    double phase_begin_s = setup_.now_s();
    const double child_begin_s = phase_begin_s;
    const auto on_phase = [&](std::string_view now) {
      phase = now;
      phase_begin_s = setup_.now_s();
      for (const std::size_t i : waiting)
        if (now == "measure " + cell(i).scenario) current = i;
    };
    const auto on_tick = [&] { show(current, launch, phase, setup_.now_s() - phase_begin_s); };
    const ChildOutcome outcome = setup_.do_job(job, on_phase, on_tick);
    interrupted_ = interrupted_ || outcome.was_interrupted;
    const std::size_t told = take_told(waiting, outcome, started_at);
    tell_nodes(waiting.front(), outcome.nodes);
    tell_layers(waiting.front(), outcome);
    learn_cost(setup_.now_s() - child_begin_s, outcome);
    if (budget_) budget_->took(*job.slot_s, setup_.now_s() - child_begin_s);
    waiting.erase(waiting.begin(), waiting.begin() + static_cast<std::ptrdiff_t>(told));
    if (waiting.empty() || interrupted_) return;
    blame(waiting, outcome, started_at);
  }

  std::size_t take_told(const std::vector<std::size_t>& waiting, const ChildOutcome& outcome,
                        const std::string& started_at) {
    std::size_t told = 0;
    for (const RunRecord& record : outcome.records) {
      // A child answers in order and for what it was asked; anything else is not an answer.
      if (told == waiting.size() || record.scenario != cell(waiting[told]).scenario) break;
      RunRecord kept = record;
      kept.started_at = started_at;
      tell_beside(waiting[told], kept);
      tell_launch(kept, outcome);
      take(waiting[told++], std::move(kept));
    }
    return told;
  }

  void tell_beside(std::size_t i, RunRecord& record) const {
    record.beside = cell(i).beside;
    if (!record.beside.empty()) record.unranked_reasons.push_back("something else ran beside it");
  }

  void tell_launch(const RunRecord& record, const ChildOutcome& outcome) const {
    if (record.status != RunStatus::ok || !record.window_s || !events_.on_launch) return;
    LaunchFacts facts{record.workload,           record.backend,   record.device,
                      record.precision,          record.scenario,  record.raw_files,
                      record.power_files,        *record.window_s, record.queries.value_or(0),
                      record.samples.value_or(0)};
    facts.sample_ms = setup_.workloads.at(record.workload).sample_ms;
    if (const auto seen = outcome.windows.find(record.scenario); seen != outcome.windows.end())
      facts.window = seen->second;
    facts.idle_before = outcome.idle_before;
    facts.idle_after = outcome.idle_after;
    facts.read_until_ns = outcome.read_until_ns;
    if (const auto within = outcome.facts.find(record.scenario); within != outcome.facts.end())
      facts.within = within->second;
    if (record.wake_lag_p50_us && record.wake_lag_p99_us)
      facts.wake_lags = {*record.wake_lag_p50_us, *record.wake_lag_p99_us};
    events_.on_launch(facts);
  }

  // A child that ended early: the scenario it was in takes the blame, or all if it never came to one.
  void blame(std::vector<std::size_t>& waiting, const ChildOutcome& outcome, const std::string& started_at) {
    const std::string& scenario = cell(waiting.front()).scenario;
    const bool in_scenario = outcome.phase == "measure " + scenario || outcome.phase == "audit " + scenario;
    const std::size_t blamed = in_scenario ? 1 : waiting.size();
    for (std::size_t k = 0; k < blamed; ++k) {
      RunRecord record =
          unmeasured(waiting[k], outcome.status == RunStatus::ok ? RunStatus::failed : outcome.status,
                     outcome.reason.empty() ? "the process ended without an answer" : outcome.reason);
      record.started_at = started_at;
      end_early(waiting[k], std::move(record));
    }
    waiting.erase(waiting.begin(), waiting.begin() + static_cast<std::ptrdiff_t>(blamed));
  }

  // One launch of a cell is done. A cell that failed once is not tried again.
  void take(std::size_t i, RunRecord record) {
    Launch launch{std::move(record), {}};
    for (const std::string& file : launch.record.raw_files) {
      auto read = read_latencies(setup_.out_folder, file);
      if (read) {
        launch.latencies = *std::move(read);
      } else {
        launch.record.status = RunStatus::failed;
        launch.record.reason = read.error().message;
      }
    }
    const bool failed = launch.record.status != RunStatus::ok;
    done_[i].push_back(std::move(launch));
    if (failed || static_cast<int>(done_[i].size()) == setup_.launches) finish(i);
  }

  void finish(std::size_t i) {
    RunRecord record = summarize(done_[i], setup_.workloads.at(cell(i).workload), setup_.tier, setup_.host);
    record.command = command_of(cell(i), own_options());
    interference_.tell(cell(i), record);  // a cell alone is finished first
    redact(record, private_folders(i));
    is_finished_[i] = true;
    done_[i].clear();
    if (events_.on_record) events_.on_record(record);
  }

  PrivateFolders private_folders(std::size_t i) const {
    return {{cell(i).user_model.parent_path(), setup_.models_folder, setup_.zoo_folder, setup_.out_folder},
            setup_.home_folder};
  }

  void tell_nodes(std::size_t i, std::vector<Placement::Node> nodes) const {
    if (nodes.empty() || !events_.on_nodes) return;
    const PrivateFolders folders = private_folders(i);
    for (Placement::Node& node : nodes) node.reason = redact(std::move(node.reason), folders);
    events_.on_nodes(cell(i), nodes);
  }

  // A child that came to harm over its layers has told its records before: they stand.
  void tell_layers(std::size_t i, const ChildOutcome& outcome) const {
    if (!events_.on_layers) return;
    LayerTimes times = outcome.layers;
    if (outcome.phase == "layers" && outcome.status != RunStatus::ok) times = {.reason = outcome.reason};
    if (times.layers.empty() && times.reason.empty()) return;
    times.reason = redact(std::move(times.reason), private_folders(i));
    events_.on_layers(cell(i), times);
  }

  // Those of one cell alone: of a time budget it has an even share.
  RunOptions own_options() const {
    RunOptions own = setup_.options;
    if (own.time_budget_s)
      *own.time_budget_s /= static_cast<double>(std::max<std::ptrdiff_t>(1, available_cells_));
    return own;
  }

  // Launches of available cells that are still to come, the current ones included.
  int launches_left() const {
    int left = 0;
    for (std::size_t i = 0; i < done_.size(); ++i)
      if (!is_finished_[i] && setup_.targets[cell(i).target].status.empty())
        left += setup_.launches - static_cast<int>(done_[i].size());
    return left;
  }

  std::optional<double> share_s() const {
    if (!setup_.options.time_budget_s) return std::nullopt;
    const double left_s = *setup_.options.time_budget_s - (setup_.now_s() - begin_s_);
    return window_share_s(left_s, launches_left(), cost_s());
  }

  double cost_s() const { return seen_ > 0 ? seen_cost_s_ / seen_ : kLaunchCostGuessS; }

  void learn_cost(double child_s, const ChildOutcome& outcome) {
    double windows_s = 0;
    for (const RunRecord& record : outcome.records) windows_s += record.window_s.value_or(0);
    seen_cost_s_ += std::max(0.0, child_s - windows_s);
    seen_ += static_cast<double>(std::max<std::size_t>(1, outcome.records.size()));
  }

  void show(std::size_t i, int launch, const std::string& phase, double phase_s) const {
    if (!events_.on_progress) return;
    const Cell& c = cell(i);
    const auto rule = window_rule(setup_.tier, setup_.launches, share_s());
    const double window_s = static_cast<double>(rule.min_duration_ns) * 1e-9;
    const bool measuring = phase.starts_with("measure");
    const double left_s = launches_left() * (window_s + cost_s()) - (measuring ? phase_s : 0);
    events_.on_progress({i + 1, setup_.cells.size(), launch, setup_.launches,
                         fmt::format("{} {} {} {}{}", c.workload, c.backend, c.precision, c.scenario,
                                     c.beside.empty() ? "" : " beside " + c.beside),
                         phase, phase_s, std::max(0.0, left_s)});
  }

  const RunnerSetup& setup_;
  const RunnerEvents& events_;
  std::vector<std::vector<Launch>> done_;
  std::vector<char> is_finished_;
  std::ptrdiff_t available_cells_ = 0;
  std::optional<TimeBudget> budget_{};
  Interference interference_{};
  double begin_s_ = 0, seen_cost_s_ = 0, seen_ = 0;
  bool keeps_budget_ = false;  // whatever cells turn out to cost
  bool interrupted_ = false;
};

}  // namespace

bool run_cells(const RunnerSetup& setup, const RunnerEvents& events) {
  return Runner(setup, events).run();
}

int exit_code_of(const std::vector<RunRecord>& records, const std::vector<Target>& targets,
                 const std::function<bool(const RunRecord&)>& is_named) {
  const auto asked_for = [&](const RunRecord& record) {
    return is_named(record) || std::any_of(targets.begin(), targets.end(), [&](const Target& t) {
             return t.backend == record.backend && t.device == record.device && t.asked_for_by_name;
           });
  };
  for (const RunRecord& record : records) {
    switch (record.status) {
      case RunStatus::ok:
      case RunStatus::skipped:
        break;
      case RunStatus::unsupported:
      case RunStatus::unavailable:
        if (asked_for(record)) return 1;
        break;
      default:
        return 1;
    }
  }
  return 0;
}

}  // namespace eb
