#pragma once
// What a child does to measure the peaks of one device.
#include <functional>

#include "harness/probes/probe.h"
#include "harness/run/job.h"
#include "harness/run/measure.h"

namespace eb {

// Whether a backend's devices have probes.
bool has_probes(const std::string& backend);

// Tells each number as soon as it is there. An error is why there are none, or no more.
Status probe_device(const Job& job, const Parts& parts, const std::function<void(const Probe&)>& on_probe);

}  // namespace eb
