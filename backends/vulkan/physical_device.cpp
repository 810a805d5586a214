#include "backends/vulkan/physical_device.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <string>

namespace eb::vulkan {
namespace {

struct Vendor {
  std::uint32_t id;
  std::string_view name;
};
constexpr std::array kVendors{
    Vendor{0x1002, "AMD"},      Vendor{0x1010, "Imagination"}, Vendor{0x106b, "Apple"},
    Vendor{0x10de, "NVIDIA"},   Vendor{0x13b5, "Arm"},         Vendor{0x144d, "Samsung"},
    Vendor{0x14e4, "Broadcom"}, Vendor{0x5143, "Qualcomm"},    Vendor{0x8086, "Intel"},
    Vendor{0x10005, "Mesa"},
};

// The features that kernels may use, each struct only where the device knows it. Filled by the driver, then
// handed back to it: so all that is there is on.
struct Features {
  VkPhysicalDeviceFeatures2 head{};
  VkPhysicalDevice16BitStorageFeatures storage16{};
  VkPhysicalDevice8BitStorageFeatures storage8{};
  VkPhysicalDeviceShaderFloat16Int8Features float16{};
  VkPhysicalDeviceShaderIntegerDotProductFeatures dot{};
};

class Extensions {
 public:
  Extensions(const Symbols& vk, VkPhysicalDevice device) {
    std::uint32_t count = 0;
    if (vk.EnumerateDeviceExtensionProperties(device, nullptr, &count, nullptr) != VK_SUCCESS) return;
    all_.resize(count);
    if (vk.EnumerateDeviceExtensionProperties(device, nullptr, &count, all_.data()) < 0) count = 0;
    all_.resize(count);
  }
  bool has(const char* name) const {
    return std::any_of(all_.begin(), all_.end(), [&](const VkExtensionProperties& one) {
      return std::strcmp(one.extensionName, name) == 0;
    });
  }

 private:
  std::vector<VkExtensionProperties> all_;
};

// A part of Vulkan that became core in some version and is an extension before.
struct Part {
  const char* extension;
  std::uint32_t core_since;
};
constexpr Part kStorage8{VK_KHR_8BIT_STORAGE_EXTENSION_NAME, VK_API_VERSION_1_2};
constexpr Part kFloat16{VK_KHR_SHADER_FLOAT16_INT8_EXTENSION_NAME, VK_API_VERSION_1_2};
constexpr Part kDriver{VK_KHR_DRIVER_PROPERTIES_EXTENSION_NAME, VK_API_VERSION_1_2};
constexpr Part kDot{VK_KHR_SHADER_INTEGER_DOT_PRODUCT_EXTENSION_NAME, VK_API_VERSION_1_3};
constexpr Part kFeedback{VK_EXT_PIPELINE_CREATION_FEEDBACK_EXTENSION_NAME, VK_API_VERSION_1_3};
// Must be switched on where it is there: the device is no full Vulkan one, as with MoltenVK.
constexpr Part kPortability{"VK_KHR_portability_subset", ~0u};

bool has(const Part& part, const Extensions& extensions, std::uint32_t version) {
  return version >= part.core_since || extensions.has(part.extension);
}

template <class Head, class T>
void chain(Head& head, T& next, VkStructureType type) {
  next.sType = type;
  next.pNext = head.pNext;
  head.pNext = &next;
}

void query_features(const Symbols& vk, VkPhysicalDevice device, Features& features) {
  VkPhysicalDeviceProperties properties{};
  vk.GetPhysicalDeviceProperties(device, &properties);
  const Extensions extensions(vk, device);
  const std::uint32_t version = properties.apiVersion;
  features.head.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2;
  chain(features.head, features.storage16, VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_16BIT_STORAGE_FEATURES);
  if (has(kStorage8, extensions, version))
    chain(features.head, features.storage8, VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_8BIT_STORAGE_FEATURES);
  if (has(kFloat16, extensions, version))
    chain(features.head, features.float16, VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_FLOAT16_INT8_FEATURES);
  if (has(kDot, extensions, version))
    chain(features.head, features.dot, VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_INTEGER_DOT_PRODUCT_FEATURES);
  vk.GetPhysicalDeviceFeatures2(device, &features.head);
}

gpu::DeviceType type_of(VkPhysicalDeviceType type) {
  switch (type) {
    case VK_PHYSICAL_DEVICE_TYPE_CPU:
      return gpu::DeviceType::cpu;
    case VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU:
      return gpu::DeviceType::integrated;
    case VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU:
      return gpu::DeviceType::discrete;
    default:
      return gpu::DeviceType::other;
  }
}

std::string vendor_of(std::uint32_t id) {
  for (const Vendor& vendor : kVendors)
    if (vendor.id == id) return std::string(vendor.name);
  return fmt::format("vendor {:#x}", id);
}

std::string hex(std::span<const std::uint8_t> bytes) {
  std::string text;
  for (const std::uint8_t byte : bytes) text += fmt::format("{:02x}", byte);
  return text;
}

// A dedicated compute queue would do, too; what matters is that its times are valid.
bool choose_queue(const Symbols& vk, PhysicalDevice& device) {
  std::uint32_t count = 0;
  vk.GetPhysicalDeviceQueueFamilyProperties(device.handle, &count, nullptr);
  std::vector<VkQueueFamilyProperties> families(count);
  vk.GetPhysicalDeviceQueueFamilyProperties(device.handle, &count, families.data());
  bool found = false;
  for (std::uint32_t i = 0; i < count; ++i) {
    if ((families[i].queueFlags & VK_QUEUE_COMPUTE_BIT) == 0 || families[i].queueCount == 0) continue;
    if (found && (device.timestamp_bits > 0 || families[i].timestampValidBits == 0)) continue;
    device.queue_family = i;
    device.timestamp_bits = families[i].timestampValidBits;
    found = true;
  }
  return found;
}

void describe_memory(const Symbols& vk, PhysicalDevice& device) {
  vk.GetPhysicalDeviceMemoryProperties(device.handle, &device.memory);
  for (std::uint32_t i = 0; i < device.memory.memoryHeapCount; ++i)
    if ((device.memory.memoryHeaps[i].flags & VK_MEMORY_HEAP_DEVICE_LOCAL_BIT) != 0)
      device.info.memory_bytes = std::max(device.info.memory_bytes, device.memory.memoryHeaps[i].size);
  // A discrete device's window into its memory is slow to read from the host, so it is not used.
  device.info.unified_memory =
      device.info.type != gpu::DeviceType::discrete &&
      find_memory_type(device.memory, ~0u,
                       VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT | VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT |
                           VK_MEMORY_PROPERTY_HOST_COHERENT_BIT,
                       0) >= 0;
}

void describe_features(const Symbols& vk, VkBool32 has_fast_dot, PhysicalDevice& device) {
  Features features;
  query_features(vk, device.handle, features);
  device.info.fp16_storage = features.storage16.storageBuffer16BitAccess == VK_TRUE;
  device.info.fp16_arithmetic = features.float16.shaderFloat16 == VK_TRUE;
  device.info.int8_kernels = features.dot.shaderIntegerDotProduct == VK_TRUE;
  device.info.int8_dot_product = device.info.int8_kernels && has_fast_dot == VK_TRUE;
  VkFormatProperties format{};
  vk.GetPhysicalDeviceFormatProperties(device.handle, VK_FORMAT_R32G32B32A32_SFLOAT, &format);
  device.texel_reads = (format.bufferFeatures & VK_FORMAT_FEATURE_UNIFORM_TEXEL_BUFFER_BIT) != 0;
}

void describe_identity(const VkPhysicalDeviceProperties& properties,
                       const VkPhysicalDeviceDriverProperties& driver, PhysicalDevice& device) {
  gpu::DeviceInfo& info = device.info;
  info.name = properties.deviceName;
  info.vendor = vendor_of(properties.vendorID);
  info.vendor_id = properties.vendorID;
  info.device_id = properties.deviceID;
  info.type = type_of(properties.deviceType);
  info.driver = driver.driverName[0] != '\0'
                    ? fmt::format("{} {}", driver.driverName, driver.driverInfo)
                    : fmt::format("{} driver {:#x}", info.vendor, properties.driverVersion);
  std::copy_n(properties.pipelineCacheUUID, VK_UUID_SIZE, device.cache_uuid.begin());
  info.fingerprint = fmt::format("vulkan-{:x}-{:x}-{:x}-{}", properties.vendorID, properties.deviceID,
                                 properties.driverVersion, hex(device.cache_uuid));
}

void describe_limits(const VkPhysicalDeviceLimits& limits, VkDeviceSize max_allocation,
                     PhysicalDevice& device) {
  gpu::DeviceInfo& info = device.info;
  device.limits = limits;
  info.max_buffer_bytes = std::min<std::uint64_t>(limits.maxStorageBufferRange, max_allocation);
  info.local_memory_bytes = limits.maxComputeSharedMemorySize;
  info.max_group_items = limits.maxComputeWorkGroupInvocations;
  std::copy_n(limits.maxComputeWorkGroupSize, 3, info.max_group.begin());
  info.device_timer = device.timestamp_bits > 0 && limits.timestampPeriod > 0;
}

// The device must have Vulkan 1.1 and a compute queue.
void describe(const Symbols& vk, PhysicalDevice& device) {
  const Extensions extensions(vk, device.handle);
  VkPhysicalDeviceProperties2 properties{};
  VkPhysicalDeviceDriverProperties driver{};
  VkPhysicalDeviceMaintenance3Properties allocation{};
  VkPhysicalDeviceShaderIntegerDotProductProperties dot{};
  properties.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2;
  vk.GetPhysicalDeviceProperties2(device.handle, &properties);
  const std::uint32_t version = properties.properties.apiVersion;
  chain(properties, allocation, VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MAINTENANCE_3_PROPERTIES);
  if (has(kDriver, extensions, version))
    chain(properties, driver, VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_DRIVER_PROPERTIES);
  if (has(kDot, extensions, version))
    chain(properties, dot, VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_INTEGER_DOT_PRODUCT_PROPERTIES);
  vk.GetPhysicalDeviceProperties2(device.handle, &properties);

  describe_identity(properties.properties, driver, device);
  describe_limits(properties.properties.limits, allocation.maxMemoryAllocationSize, device);
  describe_memory(vk, device);
  describe_features(vk, dot.integerDotProduct4x8BitPackedSignedAccelerated, device);
  device.creation_feedback = has(kFeedback, extensions, version);
}

}  // namespace

int find_memory_type(const VkPhysicalDeviceMemoryProperties& memory, std::uint32_t allowed,
                     VkMemoryPropertyFlags wanted, VkMemoryPropertyFlags preferred) {
  for (const VkMemoryPropertyFlags flags : {wanted | preferred, wanted})
    for (std::uint32_t i = 0; i < memory.memoryTypeCount; ++i)
      if ((allowed >> i & 1u) != 0 && (memory.memoryTypes[i].propertyFlags & flags) == flags)
        return static_cast<int>(i);
  return -1;
}

Result<std::vector<PhysicalDevice>> find_devices(const Instance& instance) {
  const Symbols& vk = instance.symbols();
  EB_GET(const std::vector<VkPhysicalDevice> handles, instance.physical_devices());
  std::vector<PhysicalDevice> found;
  std::string left_out;
  for (std::size_t i = 0; i < handles.size(); ++i) {
    PhysicalDevice device{.handle = handles[i]};
    device.info.id = std::to_string(i);
    device.info.vector_floats = 4;
    VkPhysicalDeviceProperties properties{};
    vk.GetPhysicalDeviceProperties(handles[i], &properties);
    const bool is_new_enough = properties.apiVersion >= VK_API_VERSION_1_1 &&
                               vk.GetPhysicalDeviceProperties2 && vk.GetPhysicalDeviceFeatures2;
    if (!is_new_enough || !choose_queue(vk, device)) {
      left_out += fmt::format("{}{} has {}", left_out.empty() ? "" : ", ", properties.deviceName,
                              is_new_enough ? "no compute queue" : "only Vulkan 1.0");
      continue;
    }
    describe(vk, device);
    found.push_back(std::move(device));
  }
  if (found.empty())
    return Error{
        ErrorKind::unavailable,
        fmt::format(
            "no device has Vulkan 1.1 with a compute queue ({}); update the driver of the GPU, or for "
            "the processor install the Debian package mesa-vulkan-drivers",
            left_out)};
  return found;
}

Result<VkDevice> create_device(const Symbols& vk, const PhysicalDevice& device) {
  Features features;
  query_features(vk, device.handle, features);
  // Of the features of Vulkan 1.0 kernels need one at most. Checks of bounds in particular stay off: they
  // cost time.
  const VkBool32 has_int16 = features.head.features.shaderInt16;
  features.head.features = {};
  features.head.features.shaderInt16 = has_int16;
  VkPhysicalDeviceProperties properties{};
  vk.GetPhysicalDeviceProperties(device.handle, &properties);
  const Extensions available(vk, device.handle);
  std::vector<const char*> extensions;
  for (const Part& part : {kStorage8, kFloat16, kDot, kFeedback, kPortability})
    if (properties.apiVersion < part.core_since && available.has(part.extension))
      extensions.push_back(part.extension);

  const float priority = 1;
  VkDeviceQueueCreateInfo queue{};
  queue.sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO;
  queue.queueFamilyIndex = device.queue_family;
  queue.queueCount = 1;
  queue.pQueuePriorities = &priority;
  VkDeviceCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO;
  info.pNext = &features.head;
  info.queueCreateInfoCount = 1;
  info.pQueueCreateInfos = &queue;
  info.enabledExtensionCount = static_cast<std::uint32_t>(extensions.size());
  info.ppEnabledExtensionNames = extensions.data();
  VkDevice made = VK_NULL_HANDLE;
  EB_VK(vk, CreateDevice, device.handle, &info, nullptr, &made);
  return made;
}

}  // namespace eb::vulkan
