#include "harness/run/sandbox.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "harness/base/crash.h"
#include "harness/base/process.h"
#include "harness/run/host.h"
#include "harness/run/layer_lines.h"
#include "harness/run/memory_watch.h"
#include "harness/run/node_lines.h"
#include "harness/run/plan.h"
#include "harness/run/time_limits.h"

namespace eb {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kTick{100};
constexpr std::chrono::milliseconds kGrace{
    2000};  // for exit handlers of vendor libraries, after the last word

bool is_scenario_of(const Job& job, std::string_view name) {
  return std::any_of(job.scenarios.begin(), job.scenarios.end(),
                     [&](const ScenarioJob& s) { return name == s.name; });
}

// Those that a child of this job comes to, each once.
bool is_phase_of(const Job& job, std::string_view phase) {
  if (phase == "open" || phase == "quality") return true;
  if (phase == "probe") return job.probe_s > 0;
  if (phase == "layers") return job.layers != LayerTiming::off;
  const std::size_t name = phase.find(' ') + 1;
  const bool has_kind = phase.starts_with("measure ") || (!job.audits.empty() && phase.starts_with("audit "));
  return has_kind && is_scenario_of(job, phase.substr(name));
}

// The last line that it printed says most: the runtime's own message.
std::string last_line(std::string_view rest) {
  while (!rest.empty() && (rest.back() == '\n' || rest.back() == ' ')) rest.remove_suffix(1);
  rest.remove_prefix(rest.find_last_of('\n') == std::string_view::npos ? 0 : rest.find_last_of('\n') + 1);
  return std::string(rest.substr(0, 300));
}

void explain_end(const ProcessExit& exit, std::string_view during, const std::string& error_tail,
                 bool memory_killed, ChildOutcome& outcome) {
  if (exit.code == 0 && exit.signal == 0) return;
  if (exit.code == kOutOfMemoryExit) {
    outcome.status = RunStatus::out_of_memory;
    outcome.reason = fmt::format("no memory was left during {}", during);
    return;
  }
  const LastWords words = last_words(error_tail);
  const std::string last = last_line(words.printed);
  const std::string where = words.frame ? fmt::format(" in {}", *words.frame) : "";
  const std::string said = last.empty() ? "" : fmt::format("; it printed: {}", last);
  outcome.status = memory_killed ? RunStatus::out_of_memory : RunStatus::crashed;
  outcome.reason =
      memory_killed
          ? fmt::format("the system ended the process during {} for lack of memory", during)
          : fmt::format("the process died during {} with {}{}{}", during, exit.describe(), where, said);
}

// Listens to a child until it ends, or until it must be ended.
class Supervisor {
 public:
  Supervisor(const Job& job, const SandboxOptions& options, Process& process)
      : job_(job), options_(options), process_(process), limits_(job, options.limits_s, Clock::now()) {
    outcome_.phase = "start";
  }

  ChildOutcome watch() {
    std::string line;
    auto heard_at = Clock::now();
    while (true) {
      const auto listening_at = Clock::now();
      const auto event = process_.next_line(line, kTick);
      if (event == Process::Event::ended) return std::move(outcome_);
      // Before it is understood, which takes time. A line may have waited while we did something else, or
      // while all of us stood still.
      const auto now = Clock::now();
      const auto overslept = std::max<Clock::duration>(now - listening_at - kTick, {});
      if (event == Process::Event::line) take(hear(line), {now, listening_at - heard_at + overslept});
      heard_at = now;
      look_at_memory(now);
      if (options_.on_tick) options_.on_tick();
      outcome_.was_interrupted = options_.is_interrupted && options_.is_interrupted();
      if (outcome_.was_interrupted || is_too_large() || is_beyond_budget(now) || is_overdue())
        return std::move(outcome_);
    }
  }

 private:
  void take(Said said, const WindowStamps::Stamp& stamp) {
    switch (said.what) {
      case Said::What::phase:
        return take_phase(said.phase, stamp.at);
      case Said::What::begin:
        return begin_window(said.scenario, stamp);
      case Said::What::end:
        return end_window(said.scenario, stamp);
      case Said::What::first_run:
        return limits_.set_first_run(said.first_run_s, stamp.at);
      case Said::What::pulse:
        return limits_.pulse(said.is_running, stamp.at);
      case Said::What::facts:
        if (is_scenario_of(job_, said.scenario)) outcome_.facts[said.scenario] = std::move(said.facts);
        return;
      case Said::What::record:
        limits_.pulse(false, stamp.at);
        stamps_.check(said.record);
        memory_.judge(said.record);
        if (outcome_.libraries.empty()) outcome_.libraries = process_.libraries();
        outcome_.records.push_back(std::move(said.record));
        return;
      case Said::What::devices:
        outcome_.devices = std::move(said.devices);
        return;
      case Said::What::probe:
        if (outcome_.probes.size() < kMostProbes) outcome_.probes.push_back(std::move(said.probe));
        return;
      case Said::What::nodes:
        return take_nodes(said.nodes);
      case Said::What::layers:
        if (job_.layers != LayerTiming::off) add_layers(std::move(said.layers), outcome_.layers);
        return;
      case Said::What::meter:
        if (job_.measures_meter_effect && options_.on_meter) options_.on_meter(said.is_meter_wanted);
        return;
      case Said::What::nothing:
        return;
    }
  }

  // One that goes round in circles must not put off its limit.
  void take_phase(const std::string& phase, Clock::time_point now) {
    if (!is_phase_of(job_, phase) || !begun_.insert(phase).second) return;
    outcome_.phase = phase;
    limits_.begin_phase(phase, now);
    if (phase != "open") outcome_.libraries = process_.libraries();  // a look that no timed run can feel
    if (options_.on_phase) options_.on_phase(phase);
  }

  void begin_window(const std::string& scenario, const WindowStamps::Stamp& stamp) {
    if (!is_scenario_of(job_, scenario)) return;
    stamps_.begin(scenario, stamp);
    memory_.begin(scenario);
    if (options_.on_window) options_.on_window(scenario, true);
  }

  void end_window(const std::string& scenario, const WindowStamps::Stamp& stamp) {
    memory_.end();
    if (!is_scenario_of(job_, scenario)) return;
    stamps_.end(scenario, stamp);
    outcome_.windows = stamps_.windows();
    if (options_.on_window) options_.on_window(scenario, false);
  }

  void look_at_memory(Clock::time_point now) {
    const bool is_due = memory_.is_due(now);
    if (!is_due && !options_.memory_limit_bytes) return;
    const Memory memory = process_.memory();
    peak_bytes_ = memory.peak_bytes;
    if (is_due) memory_.look(now, memory.resident_bytes);
  }

  void take_nodes(std::vector<Placement::Node>& nodes) {
    if (!job_.placement.tells_nodes || outcome_.nodes.size() + nodes.size() > kMostNodes) return;
    std::move(nodes.begin(), nodes.end(), std::back_inserter(outcome_.nodes));
  }

  bool is_too_large() {
    if (!options_.memory_limit_bytes || peak_bytes_.value_or(0) <= *options_.memory_limit_bytes) return false;
    outcome_.status = RunStatus::out_of_memory;
    outcome_.reason =
        fmt::format("the process took more than {} bytes of memory during {}; allow more with --memory-limit",
                    size_text(*options_.memory_limit_bytes), outcome_.phase);
    return true;
  }

  bool is_beyond_budget(Clock::time_point now) {
    if (!job_.left_s || std::chrono::duration<double>(now - begin_).count() < *job_.left_s) return false;
    outcome_.status = RunStatus::skipped;
    outcome_.reason =
        fmt::format("the time budget was used up during {}; allow more with --time-budget", outcome_.phase);
    return true;
  }

  bool is_overdue() {
    const auto reason = limits_.overdue(Clock::now());
    if (!reason) return false;
    outcome_.status = RunStatus::timeout;
    outcome_.reason = *reason;
    return true;
  }

  const Job& job_;
  const SandboxOptions& options_;
  Process& process_;
  ChildOutcome outcome_;
  const Clock::time_point begin_ = Clock::now();
  TimeLimits limits_;
  std::set<std::string> begun_;
  WindowStamps stamps_;
  MemoryWatch memory_;
  std::optional<std::uint64_t> peak_bytes_{};  // at the last look
};

}  // namespace

ChildOutcome run_child(const Job& job, const SandboxOptions& options) {
  const auto kills_before = memory_kills(options.system_root);
  auto process = Process::start({options.program, options.arguments, options.environment, to_text(job)});
  if (!process) {
    ChildOutcome outcome;
    outcome.phase = "start";
    outcome.status = RunStatus::failed;
    outcome.reason = process.error().message;
    return outcome;
  }
  Supervisor supervisor(job, options, **process);
  ChildOutcome outcome = supervisor.watch();
  if (outcome.was_interrupted || outcome.status != RunStatus::ok) return outcome;  // its end is ours
  const ProcessExit exit = (*process)->wait(kGrace);
  const auto kills_after = memory_kills(options.system_root);
  const bool memory_killed = exit.was_killed && kills_before && kills_after && *kills_after > *kills_before;
  explain_end(exit, outcome.phase, (*process)->error_tail(), memory_killed, outcome);
  return outcome;
}

}  // namespace eb
