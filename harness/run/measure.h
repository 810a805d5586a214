#pragma once
// What a child does with its job: open, place, judge, then measure scenario after scenario on the same
// session. It cannot fail: every failure is a record.
#include <functional>
#include <memory>

#include "harness/base/clock.h"
#include "harness/core/backend.h"
#include "harness/core/launch.h"
#include "harness/core/record.h"
#include "harness/core/workload.h"
#include "harness/run/auditor.h"
#include "harness/run/job.h"

namespace eb {

// The parts that a job names, made by whoever knows them all.
struct Parts {
  std::function<Result<std::unique_ptr<Workload>>(const Job&)> make_workload;
  std::function<Result<std::unique_ptr<Backend>>(const std::string& name)> make_backend;
  RenameModel rename_model{};  // empty: the audit of names cannot be run
};

// Told as things happen, in the order: phase, ..., begin, end, facts, record, phase, begin, end, facts ...
// The nodes of the graph, where the job asks for them, come before the first record.
struct Listener {
  std::function<void(std::string_view)> on_phase{};
  std::function<void(const RunRecord&)> on_record{};
  // Right before the window of a scenario, and right after it.
  std::function<void(std::string_view scenario)> on_begin{}, on_end{};
  std::function<void(double first_run_s)> on_first_run{};
  std::function<void(bool is_running)> on_pulse{};  // see Pulse
  std::function<void(std::span<const Placement::Node>)> on_nodes{};
  std::function<void(const LayerTimes&)> on_layers{};  // after the last record, where the job asks for them
  std::function<void(bool is_wanted)> on_meter{};      // meters are to be read from now on, or to pause
  std::function<void(std::string_view scenario, const WindowFacts&)> on_facts{};
};

// Gives exactly one record a scenario of the job (one with scenario "" for a job without any: verify).
void measure(const Job& job, const Parts& parts, Clock& clock, const Listener& listener);

// [{"backend", "devices": [{"id", "name", "kind", "driver", "facts"}], "facts": {}, "error": {"kind",
// "message"}}]
nlohmann::json list_devices(const std::vector<std::string>& backends, const Parts& parts);

}  // namespace eb
