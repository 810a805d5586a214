#pragma once
// What a driver says of a device, in our words, and what is to be switched on when it is opened.
#include <memory>
#include <vector>

#include "backends/gpu/compute_device.h"
#include "backends/vulkan/instance.h"

namespace eb::vulkan {

struct PhysicalDevice {
  VkPhysicalDevice handle = VK_NULL_HANDLE;
  gpu::DeviceInfo info{};  // `unified_memory` and `device_timer` as the device could have them
  VkPhysicalDeviceLimits limits{};
  VkPhysicalDeviceMemoryProperties memory{};
  std::uint32_t queue_family = 0;
  std::uint32_t timestamp_bits = 0;
  bool texel_reads = false;        // vectors of four floats can be fetched from texel buffers
  bool creation_feedback = false;  // the driver may say whether a pipeline came from the cache
  std::array<std::uint8_t, VK_UUID_SIZE> cache_uuid{};
};

// All devices with Vulkan 1.1 and a compute queue, at least one; `unavailable` says what is wrong with those
// that are there. Ids are places in the drivers' order, left out devices counted.
Result<std::vector<PhysicalDevice>> find_devices(const Instance& instance);

// A logical device with one compute queue, every feature that kernels may use switched on.
Result<VkDevice> create_device(const Symbols& vk, const PhysicalDevice& device);

// The memory type in `allowed` (bits) that has all of `wanted`, and if there is one, `preferred`, too. -1 if
// there is none.
int find_memory_type(const VkPhysicalDeviceMemoryProperties& memory, std::uint32_t allowed,
                     VkMemoryPropertyFlags wanted, VkMemoryPropertyFlags preferred);

}  // namespace eb::vulkan
