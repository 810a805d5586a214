#pragma once
// Vulkan 1.1 and later as an API of the GPU engine. The loader is opened at run time; nothing links to it.
#include <functional>
#include <string_view>

#include "backends/gpu/compute_device.h"

namespace eb {

gpu::Api vulkan_api();

// What only tests and whoever looks for a fault ask for.
struct VulkanOptions {
  // Copy through staging buffers even where the host reaches device memory.
  bool force_staging = false;
  // The longest texel buffer, in vectors of four floats, where the device has longer ones; 0: none is used.
  std::uint32_t max_texels = ~std::uint32_t{0};
  // Gets each warning and error of the validation layer, which is then loaded; `unavailable` where it is not
  // installed. Must outlive the device. Without it the driver is not watched.
  std::function<void(std::string_view message)> on_validation_message{};
};
Result<std::unique_ptr<gpu::ComputeDevice>> open_vulkan(const std::string& device_id,
                                                        const gpu::DeviceOptions& options,
                                                        const VulkanOptions& vulkan_options);

}  // namespace eb
