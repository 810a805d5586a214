#pragma once
// The factory of a provider: which devices there are, and a provider for each session.
#include <memory>
#include <string>
#include <vector>

#include "backends/gpu/ep.h"
#include "backends/gpu/ep_ort.h"

namespace eb::gpu {

// A device of ours as the runtime asks for it: one of its own hardware devices, or one that we make up.
// The index into `hardware` of the one that fits best: the same vendor and device of type GPU, else the
// processor; -1 if there is neither. A device that computes on the processor fits the processor only.
struct Hardware {
  OrtHardwareDeviceType type{};
  std::uint32_t vendor_id = 0;
  std::uint32_t device_id = 0;
};
int best_hardware(const DeviceInfo& device, const std::vector<Hardware>& hardware);

OrtEpFactory* make_factory(const Ort& ort, const EpDefinition& definition, const OrtLogger* logger);
void release_factory(OrtEpFactory* factory) noexcept;

}  // namespace eb::gpu
