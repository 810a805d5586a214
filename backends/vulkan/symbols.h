#pragma once
// Vulkan's functions, looked up at run time. The lists below are the only place that names them; a required
// one that is missing is an error that says which, an optional one is null.
#ifndef VK_NO_PROTOTYPES
#define VK_NO_PROTOTYPES
#endif
#include <vulkan/vulkan_core.h>

#include <string>
#include <string_view>

#include "harness/base/result.h"

// X(name, is_required)
#define EB_VK_GLOBAL(X)                         \
  X(CreateInstance, true)                       \
  X(EnumerateInstanceExtensionProperties, true) \
  X(EnumerateInstanceLayerProperties, true)     \
  X(EnumerateInstanceVersion, false)
#define EB_VK_INSTANCE(X)                         \
  X(DestroyInstance, true)                        \
  X(EnumeratePhysicalDevices, true)               \
  X(EnumerateDeviceExtensionProperties, true)     \
  X(GetPhysicalDeviceProperties, true)            \
  X(GetPhysicalDeviceQueueFamilyProperties, true) \
  X(GetPhysicalDeviceMemoryProperties, true)      \
  X(GetPhysicalDeviceFormatProperties, true)      \
  X(CreateDevice, true)                           \
  X(GetDeviceProcAddr, true)                      \
  X(GetPhysicalDeviceProperties2, false)          \
  X(GetPhysicalDeviceFeatures2, false)            \
  X(CreateDebugUtilsMessengerEXT, false)          \
  X(DestroyDebugUtilsMessengerEXT, false)
#define EB_VK_DEVICE(X)                \
  X(DestroyDevice, true)               \
  X(GetDeviceQueue, true)              \
  X(QueueSubmit, true)                 \
  X(DeviceWaitIdle, true)              \
  X(AllocateMemory, true)              \
  X(FreeMemory, true)                  \
  X(MapMemory, true)                   \
  X(CreateBuffer, true)                \
  X(DestroyBuffer, true)               \
  X(GetBufferMemoryRequirements, true) \
  X(BindBufferMemory, true)            \
  X(CreateBufferView, true)            \
  X(DestroyBufferView, true)           \
  X(CreateFence, true)                 \
  X(DestroyFence, true)                \
  X(ResetFences, true)                 \
  X(WaitForFences, true)               \
  X(GetFenceStatus, true)              \
  X(CreateQueryPool, true)             \
  X(DestroyQueryPool, true)            \
  X(GetQueryPoolResults, true)         \
  X(CreateShaderModule, true)          \
  X(DestroyShaderModule, true)         \
  X(CreatePipelineCache, true)         \
  X(DestroyPipelineCache, true)        \
  X(GetPipelineCacheData, true)        \
  X(MergePipelineCaches, true)         \
  X(CreateComputePipelines, true)      \
  X(DestroyPipeline, true)             \
  X(CreatePipelineLayout, true)        \
  X(DestroyPipelineLayout, true)       \
  X(CreateDescriptorSetLayout, true)   \
  X(DestroyDescriptorSetLayout, true)  \
  X(CreateDescriptorPool, true)        \
  X(DestroyDescriptorPool, true)       \
  X(AllocateDescriptorSets, true)      \
  X(UpdateDescriptorSets, true)        \
  X(CreateCommandPool, true)           \
  X(DestroyCommandPool, true)          \
  X(AllocateCommandBuffers, true)      \
  X(FreeCommandBuffers, true)          \
  X(BeginCommandBuffer, true)          \
  X(EndCommandBuffer, true)            \
  X(CmdBindPipeline, true)             \
  X(CmdBindDescriptorSets, true)       \
  X(CmdPushConstants, true)            \
  X(CmdDispatch, true)                 \
  X(CmdCopyBuffer, true)               \
  X(CmdFillBuffer, true)               \
  X(CmdPipelineBarrier, true)          \
  X(CmdResetQueryPool, true)           \
  X(CmdWriteTimestamp, true)

namespace eb::vulkan {

struct Symbols {
  PFN_vkGetInstanceProcAddr GetInstanceProcAddr = nullptr;
#define EB_VK_MEMBER(name, required) PFN_vk##name name = nullptr;
  EB_VK_GLOBAL(EB_VK_MEMBER)
  EB_VK_INSTANCE(EB_VK_MEMBER)
  EB_VK_DEVICE(EB_VK_MEMBER)
#undef EB_VK_MEMBER
};

// Opens the loader, or a driver that can do without one, and fills the global functions. `unavailable` says
// what to install.
Result<Symbols> open_loader();
Status load_instance_symbols(Symbols& vk, VkInstance instance);
Status load_device_symbols(Symbols& vk, VkDevice device);

// "VK_ERROR_DEVICE_LOST".
std::string result_name(VkResult result);
// Out of memory keeps its kind; all else is `device`.
Error error_of(std::string_view call, VkResult result);

}  // namespace eb::vulkan

// EB_VK(vk, CreateFence, device, ...): leaves with the error of a call that did not succeed.
#define EB_VK(vk, name, ...)                                                                 \
  do {                                                                                       \
    const VkResult eb_vk_result = (vk).name(__VA_ARGS__);                                    \
    if (eb_vk_result != VK_SUCCESS) return ::eb::vulkan::error_of("vk" #name, eb_vk_result); \
  } while (0)
