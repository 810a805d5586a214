#include "backends/vulkan/commands.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace eb::vulkan {
namespace {

// Of the 128 bytes that every device has for them; the last two words say which slice of a grid runs.
constexpr std::size_t kPushWords = 32, kMaxParams = kPushWords - 2;
// Groups in a dimension of one dispatch: what every device has. Preludes know the number.
constexpr std::uint32_t kSliceGroups = 65535;
constexpr std::uint32_t kMaxSlices = 0x7fff;  // in y and z

const VulkanKernel& vulkan_kernel(const gpu::Dispatch& dispatch) {
  return static_cast<const VulkanKernel&>(*dispatch.kernel);
}

bool is_empty(const gpu::Dispatch& dispatch) {
  return std::find(dispatch.groups.begin(), dispatch.groups.end(), 0u) != dispatch.groups.end();
}

Status check(const gpu::Dispatch& dispatch) {
  if (!dispatch.kernel) return Error{ErrorKind::invalid, "Vulkan: a dispatch has no kernel"};
  const auto& kernel = vulkan_kernel(dispatch);
  const std::size_t takes = kernel.pipeline().roles.size();
  const bool has_all =
      std::find(dispatch.buffers.begin(), dispatch.buffers.end(), nullptr) == dispatch.buffers.end();
  if (dispatch.buffers.size() != takes || !has_all || dispatch.params.size() > kMaxParams)
    return Error{
        ErrorKind::invalid,
        fmt::format("Vulkan: kernel {} takes {} buffers and at most {} params; {}{} and {} were given",
                    kernel.name(), takes, kMaxParams, dispatch.buffers.size(),
                    has_all ? "" : ", not all there,", dispatch.params.size())};
  // More is more than any memory holds.
  for (const std::uint32_t groups : dispatch.groups)
    if (groups / kSliceGroups >= kMaxSlices)
      return Error{
          ErrorKind::unsupported,
          fmt::format("Vulkan: kernel {}: {} groups in a dimension are too many", kernel.name(), groups)};
  return Done{};
}

// The dispatch's memory work is done before what comes next reads or overwrites it.
constexpr Barrier kBetweenDispatches{
    .from_stages = VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT,
    .from_access = VK_ACCESS_SHADER_WRITE_BIT,
    .to_stages = VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT,
    .to_access = VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT,
};
// What was copied in, and what the last run left.
constexpr Barrier kAtStart{
    .from_stages = VK_PIPELINE_STAGE_TRANSFER_BIT | VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT,
    .from_access = VK_ACCESS_TRANSFER_WRITE_BIT | VK_ACCESS_SHADER_WRITE_BIT,
    .to_stages = VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT,
    .to_access = VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT,
};
constexpr Barrier kAtEnd{
    .from_stages = VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT,
    .from_access = VK_ACCESS_SHADER_WRITE_BIT,
    .to_stages = VK_PIPELINE_STAGE_HOST_BIT,
    .to_access = VK_ACCESS_HOST_READ_BIT,
};

}  // namespace

Result<std::unique_ptr<VulkanCommands>> VulkanCommands::create(const Context& context, MemoryPool& host_pool,
                                                               std::span<const gpu::Dispatch> dispatches,
                                                               gpu::Timing timing) {
  std::unique_ptr<VulkanCommands> made(new VulkanCommands(context, host_pool));
  EB_OK(made->choose_pipelines(dispatches));
  EB_OK(made->make_pool());
  if (timing == gpu::Timing::each_dispatch) EB_OK(made->make_queries());
  EB_GET(made->commands_, context.make_command_buffer());
  EB_OK(made->record(dispatches));
  return made;
}

VulkanCommands::~VulkanCommands() {
  if (commands_) context_.free_command_buffer(commands_);
}

Status VulkanCommands::choose_pipelines(std::span<const gpu::Dispatch> dispatches) {
  for (const gpu::Dispatch& dispatch : dispatches) {
    EB_OK(check(dispatch));
    if (is_empty(dispatch)) {
      pipelines_.push_back(nullptr);
      continue;
    }
    const Pipeline* pipeline = &vulkan_kernel(dispatch).pipeline();
    bool all_have_views = true;
    for (std::size_t i = 0; i < dispatch.buffers.size(); ++i)
      if (is_texel(pipeline->roles[i]) && !vulkan_buffer(*dispatch.buffers[i]).view(pipeline->roles[i]))
        all_have_views = false;
    if (!all_have_views) {
      EB_GET(pipeline, vulkan_kernel(dispatch).plain_pipeline());
    }
    pipelines_.push_back(pipeline);
  }
  return Done{};
}

// Exactly as large as the list needs.
Status VulkanCommands::make_pool() {
  std::uint32_t sets = 0, texel = 0, storage = 0;
  for (const Pipeline* pipeline : pipelines_) {
    if (!pipeline) continue;
    ++sets;
    for (const char role : pipeline->roles) ++(is_texel(role) ? texel : storage);
  }
  if (sets == 0) return Done{};
  std::vector<VkDescriptorPoolSize> sizes;
  if (texel > 0) sizes.push_back({VK_DESCRIPTOR_TYPE_UNIFORM_TEXEL_BUFFER, texel});
  if (storage > 0) sizes.push_back({VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, storage});
  VkDescriptorPoolCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO;
  info.maxSets = sets;
  info.poolSizeCount = static_cast<std::uint32_t>(sizes.size());
  info.pPoolSizes = sizes.data();
  EB_VK_MAKE(context_.vk(), context_.device(), DescriptorPool, pool, &info);
  pool_ = std::move(pool);
  return Done{};
}

Status VulkanCommands::make_queries() {
  VkQueryPoolCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_QUERY_POOL_CREATE_INFO;
  info.queryType = VK_QUERY_TYPE_TIMESTAMP;
  info.queryCount = static_cast<std::uint32_t>(pipelines_.size() + 1);
  EB_VK_MAKE(context_.vk(), context_.device(), QueryPool, queries, &info);
  queries_ = std::move(queries);
  return Done{};
}

Status VulkanCommands::record(std::span<const gpu::Dispatch> dispatches) {
  const Symbols& vk = context_.vk();
  EB_OK(begin_recording(vk, commands_));
  std::uint32_t query = 0;
  if (queries_)
    vk.CmdResetQueryPool(commands_, queries_.get(), 0, static_cast<std::uint32_t>(dispatches.size() + 1));
  add_barrier(vk, commands_, kAtStart);
  if (queries_)
    vk.CmdWriteTimestamp(commands_, VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT, queries_.get(), query++);
  for (std::size_t i = 0; i < dispatches.size(); ++i) {
    if (pipelines_[i]) {
      EB_OK(record_dispatch(dispatches[i], *pipelines_[i]));
      add_barrier(vk, commands_, kBetweenDispatches);
    }
    if (queries_)
      vk.CmdWriteTimestamp(commands_, VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT, queries_.get(), query++);
  }
  add_barrier(vk, commands_, kAtEnd);
  EB_VK(vk, EndCommandBuffer, commands_);
  return Done{};
}

Status VulkanCommands::record_dispatch(const gpu::Dispatch& dispatch, const Pipeline& pipeline) {
  const Symbols& vk = context_.vk();
  EB_GET(VkDescriptorSet set, make_set(dispatch, pipeline));
  vk.CmdBindPipeline(commands_, VK_PIPELINE_BIND_POINT_COMPUTE, pipeline.pipeline.get());
  vk.CmdBindDescriptorSets(commands_, VK_PIPELINE_BIND_POINT_COMPUTE, pipeline.layout.get(), 0, 1, &set, 0,
                           nullptr);
  std::array<std::uint32_t, kPushWords> push{};
  std::copy(dispatch.params.begin(), dispatch.params.end(), push.begin());
  const auto slices = [&](std::size_t axis) { return (dispatch.groups.at(axis) - 1) / kSliceGroups + 1; };
  const auto groups_of = [&](std::size_t axis, std::uint32_t slice) {
    return std::min(dispatch.groups.at(axis) - slice * kSliceGroups, kSliceGroups);
  };
  for (std::uint32_t z = 0; z < slices(2); ++z)
    for (std::uint32_t y = 0; y < slices(1); ++y)
      for (std::uint32_t x = 0; x < slices(0); ++x) {
        push[kMaxParams] = x;
        push[kMaxParams + 1] = y | z << 16;
        vk.CmdPushConstants(commands_, pipeline.layout.get(), VK_SHADER_STAGE_COMPUTE_BIT, 0, sizeof(push),
                            push.data());
        vk.CmdDispatch(commands_, groups_of(0, x), groups_of(1, y), groups_of(2, z));
      }
  return Done{};
}

Result<VkDescriptorSet> VulkanCommands::make_set(const gpu::Dispatch& dispatch, const Pipeline& pipeline) {
  VkDescriptorSetAllocateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO;
  info.descriptorPool = pool_.get();
  info.descriptorSetCount = 1;
  info.pSetLayouts = pipeline.set_layout.address();
  VkDescriptorSet set = VK_NULL_HANDLE;
  EB_VK(context_.vk(), AllocateDescriptorSets, context_.device(), &info, &set);
  const std::size_t count = dispatch.buffers.size();
  std::vector<VkDescriptorBufferInfo> buffers(count);
  std::vector<VkBufferView> views(count);
  std::vector<VkWriteDescriptorSet> writes(count);
  for (std::size_t i = 0; i < count; ++i) {
    const VulkanBuffer& buffer = vulkan_buffer(*dispatch.buffers[i]);
    const bool reads_texels = is_texel(pipeline.roles[i]);
    buffers[i] = {.buffer = buffer.get(), .offset = 0, .range = VK_WHOLE_SIZE};
    views[i] = buffer.view(pipeline.roles[i]);
    writes[i].sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET;
    writes[i].dstSet = set;
    writes[i].dstBinding = static_cast<std::uint32_t>(i);
    writes[i].descriptorCount = 1;
    writes[i].descriptorType =
        reads_texels ? VK_DESCRIPTOR_TYPE_UNIFORM_TEXEL_BUFFER : VK_DESCRIPTOR_TYPE_STORAGE_BUFFER;
    writes[i].pBufferInfo = reads_texels ? nullptr : &buffers[i];
    writes[i].pTexelBufferView = reads_texels ? &views[i] : nullptr;
  }
  context_.vk().UpdateDescriptorSets(context_.device(), static_cast<std::uint32_t>(count), writes.data(), 0,
                                     nullptr);
  return set;
}

Result<std::vector<std::chrono::nanoseconds>> VulkanCommands::times() const {
  if (!queries_ || !has_run_)
    return Error{ErrorKind::invalid, "Vulkan: these commands have not been run with times"};
  std::vector<std::uint64_t> stamps(pipelines_.size() + 1);
  EB_VK(context_.vk(), GetQueryPoolResults, context_.device(), queries_.get(), 0,
        static_cast<std::uint32_t>(stamps.size()), stamps.size() * sizeof(std::uint64_t), stamps.data(),
        sizeof(std::uint64_t), VK_QUERY_RESULT_64_BIT);
  const std::uint32_t bits = context_.physical().timestamp_bits;
  const std::uint64_t mask = bits >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << bits) - 1;
  const double period_ns = static_cast<double>(context_.physical().limits.timestampPeriod);
  std::vector<std::chrono::nanoseconds> times;
  for (std::size_t i = 0; i + 1 < stamps.size(); ++i) {
    const std::uint64_t ticks = (stamps[i + 1] - stamps[i]) & mask;  // right across one wrap of the counter
    times.emplace_back(std::llround(static_cast<double>(ticks) * period_ns));
  }
  return times;
}

}  // namespace eb::vulkan
