#include "backends/vulkan/symbols.h"

#include <fmt/format.h>

#include <array>

#include "harness/base/dynlib.h"

namespace eb::vulkan {
namespace {

// The loader's names on all systems, and last a driver that is its own loader.
constexpr std::array kLibraries{"libvulkan.so.1", "libvulkan.so", "vulkan-1.dll", "libvulkan.1.dylib",
                                "libMoltenVK.dylib"};

struct ResultName {
  VkResult result;
  std::string_view name;
};
#define EB_NAMED(result) \
  ResultName {           \
    result, #result      \
  }
constexpr std::array kResultNames{
    EB_NAMED(VK_SUCCESS),
    EB_NAMED(VK_NOT_READY),
    EB_NAMED(VK_TIMEOUT),
    EB_NAMED(VK_INCOMPLETE),
    EB_NAMED(VK_ERROR_OUT_OF_HOST_MEMORY),
    EB_NAMED(VK_ERROR_OUT_OF_DEVICE_MEMORY),
    EB_NAMED(VK_ERROR_INITIALIZATION_FAILED),
    EB_NAMED(VK_ERROR_DEVICE_LOST),
    EB_NAMED(VK_ERROR_MEMORY_MAP_FAILED),
    EB_NAMED(VK_ERROR_LAYER_NOT_PRESENT),
    EB_NAMED(VK_ERROR_EXTENSION_NOT_PRESENT),
    EB_NAMED(VK_ERROR_FEATURE_NOT_PRESENT),
    EB_NAMED(VK_ERROR_INCOMPATIBLE_DRIVER),
    EB_NAMED(VK_ERROR_TOO_MANY_OBJECTS),
    EB_NAMED(VK_ERROR_FORMAT_NOT_SUPPORTED),
    EB_NAMED(VK_ERROR_FRAGMENTED_POOL),
    EB_NAMED(VK_ERROR_UNKNOWN),
    EB_NAMED(VK_ERROR_OUT_OF_POOL_MEMORY),
    EB_NAMED(VK_ERROR_INVALID_EXTERNAL_HANDLE),
    EB_NAMED(VK_ERROR_FRAGMENTATION),
    EB_NAMED(VK_ERROR_INVALID_SHADER_NV),
};
#undef EB_NAMED

Error missing(std::string_view name) {
  return {ErrorKind::unavailable, fmt::format("the Vulkan driver has no function vk{}; update it", name)};
}

}  // namespace

Result<Symbols> open_loader() {
  std::string reasons;
  for (const char* library : kLibraries) {
    auto opened = DynLib::open(library);
    if (!opened) {
      if (reasons.empty()) reasons = opened.error().message;
      continue;
    }
    Symbols vk;
    vk.GetInstanceProcAddr =
        reinterpret_cast<PFN_vkGetInstanceProcAddr>(opened->symbol("vkGetInstanceProcAddr"));
    if (!vk.GetInstanceProcAddr) return missing("GetInstanceProcAddr");
#define EB_VK_LOAD(name, required)                                                              \
  vk.name = reinterpret_cast<PFN_vk##name>(vk.GetInstanceProcAddr(VK_NULL_HANDLE, "vk" #name)); \
  if ((required) && !vk.name) return missing(#name);
    EB_VK_GLOBAL(EB_VK_LOAD)
#undef EB_VK_LOAD
    return vk;
  }
  return Error{
      ErrorKind::unavailable,
      fmt::format("there is no Vulkan loader ({}); install the driver of the GPU, or for the processor the "
                  "Debian packages libvulkan1 and mesa-vulkan-drivers",
                  reasons)};
}

Status load_instance_symbols(Symbols& vk, VkInstance instance) {
#define EB_VK_LOAD(name, required)                                                        \
  vk.name = reinterpret_cast<PFN_vk##name>(vk.GetInstanceProcAddr(instance, "vk" #name)); \
  if ((required) && !vk.name) return missing(#name);
  EB_VK_INSTANCE(EB_VK_LOAD)
#undef EB_VK_LOAD
  return Done{};
}

Status load_device_symbols(Symbols& vk, VkDevice device) {
#define EB_VK_LOAD(name, required)                                                    \
  vk.name = reinterpret_cast<PFN_vk##name>(vk.GetDeviceProcAddr(device, "vk" #name)); \
  if ((required) && !vk.name) return missing(#name);
  EB_VK_DEVICE(EB_VK_LOAD)
#undef EB_VK_LOAD
  return Done{};
}

std::string result_name(VkResult result) {
  for (const ResultName& known : kResultNames)
    if (known.result == result) return std::string(known.name);
  return fmt::format("VkResult {}", static_cast<int>(result));
}

Error error_of(std::string_view call, VkResult result) {
  const bool is_memory = result == VK_ERROR_OUT_OF_HOST_MEMORY || result == VK_ERROR_OUT_OF_DEVICE_MEMORY ||
                         result == VK_ERROR_OUT_OF_POOL_MEMORY;
  std::string_view remedy;
  if (is_memory) remedy = "; use a smaller model or batch, or close other programs";
  if (result == VK_ERROR_DEVICE_LOST) remedy = ": the driver stopped the device; see the system's log";
  return {is_memory ? ErrorKind::out_of_memory : ErrorKind::device,
          fmt::format("{} reports {}{}", call, result_name(result), remedy)};
}

}  // namespace eb::vulkan
