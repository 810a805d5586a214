#pragma once
// An open device: queue, command pool, and the one way to submit work and wait for it. Everything made from
// it must be destroyed before it.
#include <memory>
#include <span>

#include "backends/vulkan/handle.h"
#include "backends/vulkan/physical_device.h"

namespace eb::vulkan {

class Context {
 public:
  static Result<std::unique_ptr<Context>> create(const std::string& device_id, OnMessage on_message);
  ~Context();
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  const Symbols& vk() const { return vk_; }
  VkDevice device() const { return device_; }
  const PhysicalDevice& physical() const { return physical_; }

  Result<VkCommandBuffer> make_command_buffer() const;
  void free_command_buffer(VkCommandBuffer commands) const;
  // Runs command buffers one after the other and returns when they are done. `device` when the driver lost
  // the device, or when it has not answered for kLongestWait; the context is of no use after that.
  Status run(std::span<const VkCommandBuffer> commands);

 private:
  explicit Context(std::unique_ptr<Instance> instance) : instance_(std::move(instance)) {}
  Status start(PhysicalDevice physical);
  Status wait();
  // Of a wait that failed: nobody knows when the work will end, so that nothing may be reused.
  Error lost(std::string_view call, VkResult result);
  // Remembers that the device is lost, if that is what `result` says.
  Error failed(std::string_view call, VkResult result);

  std::unique_ptr<Instance> instance_;
  Symbols vk_{};
  PhysicalDevice physical_{};
  VkDevice device_ = VK_NULL_HANDLE;
  VkQueue queue_ = VK_NULL_HANDLE;
  Handle<VkCommandPool> pool_{};
  Handle<VkFence> fence_{};
  bool is_lost_ = false;
};

}  // namespace eb::vulkan
