#pragma once
// A list of dispatches as one recorded command buffer.
#include <chrono>
#include <span>

#include "backends/vulkan/buffer.h"
#include "backends/vulkan/kernel.h"

namespace eb::vulkan {

class VulkanCommands final : public gpu::Commands {
 public:
  // `host_pool`: memory for staging. Errors: see ComputeDevice::record.
  static Result<std::unique_ptr<VulkanCommands>> create(const Context& context, MemoryPool& host_pool,
                                                        std::span<const gpu::Dispatch> dispatches,
                                                        gpu::Timing timing);
  ~VulkanCommands() override;
  VulkanCommands(const VulkanCommands&) = delete;
  VulkanCommands& operator=(const VulkanCommands&) = delete;

  VkCommandBuffer get() const { return commands_; }
  Staging& to_device() { return to_device_; }
  Staging& to_host() { return to_host_; }
  void set_has_run(bool has_run) { has_run_ = has_run; }
  Result<std::vector<std::chrono::nanoseconds>> times() const;

 private:
  VulkanCommands(const Context& context, MemoryPool& host_pool)
      : context_(context),
        to_device_(context, host_pool, Staging::Direction::to_device),
        to_host_(context, host_pool, Staging::Direction::to_host) {}
  Status choose_pipelines(std::span<const gpu::Dispatch> dispatches);
  Status make_pool();
  Status make_queries();
  Status record(std::span<const gpu::Dispatch> dispatches);
  Status record_dispatch(const gpu::Dispatch& dispatch, const Pipeline& pipeline);
  Result<VkDescriptorSet> make_set(const gpu::Dispatch& dispatch, const Pipeline& pipeline);

  const Context& context_;
  Staging to_device_, to_host_;
  std::vector<const Pipeline*> pipelines_{};  // one a dispatch; null where a dispatch has no groups
  Handle<VkDescriptorPool> pool_{};
  Handle<VkQueryPool> queries_{};
  VkCommandBuffer commands_ = VK_NULL_HANDLE;
  bool has_run_ = false;
};

}  // namespace eb::vulkan
