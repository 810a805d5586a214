// A Vulkan driver that is lavapipe, but for the calls that a test wants to fail. The real loader loads it.
#include <dlfcn.h>
#include <vulkan/vk_icd.h>

#include <array>
#include <cstring>

#include "backends/vulkan/symbols.h"
#include "tests/faults/driver_exports.h"

namespace {

using eb::test::faults;
using Reach = eb::test::Faults::Reach;

// What a failing call does all the same: else work would go on in memory that its owner gives back.
constexpr bool acts_nevertheless(std::string_view call) {
  return call == "vkWaitForFences" || call == "vkDeviceWaitIdle";
}

// Wraps functions that report a result; all others stay as they are.
template <class Tag, class Function>
struct Wrapped {
  static PFN_vkVoidFunction over(PFN_vkVoidFunction real) { return real; }
};
template <class Tag, class... Arguments>
struct Wrapped<Tag, VkResult(VKAPI_PTR*)(Arguments...)> {
  using Function = VkResult(VKAPI_PTR*)(Arguments...);
  static inline Function real = nullptr;

  static VkResult VKAPI_CALL call(Arguments... arguments) {
    if (const auto code = Tag::strike()) {
      if (acts_nevertheless(Tag::kName)) (void)real(arguments...);
      return static_cast<VkResult>(*code);
    }
    return real(arguments...);
  }
  static PFN_vkVoidFunction over(PFN_vkVoidFunction driver) {
    real = reinterpret_cast<Function>(driver);
    return reinterpret_cast<PFN_vkVoidFunction>(call);
  }
};

// Loaders of Vulkan crash themselves when a driver's answer to some functions of an instance is a failure, so
// these fail by name only.
#define EB_DEVICE_TAG(name, required)                                                 \
  struct name##Tag {                                                                  \
    static constexpr const char* kName = "vk" #name;                                  \
    static std::optional<int> strike() { return faults().strike(kName, Reach::any); } \
  };
#define EB_INSTANCE_TAG(name, required)                                                 \
  struct name##Tag {                                                                    \
    static constexpr const char* kName = "vk" #name;                                    \
    static std::optional<int> strike() { return faults().strike(kName, Reach::named); } \
  };
EB_INSTANCE_TAG(CreateInstance, true)
EB_VK_INSTANCE(EB_INSTANCE_TAG)
EB_VK_DEVICE(EB_DEVICE_TAG)
#undef EB_INSTANCE_TAG
#undef EB_DEVICE_TAG

PFN_vkVoidFunction wrapped(const char* name, PFN_vkVoidFunction real) {
  if (!real) return real;
#define EB_WRAP(function, required) \
  if (std::strcmp(name, "vk" #function) == 0) return Wrapped<function##Tag, PFN_vk##function>::over(real);
  EB_WRAP(CreateInstance, true)
  EB_VK_INSTANCE(EB_WRAP)
  EB_VK_DEVICE(EB_WRAP)
#undef EB_WRAP
  return real;
}

template <class Function>
Function of_driver(const char* name) {
  static void* const library = dlopen("libvulkan_lvp.so", RTLD_NOW | RTLD_LOCAL);
  return library ? reinterpret_cast<Function>(dlsym(library, name)) : nullptr;
}

PFN_vkGetDeviceProcAddr device_function = nullptr;

PFN_vkVoidFunction VKAPI_CALL get_device_function(VkDevice device, const char* name) {
  return wrapped(name, device_function(device, name));
}

}  // namespace

extern "C" {

[[gnu::visibility("default")]] VkResult vk_icdNegotiateLoaderICDInterfaceVersion(std::uint32_t* version) {
  eb::test::read_faults_beside_library();
  const auto negotiate =
      of_driver<PFN_vkNegotiateLoaderICDInterfaceVersion>("vk_icdNegotiateLoaderICDInterfaceVersion");
  return negotiate ? negotiate(version) : VK_ERROR_INCOMPATIBLE_DRIVER;
}

[[gnu::visibility("default")]] PFN_vkVoidFunction vk_icdGetInstanceProcAddr(VkInstance instance,
                                                                            const char* name) {
  const PFN_vkVoidFunction real =
      of_driver<PFN_vkGetInstanceProcAddr>("vk_icdGetInstanceProcAddr")(instance, name);
  if (std::strcmp(name, "vkGetInstanceProcAddr") == 0)
    return reinterpret_cast<PFN_vkVoidFunction>(vk_icdGetInstanceProcAddr);
  if (std::strcmp(name, "vkGetDeviceProcAddr") != 0) return wrapped(name, real);
  device_function = reinterpret_cast<PFN_vkGetDeviceProcAddr>(real);
  return reinterpret_cast<PFN_vkVoidFunction>(get_device_function);
}

[[gnu::visibility("default")]] PFN_vkVoidFunction vk_icdGetPhysicalDeviceProcAddr(VkInstance instance,
                                                                                  const char* name) {
  return wrapped(name,
                 of_driver<PFN_GetPhysicalDeviceProcAddr>("vk_icdGetPhysicalDeviceProcAddr")(instance, name));
}

}  // extern "C"
