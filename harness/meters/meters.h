#pragma once
// The one way into this folder: every meter that a machine has, and why it has not the others.
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "harness/meters/energy.h"
#include "harness/meters/instruments.h"
#include "harness/meters/power_daemon.h"
#include "harness/meters/reading.h"
#include "harness/meters/trace.h"

namespace eb {

struct FoundMeter {
  MeterInfo info{};                // without a meter only id, and what of domain, scope and evidence is known
  std::unique_ptr<Meter> meter{};  // null: it cannot be read here
  std::string reason{};            // then: why, and what to do
};

// `root`: "/", or a folder that holds a recorded /sys. Each id is there once. A kind of meter of which there
// is none is one row with the kind's name as its id and the reason. Reads each source once, to see whether it
// answers.
std::vector<FoundMeter> make_meters(const std::filesystem::path& root);

}  // namespace eb
