#include "harness/app/child.h"

#include <fmt/format.h>

#include <array>
#include <iostream>
#include <iterator>
#include <new>

#include "harness/app/catalog.h"
#include "harness/app/child_environment.h"
#include "harness/app/commands.h"
#include "harness/app/probe_child.h"
#include "harness/base/crash.h"
#include "harness/base/process.h"
#include "harness/run/environment.h"
#include "harness/run/layer_lines.h"
#include "harness/run/measure.h"
#include "harness/run/node_lines.h"

namespace eb {
namespace {

// Where drivers that compute on the processor look for their number of threads: pocl, from 4 on and before,
// and lavapipe.
constexpr std::array kThreadVariables{"POCL_CPU_MAX_CU_COUNT", "POCL_MAX_PTHREAD_COUNT", "LP_NUM_THREADS"};

std::vector<std::string> environment_for(const Job& job) {
  auto environment = with_absolute_library_folders(child_environment());
  if (job.threads > 0)
    for (const char* name : kThreadVariables) environment.push_back(fmt::format("{}={}", name, job.threads));
  return environment;
}

// Where the answers go that are no records.
struct Tell {
  std::function<void(const nlohmann::json&)> devices{};
  std::function<void(const Probe&)> probe{};
};

// An error is why nothing could be probed.
Status answer(const Job& job, const Host& host, const Listener& listener, const Tell& tell) {
  const Parts parts = make_parts(host, job.ep, job.device);
  if (job.workload.empty() && job.probe_s > 0) {
    listener.on_phase("probe");
    return probe_device(job, parts, tell.probe);
  }
  if (job.workload.empty()) {
    tell.devices(list_devices(job.backend.empty() ? backend_names() : std::vector{job.backend}, parts));
    return Done{};
  }
  const auto clock = make_steady_clock();
  measure(job, parts, *clock, listener);
  return Done{};
}

ChildOutcome do_here(const Job& job, const ChildSetup& setup,
                     const std::function<void(std::string_view)>& on_phase) {
  ChildOutcome outcome;
  const auto clock = make_steady_clock();
  const auto stamp = [&](std::string_view name, bool begins) {
    const std::string scenario(name);
    SeenWindow& window = outcome.windows[scenario];
    (begins ? window.start_ns : window.end_ns) = clock->now_ns();
    if (setup.on_window) setup.on_window(scenario, begins);
  };
  const Listener listener{
      .on_phase =
          [&](std::string_view phase) {
            outcome.phase = phase;
            if (on_phase) on_phase(phase);
          },
      .on_record = [&](const RunRecord& record) { outcome.records.push_back(record); },
      .on_begin = [&](std::string_view scenario) { stamp(scenario, true); },
      .on_end = [&](std::string_view scenario) { stamp(scenario, false); },
      .on_nodes =
          [&](std::span<const Placement::Node> nodes) { outcome.nodes.assign(nodes.begin(), nodes.end()); },
      .on_layers = [&](const LayerTimes& times) { outcome.layers = times; },
      .on_meter = setup.on_meter,
      .on_facts = [&](std::string_view scenario,
                      const WindowFacts& facts) { outcome.facts[std::string(scenario)] = facts; }};
  const Tell tell{.devices = [&](const nlohmann::json& devices) { outcome.devices = devices; },
                  .probe = [&](const Probe& probe) { outcome.probes.emplace_back(to_json(probe)); }};
  if (const auto done = answer(job, read_host("/"), listener, tell); !done) {
    outcome.status = status_of(done.error().kind);
    outcome.reason = done.error().message;
  }
  return outcome;
}

}  // namespace

ChildOutcome do_job(const Job& job, const ChildSetup& setup, std::function<void(std::string_view)> on_phase,
                    std::function<void()> on_tick) {
  if (!setup.is_isolated) return do_here(job, setup, on_phase);
  ChildOutcome outcome;
  const auto program = this_program_again();
  if (!program) {
    outcome.status = RunStatus::failed;
    outcome.reason = program.error().message + "; use --isolation none";
    return outcome;
  }
  return run_child(job, {.program = *program,
                         .arguments = {kChildArgument},
                         .environment = environment_for(job),
                         .limits_s = setup.limits_s,
                         .memory_limit_bytes = setup.memory_limit_bytes,
                         .on_phase = std::move(on_phase),
                         .on_tick = std::move(on_tick),
                         .is_interrupted = setup.is_interrupted,
                         .on_window = setup.on_window,
                         .on_meter = setup.on_meter});
}

int child_command() {
  end_with_parent();
  tell_crashes();
  const auto out = take_standard_output();
  if (!out) return complain(out.error().message, exit_bug);
  const std::string text{std::istreambuf_iterator<char>(std::cin), {}};
  const auto job = job_from_text(text);
  if (!job) return complain(job.error().message, exit_usage);
  bool heard = true;  // by a parent that is still there
  const auto say = [&](const std::string& line) { heard = heard && write_line(*out, line); };
  const Listener listener{.on_phase = [&](std::string_view phase) { say(say_phase(phase)); },
                          .on_record = [&](const RunRecord& record) { say(say_record(record)); },
                          .on_begin = [&](std::string_view scenario) { say(say_begin(scenario)); },
                          .on_end = [&](std::string_view scenario) { say(say_end(scenario)); },
                          .on_first_run = [&](double first_run_s) { say(say_first_run(first_run_s)); },
                          .on_pulse = [&](bool is_running) { say(say_pulse(is_running)); },
                          .on_nodes =
                              [&](std::span<const Placement::Node> nodes) {
                                for (const std::string& line : say_nodes(nodes)) say(line);
                              },
                          .on_layers =
                              [&](const LayerTimes& times) {
                                for (const std::string& line : say_layers(times)) say(line);
                              },
                          .on_meter = [&](bool is_wanted) { say(say_meter(is_wanted)); },
                          .on_facts = [&](std::string_view scenario,
                                          const WindowFacts& facts) { say(say_facts(scenario, facts)); }};
  try {
    const Tell tell{.devices = [&](const nlohmann::json& devices) { say(say_devices(devices)); },
                    .probe = [&](const Probe& probe) { say(say_probe(to_json(probe))); }};
    if (const auto done = answer(*job, read_host("/"), listener, tell); !done)
      say(say_probe({{"error", done.error().message}}));
  } catch (const std::bad_alloc&) {
    return kOutOfMemoryExit;
  }
  return heard ? exit_ok : exit_failed;
}

}  // namespace eb
