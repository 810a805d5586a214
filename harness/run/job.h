#pragma once
// What the parent tells a child, and what a child says back: JSON, one object a line. Both ends are this
// program, but what comes back has passed through a process with vendor code in it and is checked like any
// other input.
#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"
#include "harness/core/backend.h"
#include "harness/core/launch.h"
#include "harness/core/record.h"
#include "harness/core/scenario.h"
#include "harness/run/ep_settings.h"
#include "harness/run/layer_rules.h"
#include "harness/run/placement_rules.h"

namespace eb {

struct ScenarioJob {
  std::string name{};
  WindowRule rule{};
  std::string raw_file{};  // within `raw_folder`; empty: none is written
  LoadOptions load{};
  std::int64_t part_ns = 0;  // of a sustained window, which is told in parts of that length; 0: none
};

// Whether it has a rate to find: that of a server for which the user named none.
bool is_search(const ScenarioJob& scenario);

// One launch of workload x backend x device x precision; or, without a workload, a list of devices or the
// probes of one.
struct Job {
  std::string workload{}, backend{}, device{}, precision{};
  std::filesystem::path user_model{};  // instead of a workload of the zoo
  std::map<std::string, std::int64_t> dims{};
  int threads = 0;
  std::vector<ScenarioJob> scenarios{};
  std::filesystem::path raw_folder{}, models_folder{}, zoo_folder{};
  EpSettings ep{};
  PlacementRules placement{};
  std::vector<std::string> audits{};  // of kAuditNames
  std::optional<double> slot_s{};     // within which all windows end, from the start of the job
  std::optional<double> left_s{};     // of a time budget: then the child is ended; it isn't told
  std::string beside{};               // what runs at the same time; it isn't told that either
  LayerTiming layers = LayerTiming::off;
  bool measures_meter_effect = false;  // whether being metered changes latencies: see meter_effect.h
  // Without a workload: measure what the device can do at best, at most so long for each number; 0: don't.
  double probe_s = 0;
};

std::string to_text(const Job& job);
Result<Job> job_from_text(std::string_view text);

// Lines of a child.
struct Said {
  enum class What : std::uint8_t {
    phase,
    begin,
    end,
    first_run,
    pulse,
    facts,
    record,
    devices,
    nodes,
    layers,
    meter,
    probe,
    nothing
  };
  What what = What::nothing;
  std::string phase{};      // "open", "quality", "probe", "measure NAME", "audit NAME", or "layers"
  std::string scenario{};   // whose window begins or ends, or has facts
  double first_run_s = 0;   // of a session
  bool is_running = false;  // see Pulse
  WindowFacts facts{};
  RunRecord record{};                    // of one scenario, without latencies
  nlohmann::json devices{};              // see DeviceList
  std::vector<Placement::Node> nodes{};  // some of the table: see say_nodes
  LayerTimes layers{};                   // some of them: see say_layers
  bool is_meter_wanted = true;           // from now on
  nlohmann::json probe{};                // of harness/probes, not looked into here
};
std::string say_phase(std::string_view phase);
// Right before a window and right after it: the parent stamps them.
std::string say_begin(std::string_view scenario);
std::string say_end(std::string_view scenario);
std::string say_first_run(double first_run_s);
std::string say_pulse(bool is_running);
// Meters are to be read from now on, or to pause.
std::string say_meter(bool is_wanted);
std::string say_facts(std::string_view scenario, const WindowFacts& facts);
std::string say_record(const RunRecord& record);
std::string say_devices(const nlohmann::json& devices);
std::string say_probe(const nlohmann::ordered_json& probe);
// `nothing` for a line that is none of ours.
Said hear(std::string_view line);

}  // namespace eb
