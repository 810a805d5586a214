#pragma once
// Owners of Vulkan objects. Symbols and device must outlive them.
#include <utility>

#include "backends/vulkan/symbols.h"

namespace eb::vulkan {

// An object that a device made and a function of the shape of vkDestroyBuffer ends.
template <class T>
class Handle {
 public:
  using Destroy = void(VKAPI_PTR*)(VkDevice, T, const VkAllocationCallbacks*);

  Handle() = default;
  Handle(VkDevice device, T object, Destroy destroy) : device_(device), object_(object), destroy_(destroy) {}
  Handle(Handle&& other) noexcept
      : device_(other.device_), object_(std::exchange(other.object_, T{})), destroy_(other.destroy_) {}
  Handle& operator=(Handle&& other) noexcept {
    if (this != &other) {
      reset();
      device_ = other.device_;
      object_ = std::exchange(other.object_, T{});
      destroy_ = other.destroy_;
    }
    return *this;
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() { reset(); }

  T get() const { return object_; }
  const T* address() const { return &object_; }
  explicit operator bool() const { return object_ != T{}; }

 private:
  void reset() {
    if (object_ != T{} && destroy_) destroy_(device_, object_, nullptr);
    object_ = T{};
  }

  VkDevice device_ = VK_NULL_HANDLE;
  T object_{};
  Destroy destroy_ = nullptr;
};

}  // namespace eb::vulkan

// EB_VK_MAKE(vk, device, Fence, fence, &info) declares `fence`, an owner of a new VkFence.
#define EB_VK_MAKE(vk, device, Type, name, info)                  \
  Vk##Type name##_object = VK_NULL_HANDLE;                        \
  EB_VK(vk, Create##Type, device, info, nullptr, &name##_object); \
  Handle<Vk##Type> name(device, name##_object, (vk).Destroy##Type)
