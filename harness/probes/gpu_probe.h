#pragma once
// What a device behind Vulkan or OpenCL computes and moves at best, and how long it takes to begin: the same
// kernels for both.
#include <functional>

#include "backends/gpu/compute_device.h"
#include "harness/base/clock.h"
#include "harness/probes/probe.h"
#include "harness/probes/rounds.h"

namespace eb::probes {

struct GpuProbeSetup {
  RoundLimits limits{};
  std::uint64_t most_buffer_bytes = 256 << 20;  // of memory that is read or written; small ones are for tests
  std::function<void(const Probe&)> on_probe{};  // as soon as one is done
};

// backend and device of the probes are left empty. What the device cannot do (halves, dot products) is left
// out; an error is what its driver reports, and ends it.
Status probe_gpu(gpu::ComputeDevice& device, const GpuProbeSetup& setup, Clock& clock);

}  // namespace eb::probes
