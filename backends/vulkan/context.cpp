#include "backends/vulkan/context.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace eb::vulkan {
namespace {

// Waiting is cut into slices, so that a device that was lost meanwhile is noticed even where the driver does
// not wake us.
constexpr std::chrono::nanoseconds kSlice = std::chrono::seconds(1);
// No list of dispatches of ours takes this long on any device; the sandbox's own limits are shorter.
constexpr std::chrono::nanoseconds kLongestWait = std::chrono::minutes(10);

}  // namespace

Result<std::unique_ptr<Context>> Context::create(const std::string& device_id, OnMessage on_message) {
  EB_GET(std::unique_ptr<Instance> instance, Instance::create(std::move(on_message)));
  EB_GET(std::vector<PhysicalDevice> devices, find_devices(*instance));
  const auto found = std::find_if(devices.begin(), devices.end(),
                                  [&](const PhysicalDevice& device) { return device.info.id == device_id; });
  if (found == devices.end())
    return Error{ErrorKind::not_found, fmt::format("there is no Vulkan device '{}'; the first is '{}' ({})",
                                                   device_id, devices[0].info.id, devices[0].info.name)};
  std::unique_ptr<Context> context(new Context(std::move(instance)));
  if (auto started = context->start(std::move(*found)); !started)
    return started.error().within(context->physical_.info.name);
  return context;
}

Status Context::start(PhysicalDevice physical) {
  physical_ = std::move(physical);
  vk_ = instance_->symbols();
  EB_GET(device_, create_device(vk_, physical_));
  EB_OK(load_device_symbols(vk_, device_));
  vk_.GetDeviceQueue(device_, physical_.queue_family, 0, &queue_);
  VkCommandPoolCreateInfo pool_info{};
  pool_info.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO;
  pool_info.flags = VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT;
  pool_info.queueFamilyIndex = physical_.queue_family;
  EB_VK_MAKE(vk_, device_, CommandPool, pool, &pool_info);
  pool_ = std::move(pool);
  VkFenceCreateInfo fence_info{};
  fence_info.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO;
  EB_VK_MAKE(vk_, device_, Fence, fence, &fence_info);
  fence_ = std::move(fence);
  return Done{};
}

Context::~Context() {
  if (!device_ || !vk_.DestroyDevice) return;
  if (!is_lost_) vk_.DeviceWaitIdle(device_);
  fence_ = {};
  pool_ = {};
  vk_.DestroyDevice(device_, nullptr);
}

Result<VkCommandBuffer> Context::make_command_buffer() const {
  VkCommandBufferAllocateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO;
  info.commandPool = pool_.get();
  info.level = VK_COMMAND_BUFFER_LEVEL_PRIMARY;
  info.commandBufferCount = 1;
  VkCommandBuffer commands = VK_NULL_HANDLE;
  EB_VK(vk_, AllocateCommandBuffers, device_, &info, &commands);
  return commands;
}

void Context::free_command_buffer(VkCommandBuffer commands) const {
  vk_.FreeCommandBuffers(device_, pool_.get(), 1, &commands);
}

Status Context::run(std::span<const VkCommandBuffer> commands) {
  if (is_lost_)
    return Error{ErrorKind::device, fmt::format("{} was lost before: open it again", physical_.info.name)};
  if (const VkResult reset = vk_.ResetFences(device_, 1, fence_.address()); reset != VK_SUCCESS)
    return failed("vkResetFences", reset);
  VkSubmitInfo info{};
  info.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO;
  info.commandBufferCount = static_cast<std::uint32_t>(commands.size());
  info.pCommandBuffers = commands.data();
  if (const VkResult submitted = vk_.QueueSubmit(queue_, 1, &info, fence_.get()); submitted != VK_SUCCESS)
    return failed("vkQueueSubmit", submitted);
  return wait();
}

Status Context::wait() {
  std::chrono::nanoseconds waited{0};
  while (waited < kLongestWait) {
    const VkResult result =
        vk_.WaitForFences(device_, 1, fence_.address(), VK_TRUE, static_cast<std::uint64_t>(kSlice.count()));
    if (result == VK_SUCCESS) return Done{};
    if (result != VK_TIMEOUT) return lost("vkWaitForFences", result);
    const VkResult status = vk_.GetFenceStatus(device_, fence_.get());
    if (status == VK_SUCCESS) return Done{};
    if (status != VK_NOT_READY) return lost("vkGetFenceStatus", status);
    waited += kSlice;
  }
  is_lost_ = true;
  return Error{ErrorKind::device,
               fmt::format("{} ({}) has not finished its work in {} minutes and counts as lost",
                           physical_.info.name, physical_.info.driver,
                           std::chrono::duration_cast<std::chrono::minutes>(kLongestWait).count())};
}

Error Context::lost(std::string_view call, VkResult result) {
  is_lost_ = true;
  return failed(call, result);
}

Error Context::failed(std::string_view call, VkResult result) {
  is_lost_ = is_lost_ || result == VK_ERROR_DEVICE_LOST;
  return error_of(call, result).within(fmt::format("{} ({})", physical_.info.name, physical_.info.driver));
}

}  // namespace eb::vulkan
