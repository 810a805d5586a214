#include "backends/vulkan/instance.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace eb::vulkan {
namespace {

constexpr const char* kValidationLayer = "VK_LAYER_KHRONOS_validation";
constexpr const char* kPortability = "VK_KHR_portability_enumeration";  // MoltenVK is shown only to who asks
constexpr VkInstanceCreateFlags kEnumeratePortability = 0x1;

VKAPI_ATTR VkBool32 VKAPI_CALL pass_message(VkDebugUtilsMessageSeverityFlagBitsEXT /*severity*/,
                                            VkDebugUtilsMessageTypeFlagsEXT /*types*/,
                                            const VkDebugUtilsMessengerCallbackDataEXT* data, void* user) {
  (*static_cast<const OnMessage*>(user))(data && data->pMessage ? data->pMessage : "");
  return VK_FALSE;
}

VkDebugUtilsMessengerCreateInfoEXT messenger_info(const OnMessage& on_message) {
  VkDebugUtilsMessengerCreateInfoEXT info{};
  info.sType = VK_STRUCTURE_TYPE_DEBUG_UTILS_MESSENGER_CREATE_INFO_EXT;
  info.messageSeverity =
      VK_DEBUG_UTILS_MESSAGE_SEVERITY_WARNING_BIT_EXT | VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT;
  info.messageType = VK_DEBUG_UTILS_MESSAGE_TYPE_VALIDATION_BIT_EXT;
  info.pfnUserCallback = pass_message;
  info.pUserData = const_cast<OnMessage*>(&on_message);
  return info;
}

bool has_layer(const Symbols& vk, const char* name) {
  std::uint32_t count = 0;
  if (vk.EnumerateInstanceLayerProperties(&count, nullptr) != VK_SUCCESS) return false;
  std::vector<VkLayerProperties> layers(count);
  if (vk.EnumerateInstanceLayerProperties(&count, layers.data()) < 0) return false;
  layers.resize(count);
  return std::any_of(layers.begin(), layers.end(),
                     [&](const VkLayerProperties& layer) { return std::strcmp(layer.layerName, name) == 0; });
}

bool has_extension(const Symbols& vk, const char* layer, const char* name) {
  std::uint32_t count = 0;
  if (vk.EnumerateInstanceExtensionProperties(layer, &count, nullptr) != VK_SUCCESS) return false;
  std::vector<VkExtensionProperties> all(count);
  if (vk.EnumerateInstanceExtensionProperties(layer, &count, all.data()) < 0) return false;
  all.resize(count);
  return std::any_of(all.begin(), all.end(), [&](const VkExtensionProperties& one) {
    return std::strcmp(one.extensionName, name) == 0;
  });
}

Error no_driver(std::string_view why) {
  return {
      ErrorKind::unavailable,
      fmt::format(
          "there is no Vulkan driver ({}); install the driver of the GPU, or for the processor the Debian "
          "package mesa-vulkan-drivers",
          why)};
}

}  // namespace

Result<std::unique_ptr<Instance>> Instance::create(OnMessage on_message) {
  EB_GET(const Symbols vk, open_loader());
  std::unique_ptr<Instance> instance(new Instance(vk, std::move(on_message)));
  EB_OK(instance->start());
  return instance;
}

Status Instance::start() {
  std::uint32_t version = VK_API_VERSION_1_0;
  if (vk_.EnumerateInstanceVersion) EB_VK(vk_, EnumerateInstanceVersion, &version);
  if (version < VK_API_VERSION_1_1)
    return Error{ErrorKind::unavailable,
                 "the Vulkan loader knows only Vulkan 1.0 and 1.1 is needed; update it"};

  VkApplicationInfo application{};
  application.sType = VK_STRUCTURE_TYPE_APPLICATION_INFO;
  application.pApplicationName = "edgebench";
  application.apiVersion = VK_API_VERSION_1_3;  // the newest that we know; a device may have less
  VkInstanceCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO;
  info.pApplicationInfo = &application;
  std::vector<const char*> extensions;
  if (has_extension(vk_, nullptr, kPortability)) {
    extensions.push_back(kPortability);
    info.flags |= kEnumeratePortability;
  }
  const auto messages = messenger_info(on_message_);
  if (on_message_) {
    if (!has_layer(vk_, kValidationLayer))
      return Error{ErrorKind::unavailable,
                   fmt::format("{} is not here; install the Debian package vulkan-validationlayers",
                               kValidationLayer)};
    extensions.push_back(VK_EXT_DEBUG_UTILS_EXTENSION_NAME);
    info.enabledLayerCount = 1;
    info.ppEnabledLayerNames = &kValidationLayer;
    info.pNext = &messages;  // while the instance is made and destroyed
  }
  info.enabledExtensionCount = static_cast<std::uint32_t>(extensions.size());
  info.ppEnabledExtensionNames = extensions.data();
  const VkResult created = vk_.CreateInstance(&info, nullptr, &instance_);
  if (created == VK_ERROR_INCOMPATIBLE_DRIVER)
    return no_driver("vkCreateInstance reports VK_ERROR_INCOMPATIBLE_DRIVER");
  if (created != VK_SUCCESS) return error_of("vkCreateInstance", created);
  EB_OK(load_instance_symbols(vk_, instance_));
  if (on_message_ && vk_.CreateDebugUtilsMessengerEXT)
    EB_VK(vk_, CreateDebugUtilsMessengerEXT, instance_, &messages, nullptr, &messenger_);
  return Done{};
}

Instance::~Instance() {
  if (!instance_ || !vk_.DestroyInstance) return;
  if (messenger_ && vk_.DestroyDebugUtilsMessengerEXT)
    vk_.DestroyDebugUtilsMessengerEXT(instance_, messenger_, nullptr);
  vk_.DestroyInstance(instance_, nullptr);
}

Result<std::vector<VkPhysicalDevice>> Instance::physical_devices() const {
  std::uint32_t count = 0;
  const VkResult counted = vk_.EnumeratePhysicalDevices(instance_, &count, nullptr);
  if (counted == VK_ERROR_INITIALIZATION_FAILED)
    return no_driver("vkEnumeratePhysicalDevices finds none that starts");
  if (counted != VK_SUCCESS) return error_of("vkEnumeratePhysicalDevices", counted);
  std::vector<VkPhysicalDevice> devices(count);
  const VkResult listed = vk_.EnumeratePhysicalDevices(instance_, &count, devices.data());
  if (listed != VK_SUCCESS && listed != VK_INCOMPLETE) return error_of("vkEnumeratePhysicalDevices", listed);
  devices.resize(count);
  if (devices.empty()) return no_driver("vkEnumeratePhysicalDevices finds no device");
  return devices;
}

}  // namespace eb::vulkan
