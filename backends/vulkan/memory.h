#pragma once
// Device memory in few allocations: drivers allow only some thousands, and each is slow. Chunks of one memory
// type are cut into blocks; large blocks have a chunk of their own.
#include <list>
#include <map>

#include "backends/vulkan/context.h"

namespace eb::vulkan {

struct Chunk {
  Handle<VkDeviceMemory> memory{};
  std::byte* mapped = nullptr;  // for good; null where the host cannot reach it
  VkDeviceSize bytes = 0;
  std::map<VkDeviceSize, VkDeviceSize> free{};  // offset -> size; neighbours are joined
};

class MemoryPool;

// Given back when this object goes; its pool must still be there.
class Block {
 public:
  Block() = default;
  Block(MemoryPool* pool, std::list<Chunk>::iterator chunk, VkDeviceSize offset, VkDeviceSize bytes)
      : pool_(pool), chunk_(chunk), offset_(offset), bytes_(bytes) {}
  Block(Block&& other) noexcept { *this = std::move(other); }
  Block& operator=(Block&& other) noexcept;
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;
  ~Block() { reset(); }

  VkDeviceMemory memory() const { return chunk_->memory.get(); }
  VkDeviceSize offset() const { return offset_; }
  std::byte* mapped() const { return chunk_->mapped ? chunk_->mapped + offset_ : nullptr; }

 private:
  void reset();

  MemoryPool* pool_ = nullptr;
  std::list<Chunk>::iterator chunk_{};
  VkDeviceSize offset_ = 0;
  VkDeviceSize bytes_ = 0;
};

class MemoryPool {
 public:
  // `wanted` and `preferred`: properties of the memory type. Mapped where `wanted` includes that the host
  // sees it.
  MemoryPool(const Context& context, VkMemoryPropertyFlags wanted, VkMemoryPropertyFlags preferred)
      : context_(context), wanted_(wanted), preferred_(preferred) {}

  // `out_of_memory` when the device has no more, or when all blocks together would be more than its heap.
  Result<Block> allocate(const VkMemoryRequirements& requirements);
  std::uint64_t next_serial() { return ++last_serial_; }

 private:
  friend class Block;
  Result<std::list<Chunk>::iterator> add_chunk(VkDeviceSize bytes, std::uint32_t type);
  void give_back(std::list<Chunk>::iterator chunk, VkDeviceSize offset, VkDeviceSize bytes);

  const Context& context_;
  VkMemoryPropertyFlags wanted_, preferred_;
  std::list<Chunk> chunks_{};
  VkDeviceSize bytes_in_use_ = 0;
  std::uint64_t last_serial_ = 0;
};

// A buffer of Vulkan's with its memory.
struct BoundBuffer {
  Block block{};  // outlives the buffer
  Handle<VkBuffer> buffer{};
  std::uint64_t serial = 0;  // of its own within the pool: a handle may be that of a buffer that is gone
};
Result<BoundBuffer> make_buffer(const Context& context, MemoryPool& pool, VkDeviceSize bytes,
                                VkBufferUsageFlags usage);

}  // namespace eb::vulkan
