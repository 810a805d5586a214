#include "backends/vulkan/vulkan.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "backends/vulkan/commands.h"

namespace eb {
namespace {

using namespace vulkan;  // NOLINT(google-build-using-namespace): this file is that folder's front

constexpr std::size_t kCopyBytes = std::size_t{8} << 20;  // of a blocking copy, at a time

class VulkanDevice final : public gpu::ComputeDevice {
 public:
  VulkanDevice(std::unique_ptr<Context> context, const VulkanOptions& options);
  Status start(const gpu::DeviceOptions& options);

  const gpu::DeviceInfo& info() const override { return info_; }
  Result<std::unique_ptr<gpu::Buffer>> allocate(std::uint64_t bytes) override;
  Status write(gpu::Buffer& buffer, std::uint64_t offset, std::span<const std::byte> bytes) override;
  Status read(const gpu::Buffer& buffer, std::uint64_t offset, std::span<std::byte> bytes) override;
  Result<std::unique_ptr<gpu::Kernel>> build(const gpu::KernelDesc& desc) override;
  Result<std::unique_ptr<gpu::Commands>> record(std::span<const gpu::Dispatch> dispatches,
                                                gpu::Timing timing) override;
  Status run(gpu::Commands& commands, std::span<const gpu::HostWrite> in,
             std::span<const gpu::HostRead> out) override;
  Result<std::vector<std::chrono::nanoseconds>> times(const gpu::Commands& commands) override;
  CacheUse cache_use() const override { return cache_.use(); }
  Status save_cache() override { return cache_.save(*context_); }

 private:
  Status fill_with_zeros(const VulkanBuffer& buffer);
  Status run_staged(VulkanCommands& list, std::span<const gpu::HostWrite> in,
                    std::span<const gpu::HostRead> out);

  std::unique_ptr<Context> context_;
  gpu::DeviceInfo info_;
  std::uint32_t max_texels_;  // 0: vectors are read from storage buffers
  MemoryPool device_memory_;
  MemoryPool host_memory_;
  PipelineCache cache_{};
  Staging to_device_, to_host_;  // of blocking copies
};

constexpr VkMemoryPropertyFlags kMapped =
    VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;

VulkanDevice::VulkanDevice(std::unique_ptr<Context> context, const VulkanOptions& options)
    : context_(std::move(context)),
      info_(context_->physical().info),
      max_texels_(context_->physical().texel_reads ? options.max_texels : 0),
      device_memory_(*context_,
                     info_.unified_memory && !options.force_staging
                         ? VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT | kMapped
                         : VkMemoryPropertyFlags{0},
                     info_.unified_memory && !options.force_staging ? VK_MEMORY_PROPERTY_HOST_CACHED_BIT
                                                                    : VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT),
      host_memory_(*context_, kMapped, VK_MEMORY_PROPERTY_HOST_CACHED_BIT),
      to_device_(*context_, host_memory_, Staging::Direction::to_device),
      to_host_(*context_, host_memory_, Staging::Direction::to_host) {
  info_.unified_memory = info_.unified_memory && !options.force_staging;
}

Status VulkanDevice::start(const gpu::DeviceOptions& options) {
  EB_GET(cache_, PipelineCache::open(*context_, options.cache_folder));
  return Done{};
}

Result<std::unique_ptr<gpu::Buffer>> VulkanDevice::allocate(std::uint64_t bytes) {
  if (bytes > info_.max_buffer_bytes)
    return Error{ErrorKind::out_of_memory,
                 fmt::format("Vulkan: a buffer of {} bytes; {} has buffers of at most {}", bytes, info_.name,
                             info_.max_buffer_bytes)};
  EB_GET(auto buffer, VulkanBuffer::create(*context_, device_memory_, bytes, max_texels_));
  EB_OK(fill_with_zeros(*buffer));
  return std::unique_ptr<gpu::Buffer>(std::move(buffer));
}

Status VulkanDevice::fill_with_zeros(const VulkanBuffer& buffer) {
  if (buffer.mapped()) {
    std::memset(buffer.mapped(), 0, buffer.padded_bytes());
    return Done{};
  }
  EB_GET(VkCommandBuffer commands, context_->make_command_buffer());
  const auto fill = [&]() -> Status {
    EB_OK(begin_recording(context_->vk(), commands));
    context_->vk().CmdFillBuffer(commands, buffer.get(), 0, VK_WHOLE_SIZE, 0);
    EB_VK(context_->vk(), EndCommandBuffer, commands);
    return context_->run({&commands, 1});
  };
  Status filled = fill();
  context_->free_command_buffer(commands);
  return filled;
}

Status VulkanDevice::write(gpu::Buffer& buffer, std::uint64_t offset, std::span<const std::byte> bytes) {
  EB_OK(check_range(&buffer, offset, bytes.size()));
  const VulkanBuffer& target = vulkan_buffer(buffer);
  if (target.mapped()) {
    if (!bytes.empty()) std::memcpy(target.mapped() + offset, bytes.data(), bytes.size());
    return Done{};
  }
  for (std::size_t done = 0; done < bytes.size(); done += kCopyBytes) {
    const auto part = bytes.subspan(done, std::min(kCopyBytes, bytes.size() - done));
    to_device_.clear();
    to_device_.add(region_of(target, offset + done, part.size()));
    EB_OK(to_device_.prepare());
    std::memcpy(to_device_.at(0), part.data(), part.size());
    VkCommandBuffer commands = to_device_.commands();
    EB_OK(context_->run({&commands, 1}));
  }
  return Done{};
}

Status VulkanDevice::read(const gpu::Buffer& buffer, std::uint64_t offset, std::span<std::byte> bytes) {
  EB_OK(check_range(&buffer, offset, bytes.size()));
  const VulkanBuffer& source = vulkan_buffer(buffer);
  if (source.mapped()) {
    if (!bytes.empty()) std::memcpy(bytes.data(), source.mapped() + offset, bytes.size());
    return Done{};
  }
  for (std::size_t done = 0; done < bytes.size(); done += kCopyBytes) {
    const auto part = bytes.subspan(done, std::min(kCopyBytes, bytes.size() - done));
    to_host_.clear();
    to_host_.add(region_of(source, offset + done, part.size()));
    EB_OK(to_host_.prepare());
    VkCommandBuffer commands = to_host_.commands();
    EB_OK(context_->run({&commands, 1}));
    std::memcpy(part.data(), to_host_.at(0), part.size());
  }
  return Done{};
}

Result<std::unique_ptr<gpu::Kernel>> VulkanDevice::build(const gpu::KernelDesc& desc) {
  EB_GET(auto kernel, VulkanKernel::create(*context_, cache_, desc, max_texels_ > 0));
  return std::unique_ptr<gpu::Kernel>(std::move(kernel));
}

Result<std::unique_ptr<gpu::Commands>> VulkanDevice::record(std::span<const gpu::Dispatch> dispatches,
                                                            gpu::Timing timing) {
  if (timing == gpu::Timing::each_dispatch && !info_.device_timer)
    return Error{ErrorKind::unsupported, fmt::format("Vulkan: {} has no timer of its own", info_.name)};
  EB_GET(auto list, VulkanCommands::create(*context_, host_memory_, dispatches, timing));
  return std::unique_ptr<gpu::Commands>(std::move(list));
}

Status VulkanDevice::run(gpu::Commands& commands, std::span<const gpu::HostWrite> in,
                         std::span<const gpu::HostRead> out) {
  auto& list = static_cast<VulkanCommands&>(commands);
  for (const gpu::HostWrite& copy : in) EB_OK(check_range(copy.buffer, copy.offset, copy.bytes.size()));
  for (const gpu::HostRead& copy : out) EB_OK(check_range(copy.buffer, copy.offset, copy.bytes.size()));
  list.set_has_run(false);
  if (!info_.unified_memory) {
    EB_OK(run_staged(list, in, out));
  } else {
    for (const gpu::HostWrite& copy : in)
      if (!copy.bytes.empty())
        std::memcpy(vulkan_buffer(*copy.buffer).mapped() + copy.offset, copy.bytes.data(), copy.bytes.size());
    VkCommandBuffer recorded = list.get();
    EB_OK(context_->run({&recorded, 1}));
    for (const gpu::HostRead& copy : out)
      if (!copy.bytes.empty())
        std::memcpy(copy.bytes.data(), vulkan_buffer(*copy.buffer).mapped() + copy.offset, copy.bytes.size());
  }
  list.set_has_run(true);
  return Done{};
}

Status VulkanDevice::run_staged(VulkanCommands& list, std::span<const gpu::HostWrite> in,
                                std::span<const gpu::HostRead> out) {
  list.to_device().clear();
  for (const gpu::HostWrite& copy : in)
    if (!copy.bytes.empty()) list.to_device().add(region_of(*copy.buffer, copy.offset, copy.bytes.size()));
  EB_OK(list.to_device().prepare());
  list.to_host().clear();
  for (const gpu::HostRead& copy : out)
    if (!copy.bytes.empty()) list.to_host().add(region_of(*copy.buffer, copy.offset, copy.bytes.size()));
  EB_OK(list.to_host().prepare());

  std::size_t region = 0;
  for (const gpu::HostWrite& copy : in)
    if (!copy.bytes.empty()) std::memcpy(list.to_device().at(region++), copy.bytes.data(), copy.bytes.size());
  std::array<VkCommandBuffer, 3> recorded{};
  std::size_t count = 0;
  if (!list.to_device().is_empty()) recorded.at(count++) = list.to_device().commands();
  recorded.at(count++) = list.get();
  if (!list.to_host().is_empty()) recorded.at(count++) = list.to_host().commands();
  EB_OK(context_->run({recorded.data(), count}));
  region = 0;
  for (const gpu::HostRead& copy : out)
    if (!copy.bytes.empty()) std::memcpy(copy.bytes.data(), list.to_host().at(region++), copy.bytes.size());
  return Done{};
}

Result<std::vector<std::chrono::nanoseconds>> VulkanDevice::times(const gpu::Commands& commands) {
  return static_cast<const VulkanCommands&>(commands).times();
}

Result<std::vector<gpu::DeviceInfo>> list_devices() {
  EB_GET(const std::unique_ptr<Instance> instance, Instance::create(nullptr));
  EB_GET(const std::vector<PhysicalDevice> devices, find_devices(*instance));
  std::vector<gpu::DeviceInfo> infos;
  infos.reserve(devices.size());
  for (const PhysicalDevice& device : devices) infos.push_back(device.info);
  return infos;
}

Result<std::unique_ptr<gpu::ComputeDevice>> open_device(const std::string& device_id,
                                                        const gpu::DeviceOptions& options) {
  return open_vulkan(device_id, options, {});
}

}  // namespace

gpu::Api vulkan_api() {
  return {.name = "vulkan", .devices = list_devices, .open = open_device};
}

Result<std::unique_ptr<gpu::ComputeDevice>> open_vulkan(const std::string& device_id,
                                                        const gpu::DeviceOptions& options,
                                                        const VulkanOptions& vulkan_options) {
  EB_GET(std::unique_ptr<Context> context, Context::create(device_id, vulkan_options.on_validation_message));
  auto device = std::make_unique<VulkanDevice>(std::move(context), vulkan_options);
  if (auto started = device->start(options); !started) return started.error().within(device->info().name);
  return std::unique_ptr<gpu::ComputeDevice>(std::move(device));
}

}  // namespace eb
