#pragma once
// What the processor computes and moves at best: each instruction set and each level of memory, with one
// thread and with all.
#include <filesystem>
#include <functional>
#include <vector>

#include "harness/base/clock.h"
#include "harness/probes/probe.h"
#include "harness/probes/rounds.h"

namespace eb::probes {

struct CpuProbeSetup {
  std::filesystem::path root = "/";  // of what the system tells about processor and memory
  std::vector<int> cpus{};           // to work on; see allowed_cpus()
  RoundLimits limits{};
  std::function<void(const Probe&)> on_probe{};  // as soon as one is done
};

// backend and device of the probes are left empty. Own memory is given back; threads are gone when it
// returns.
void probe_cpu(const CpuProbeSetup& setup, Clock& clock);

// The ratio of a measured value to the theoretical one that passes, on either side.
inline constexpr double kTheoryTolerance = 0.03;
// Adds a warning where a value with a theory is not within the tolerance of it.
void check_theory(Probe& probe);

}  // namespace eb::probes
