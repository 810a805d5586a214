#pragma once
// A connection to Vulkan: symbols, instance and, if asked for, the validation layer's messages.
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "backends/vulkan/symbols.h"

namespace eb::vulkan {

using OnMessage = std::function<void(std::string_view)>;

class Instance {
 public:
  // `on_message`: see VulkanOptions. `unavailable` where there is no loader, no driver, only Vulkan 1.0, or a
  // layer was asked for that is not here.
  static Result<std::unique_ptr<Instance>> create(OnMessage on_message);
  ~Instance();
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  const Symbols& symbols() const { return vk_; }
  // As the drivers order them, at least one; `unavailable` if there is none.
  Result<std::vector<VkPhysicalDevice>> physical_devices() const;

 private:
  Instance(const Symbols& vk, OnMessage on_message) : vk_(vk), on_message_(std::move(on_message)) {}
  Status start();

  Symbols vk_;
  OnMessage on_message_;
  VkInstance instance_ = VK_NULL_HANDLE;
  VkDebugUtilsMessengerEXT messenger_ = VK_NULL_HANDLE;
};

}  // namespace eb::vulkan
