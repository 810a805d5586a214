#include "backends/vulkan/buffer.h"

#include <fmt/format.h>

#include <algorithm>

namespace eb::vulkan {
namespace {

constexpr std::uint64_t kTexelBytes = 16;  // of R32G32B32A32_SFLOAT
constexpr VkDeviceSize kStagingAlignment = 64;
constexpr VkBufferUsageFlags kUsage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT |
                                      VK_BUFFER_USAGE_UNIFORM_TEXEL_BUFFER_BIT |
                                      VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT;

std::uint64_t whole_texels(std::uint64_t bytes) {
  return std::max<std::uint64_t>(1, (bytes + kTexelBytes - 1) / kTexelBytes);
}

Result<Handle<VkBufferView>> make_view(const Context& context, VkBuffer buffer, VkFormat format) {
  VkBufferViewCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_BUFFER_VIEW_CREATE_INFO;
  info.buffer = buffer;
  info.format = format;
  info.range = VK_WHOLE_SIZE;
  EB_VK_MAKE(context.vk(), context.device(), BufferView, view, &info);
  return view;
}

}  // namespace

Result<std::unique_ptr<VulkanBuffer>> VulkanBuffer::create(const Context& context, MemoryPool& pool,
                                                           std::uint64_t bytes, std::uint32_t max_texels) {
  std::unique_ptr<VulkanBuffer> made(new VulkanBuffer(bytes));
  EB_GET(made->bound_, make_buffer(context, pool, made->padded_bytes(), kUsage));
  const std::uint64_t texels = whole_texels(bytes),
                      most = std::min(max_texels, context.physical().limits.maxTexelBufferElements);
  if (texels <= most) {
    EB_GET(made->floats_, make_view(context, made->get(), VK_FORMAT_R32G32B32A32_SFLOAT));
  }
  if (2 * texels <= most) {
    EB_GET(made->halves_, make_view(context, made->get(), VK_FORMAT_R16G16B16A16_SFLOAT));
  }
  return made;
}

std::uint64_t VulkanBuffer::padded_bytes() const {
  return whole_texels(bytes_) * kTexelBytes;
}

const VulkanBuffer& vulkan_buffer(const gpu::Buffer& buffer) {
  return static_cast<const VulkanBuffer&>(buffer);
}

Region region_of(const gpu::Buffer& buffer, std::uint64_t offset, std::size_t bytes) {
  const VulkanBuffer& whole = vulkan_buffer(buffer);
  return {.buffer = whole.get(), .serial = whole.serial(), .offset = offset, .bytes = bytes};
}

Status check_range(const gpu::Buffer* buffer, std::uint64_t offset, std::size_t bytes) {
  if (buffer && offset <= buffer->bytes() && bytes <= buffer->bytes() - offset) return Done{};
  return Error{ErrorKind::invalid, fmt::format("Vulkan: {} bytes at {} are not within a buffer of {}", bytes,
                                               offset, buffer ? buffer->bytes() : 0)};
}

Staging::~Staging() {
  if (commands_) context_.free_command_buffer(commands_);
}

Status Staging::prepare() {
  if (wanted_ == recorded_) return Done{};
  recorded_.clear();
  offsets_.clear();
  VkDeviceSize bytes = 0;
  for (const Region& region : wanted_) {
    offsets_.push_back(bytes);
    bytes += (region.bytes + kStagingAlignment - 1) / kStagingAlignment * kStagingAlignment;
  }
  if (bytes > capacity_) {
    bound_ = {};
    capacity_ = 0;
    EB_GET(bound_, make_buffer(context_, pool_, bytes,
                               VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT));
    capacity_ = bytes;
  }
  if (!commands_) {
    EB_GET(commands_, context_.make_command_buffer());
  }
  EB_OK(record());
  recorded_ = wanted_;
  return Done{};
}

Status Staging::record() {
  const Symbols& vk = context_.vk();
  const bool is_to_host = direction_ == Direction::to_host;
  EB_OK(begin_recording(vk, commands_));
  if (is_to_host)
    add_barrier(vk, commands_,
                {.from_stages = VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT | VK_PIPELINE_STAGE_TRANSFER_BIT,
                 .from_access = VK_ACCESS_SHADER_WRITE_BIT | VK_ACCESS_TRANSFER_WRITE_BIT,
                 .to_stages = VK_PIPELINE_STAGE_TRANSFER_BIT,
                 .to_access = VK_ACCESS_TRANSFER_READ_BIT});
  for (std::size_t i = 0; i < wanted_.size(); ++i) {
    const Region& region = wanted_[i];
    const VkBufferCopy copy{.srcOffset = is_to_host ? region.offset : offsets_[i],
                            .dstOffset = is_to_host ? offsets_[i] : region.offset,
                            .size = region.bytes};
    VkBuffer host = bound_.buffer.get();
    vk.CmdCopyBuffer(commands_, is_to_host ? region.buffer : host, is_to_host ? host : region.buffer, 1,
                     &copy);
  }
  if (is_to_host)
    add_barrier(vk, commands_,
                {.from_stages = VK_PIPELINE_STAGE_TRANSFER_BIT,
                 .from_access = VK_ACCESS_TRANSFER_WRITE_BIT,
                 .to_stages = VK_PIPELINE_STAGE_HOST_BIT,
                 .to_access = VK_ACCESS_HOST_READ_BIT});
  EB_VK(vk, EndCommandBuffer, commands_);
  return Done{};
}

void add_barrier(const Symbols& vk, VkCommandBuffer commands, const Barrier& barrier) {
  VkMemoryBarrier memory{};
  memory.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER;
  memory.srcAccessMask = barrier.from_access;
  memory.dstAccessMask = barrier.to_access;
  vk.CmdPipelineBarrier(commands, barrier.from_stages, barrier.to_stages, 0, 1, &memory, 0, nullptr, 0,
                        nullptr);
}

Status begin_recording(const Symbols& vk, VkCommandBuffer commands) {
  VkCommandBufferBeginInfo info{};
  info.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO;
  EB_VK(vk, BeginCommandBuffer, commands, &info);
  return Done{};
}

}  // namespace eb::vulkan
