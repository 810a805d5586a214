#pragma once
// The one way into this folder: every meter that a machine has, and why it has not the others.
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "harness/meters/clock_times.h"
#include "harness/meters/cooling.h"
#include "harness/meters/energy.h"
#include "harness/meters/heat.h"
#include "harness/meters/instruments.h"
#include "harness/meters/power.h"
#include "harness/meters/power_daemon.h"
#include "harness/meters/reading.h"
#include "harness/meters/sampler.h"
#include "harness/meters/sampling.h"
#include "harness/meters/trace.h"
#include "harness/meters/trace_file.h"

namespace eb {

struct FoundMeter {
  MeterInfo info{};                // without a meter only id, and what of domain, scope and evidence is known
  std::unique_ptr<Meter> meter{};  // null: it cannot be read here
  std::string reason{};            // then: why, and what to do
  std::string spec{};              // of an instrument, which is asked for by it

  const std::string& name() const { return spec.empty() ? info.id : spec; }
};

// `root`: "/", or a folder that holds a recorded /sys. Each id is there once. A kind of meter of which there
// is none is one row with the kind's name as its id and the reason. Reads each source once, to see whether it
// answers.
std::vector<FoundMeter> make_meters(const std::filesystem::path& root);

// The ids of the meters of power that `names` asks for: ids, or "auto" or "none" alone. "auto" is the widest
// power scope that there is: one meter, or all packages or rails of one kind, and never what another counts,
// too; nothing where there is none. What is named and not here, or counted twice, is an error.
Result<std::vector<std::string>> choose_power_meters(const std::vector<FoundMeter>& all,
                                                     const std::vector<std::string>& names);

// Those of heat and clocks that can be read; at most 64.
std::vector<std::string> sensors_of(const std::vector<FoundMeter>& all);

}  // namespace eb
