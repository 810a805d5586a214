#pragma once
// The GPU devices of this machine, for tests: every API that there is, and its first device, opened once a
// process. Where the validation layer is installed, Vulkan is watched by it and any message fails the test
// that is running.
#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "backends/gpu/compute_device.h"
#if defined(EB_HAS_VULKAN)
#include "backends/vulkan/vulkan.h"
#endif
#if defined(EB_HAS_OPENCL)
#include "backends/opencl/opencl.h"
#endif

namespace eb::gpu {

inline void PrintTo(const Api& api, std::ostream* out) {
  *out << api.name;
}

}  // namespace eb::gpu

namespace eb::gpu::test {

#if defined(EB_HAS_VULKAN)
// An API opens devices by plain functions, so the options of a test are in functions, too.
inline Result<std::unique_ptr<ComputeDevice>> open_watched(const std::string& id,
                                                           const DeviceOptions& options, bool force_staging) {
  VulkanOptions watched{
      .force_staging = force_staging,
      .on_validation_message = [](std::string_view message) { ADD_FAILURE() << "validation: " << message; }};
  auto device = open_vulkan(id, options, watched);
  if (device || device.error().kind != ErrorKind::unavailable) return device;
  watched.on_validation_message = nullptr;
  return open_vulkan(id, options, watched);
}
#endif

// One a name: "vulkan_staging" is Vulkan as it is on a device with memory of its own. $EDGEBENCH_TEST_API
// picks one.
inline std::vector<Api> apis() {
  std::vector<Api> all;
#if defined(EB_HAS_VULKAN)
  all.push_back({"vulkan", vulkan_api().devices, [](const std::string& id, const DeviceOptions& options) {
                   return open_watched(id, options, false);
                 }});
  all.push_back(
      {"vulkan_staging", vulkan_api().devices,
       [](const std::string& id, const DeviceOptions& options) { return open_watched(id, options, true); }});
#endif
#if defined(EB_HAS_OPENCL)
  all.push_back(opencl_api());
#endif
  const char* wanted = std::getenv("EDGEBENCH_TEST_API");
  if (wanted) std::erase_if(all, [&](const Api& api) { return api.name != wanted; });
  return all;
}

// The first device of each API that works here, or of $EDGEBENCH_TEST_OPERATORS alone; none where no driver
// is installed. They live as long as the process: some drivers do not outlive their last device.
inline const std::vector<ComputeDevice*>& open_devices() {
  static const auto* const devices = [] {
    auto* opened = new std::vector<ComputeDevice*>;
    const char* wanted = std::getenv("EDGEBENCH_TEST_OPERATORS");
    for (const Api& api : apis()) {
      if (wanted ? api.name != wanted : api.name == "vulkan_staging") continue;
      const auto found = api.devices();
      if (!found) continue;
      auto device = api.open(found->front().id, {});
      if (device)
        opened->push_back(device->release());
      else
        ADD_FAILURE() << api.name << ": " << device.error().message;
    }
    return opened;
  }();
  return *devices;
}

}  // namespace eb::gpu::test
