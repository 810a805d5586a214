#pragma once
// What a device that runs models only (an NPU behind a vendor's provider) computes at best: a sweep over
// MatMul and Conv of growing sizes, made on the spot, and how long the smallest model takes.
#include <functional>

#include "harness/base/clock.h"
#include "harness/core/backend.h"
#include "harness/probes/probe.h"
#include "harness/probes/rounds.h"

namespace eb::probes {

struct ModelProbeSetup {
  std::string device_id{};
  RoundLimits limits{.batch = 4, .fewest_ns = 1};
  std::function<void(const Probe&)> on_probe{};  // as soon as one is done
};

// backend and device of the probes are left empty. A graph of which less than 95 % of the MACs go to the
// device is not its work and is left out; a precision of which no graph goes there has no probe. An error is
// that there is none at all.
Status probe_models(Backend& backend, const ModelProbeSetup& setup, Clock& clock);

}  // namespace eb::probes
