#pragma once
// The factory of a provider: which devices there are, and a provider for each session.
#include <memory>
#include <string>
#include <vector>

#include "backends/gpu/ep.h"
#include "backends/gpu/ep_ort.h"

namespace eb::gpu {

// The runtime's hardware devices.
struct Hardware {
  OrtHardwareDeviceType type{};
  std::uint32_t vendor_id = 0;
  std::uint32_t device_id = 0;
};
// The index of the one that is the device: a GPU of the same vendor and device id (of the same vendor, where
// the API tells no device id), else the processor; -1 if there is neither. A device that computes on the
// processor is no GPU.
int best_hardware(const DeviceInfo& device, const std::vector<Hardware>& hardware);

OrtEpFactory* make_factory(const Ort& ort, const EpDefinition& definition, const OrtLogger* logger);
void release_factory(OrtEpFactory* factory) noexcept;

}  // namespace eb::gpu
