#include "backends/vulkan/memory.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace eb::vulkan {
namespace {

constexpr VkDeviceSize kChunkBytes = VkDeviceSize{32} << 20;

VkDeviceSize round_up(VkDeviceSize value, VkDeviceSize multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

// First fit; takes the room out of the chunk.
std::optional<VkDeviceSize> take(Chunk& chunk, VkDeviceSize bytes, VkDeviceSize alignment) {
  for (auto at = chunk.free.begin(); at != chunk.free.end(); ++at) {
    const auto [start, size] = *at;
    const VkDeviceSize offset = round_up(start, alignment), end = start + size;
    if (offset + bytes > end) continue;
    chunk.free.erase(at);
    if (offset > start) chunk.free.emplace(start, offset - start);
    if (offset + bytes < end) chunk.free.emplace(offset + bytes, end - offset - bytes);
    return offset;
  }
  return std::nullopt;
}

}  // namespace

Block& Block::operator=(Block&& other) noexcept {
  if (this != &other) {
    reset();
    pool_ = std::exchange(other.pool_, nullptr);
    chunk_ = other.chunk_;
    offset_ = other.offset_;
    bytes_ = other.bytes_;
  }
  return *this;
}

void Block::reset() {
  if (pool_) pool_->give_back(chunk_, offset_, bytes_);
  pool_ = nullptr;
}

Result<Block> MemoryPool::allocate(const VkMemoryRequirements& requirements) {
  const auto& memory = context_.physical().memory;
  const int type = find_memory_type(memory, requirements.memoryTypeBits, wanted_, preferred_);
  if (type < 0) return Error{ErrorKind::unsupported, "Vulkan: no type of memory fits a buffer"};
  // A system that promises more memory than it has ends the whole process later; so the sum is kept below.
  const auto& heap = memory.memoryHeaps[memory.memoryTypes[type].heapIndex];
  if (requirements.size > heap.size || bytes_in_use_ > heap.size - requirements.size)
    return Error{ErrorKind::out_of_memory,
                 fmt::format("Vulkan: {} bytes are wanted; {} has {} bytes of memory, {} of them in use",
                             requirements.size, context_.physical().info.name, heap.size, bytes_in_use_)};
  // Everything that a pool makes has the same usage, so one chunk's type suits the next block.
  for (auto chunk = chunks_.begin(); chunk != chunks_.end(); ++chunk)
    if (const auto offset = take(*chunk, requirements.size, requirements.alignment)) {
      bytes_in_use_ += requirements.size;
      return Block(this, chunk, *offset, requirements.size);
    }
  const VkDeviceSize chunk_bytes = requirements.size > kChunkBytes / 4 ? requirements.size : kChunkBytes;
  auto added = add_chunk(chunk_bytes, static_cast<std::uint32_t>(type));
  if (!added && chunk_bytes > requirements.size)
    added = add_chunk(requirements.size, static_cast<std::uint32_t>(type));
  if (!added) return added.error();
  const auto offset = take(**added, requirements.size, requirements.alignment);
  bytes_in_use_ += requirements.size;
  return Block(this, *added, offset.value_or(0), requirements.size);
}

Result<std::list<Chunk>::iterator> MemoryPool::add_chunk(VkDeviceSize bytes, std::uint32_t type) {
  const Symbols& vk = context_.vk();
  VkMemoryAllocateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO;
  info.allocationSize = bytes;
  info.memoryTypeIndex = type;
  VkDeviceMemory memory = VK_NULL_HANDLE;
  if (const VkResult made = vk.AllocateMemory(context_.device(), &info, nullptr, &memory); made != VK_SUCCESS)
    return error_of("vkAllocateMemory", made).within(fmt::format("{} bytes", bytes));
  Chunk chunk{.memory = {context_.device(), memory, vk.FreeMemory}, .bytes = bytes};
  if ((wanted_ & VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT) != 0) {
    void* mapped = nullptr;
    EB_VK(vk, MapMemory, context_.device(), memory, 0, VK_WHOLE_SIZE, 0, &mapped);
    chunk.mapped = static_cast<std::byte*>(mapped);
  }
  chunk.free.emplace(0, bytes);
  chunks_.push_back(std::move(chunk));
  return std::prev(chunks_.end());
}

void MemoryPool::give_back(std::list<Chunk>::iterator chunk, VkDeviceSize offset, VkDeviceSize bytes) {
  bytes_in_use_ -= bytes;
  auto [at, is_new] = chunk->free.emplace(offset, bytes);
  if (const auto next = std::next(at); next != chunk->free.end() && at->first + at->second == next->first) {
    at->second += next->second;
    chunk->free.erase(next);
  }
  if (at != chunk->free.begin())
    if (const auto before = std::prev(at); before->first + before->second == at->first) {
      before->second += at->second;
      chunk->free.erase(at);
    }
  if (chunk->free.begin()->second == chunk->bytes) chunks_.erase(chunk);
}

Result<BoundBuffer> make_buffer(const Context& context, MemoryPool& pool, VkDeviceSize bytes,
                                VkBufferUsageFlags usage) {
  const Symbols& vk = context.vk();
  VkBufferCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO;
  info.size = bytes;
  info.usage = usage;
  info.sharingMode = VK_SHARING_MODE_EXCLUSIVE;
  EB_VK_MAKE(vk, context.device(), Buffer, buffer, &info);
  VkMemoryRequirements requirements{};
  vk.GetBufferMemoryRequirements(context.device(), buffer.get(), &requirements);
  EB_GET(Block block, pool.allocate(requirements));
  EB_VK(vk, BindBufferMemory, context.device(), buffer.get(), block.memory(), block.offset());
  return BoundBuffer{.block = std::move(block), .buffer = std::move(buffer), .serial = pool.next_serial()};
}

}  // namespace eb::vulkan
