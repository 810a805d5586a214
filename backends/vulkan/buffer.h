#pragma once
// Device memory as the engine sees it, and the copies between it and the host where the host cannot reach it.
#include <vector>

#include "backends/gpu/compute_device.h"
#include "backends/vulkan/memory.h"

namespace eb::vulkan {

class VulkanBuffer final : public gpu::Buffer {
 public:
  // Readable as a texel buffer, too, unless it is longer than `max_texels` or what the device can have. Not
  // zeroed.
  static Result<std::unique_ptr<VulkanBuffer>> create(const Context& context, MemoryPool& pool,
                                                      std::uint64_t bytes, std::uint32_t max_texels);

  std::uint64_t bytes() const override { return bytes_; }
  std::uint64_t padded_bytes() const;
  VkBuffer get() const { return bound_.buffer.get(); }
  std::uint64_t serial() const { return bound_.serial; }
  // As texels of four floats, or of four halves (roles 't' and 'h' of kernels); null if it has none.
  VkBufferView view(char role) const { return (role == 'h' ? halves_ : floats_).get(); }
  std::byte* mapped() const { return bound_.block.mapped(); }

 private:
  explicit VulkanBuffer(std::uint64_t bytes) : bytes_(bytes) {}

  std::uint64_t bytes_;
  BoundBuffer bound_{};
  Handle<VkBufferView> floats_{}, halves_{};
};

const VulkanBuffer& vulkan_buffer(const gpu::Buffer& buffer);

// `invalid` unless the bytes are within the buffer.
Status check_range(const gpu::Buffer* buffer, std::uint64_t offset, std::size_t bytes);

// A piece of a buffer that is copied to or from the host.
struct Region {
  VkBuffer buffer = VK_NULL_HANDLE;
  std::uint64_t serial = 0;  // of the buffer
  VkDeviceSize offset = 0;
  VkDeviceSize bytes = 0;

  bool operator==(const Region&) const = default;
};
Region region_of(const gpu::Buffer& buffer, std::uint64_t offset, std::size_t bytes);

// Copies of one direction: host memory that the device reaches, and the commands that copy between it and the
// regions. Made and recorded anew only when the regions change, so that a run that is like the last one
// allocates nothing.
class Staging {
 public:
  enum class Direction : std::uint8_t { to_device, to_host };
  Staging(const Context& context, MemoryPool& host_pool, Direction direction)
      : context_(context), pool_(host_pool), direction_(direction) {}
  ~Staging();
  Staging(const Staging&) = delete;
  Staging& operator=(const Staging&) = delete;

  void clear() { wanted_.clear(); }
  void add(const Region& region) { wanted_.push_back(region); }
  bool is_empty() const { return wanted_.empty(); }
  // Call when all regions are there. `at(i)` is then the host's side of region i.
  Status prepare();
  std::byte* at(std::size_t index) const { return bound_.block.mapped() + offsets_[index]; }
  VkCommandBuffer commands() const { return commands_; }

 private:
  Status record();

  const Context& context_;
  MemoryPool& pool_;
  Direction direction_;
  std::vector<Region> wanted_{}, recorded_{};
  std::vector<VkDeviceSize> offsets_{};
  VkDeviceSize capacity_ = 0;
  BoundBuffer bound_{};
  VkCommandBuffer commands_ = VK_NULL_HANDLE;
};

// Memory is made visible from one kind of work to another: stages and accesses of before and after.
struct Barrier {
  VkPipelineStageFlags from_stages = 0;
  VkAccessFlags from_access = 0;
  VkPipelineStageFlags to_stages = 0;
  VkAccessFlags to_access = 0;
};
void add_barrier(const Symbols& vk, VkCommandBuffer commands, const Barrier& barrier);

Status begin_recording(const Symbols& vk, VkCommandBuffer commands);

}  // namespace eb::vulkan
