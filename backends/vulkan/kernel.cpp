#include "backends/vulkan/kernel.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace eb::vulkan {
namespace {

constexpr std::uint32_t kPushBytes = 128;  // 32 parameters; every device has so much
constexpr std::uint32_t kGroupConstants = 3;

Error about(const gpu::KernelDesc& desc, ErrorKind kind, std::string_view what) {
  return {kind, fmt::format("Vulkan: kernel {}: {}", desc.kernel, what)};
}

// "HAS_RES=0 KU=4": sorted by name, as in the table of variants.
std::string describe(std::vector<std::pair<std::string, int>> defines) {
  std::sort(defines.begin(), defines.end());
  std::string text;
  for (const auto& [name, value] : defines)
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", name, value);
  return text;
}

const gpu::SpirvVariant* find_variant(const gpu::KernelDesc& desc, std::optional<int> texel) {
  auto defines = desc.defines;
  if (texel) defines.emplace_back("TEXEL", *texel);
  const std::string wanted = describe(std::move(defines));
  const auto all = gpu::spirv_variants();
  const auto found = std::find_if(all.begin(), all.end(), [&](const gpu::SpirvVariant& variant) {
    return variant.kernel == desc.kernel && variant.defines == wanted;
  });
  return found == all.end() ? nullptr : &*found;
}

Error no_variant(const gpu::KernelDesc& desc) {
  std::string known;
  for (const gpu::SpirvVariant& variant : gpu::spirv_variants())
    if (variant.kernel == desc.kernel)
      known += fmt::format("{}'{}'", known.empty() ? "" : ", ", variant.defines);
  if (known.empty()) return about(desc, ErrorKind::invalid, "there is no such kernel");
  return about(desc, ErrorKind::invalid,
               fmt::format("there is no variant '{}', only {}", describe(desc.defines), known));
}

Status check_group(const gpu::DeviceInfo& info, const gpu::KernelDesc& desc) {
  std::uint64_t items = 1;
  bool fits = true;
  for (std::size_t i = 0; i < desc.group.size(); ++i) {
    items *= desc.group.at(i);
    fits = fits && desc.group.at(i) > 0 && desc.group.at(i) <= info.max_group.at(i);
  }
  if (fits && items <= info.max_group_items) return Done{};
  return about(desc, ErrorKind::unsupported,
               fmt::format("a group of {} x {} x {} is more than {} has", desc.group[0], desc.group[1],
                           desc.group[2], info.name));
}

// Specialization constants: the group, then what the kernel names.
struct Constants {
  std::vector<VkSpecializationMapEntry> entries{};
  std::vector<std::uint32_t> values{};

  void add(std::uint32_t id, std::uint32_t value) {
    const auto offset = static_cast<std::uint32_t>(values.size() * sizeof value);
    entries.push_back({.constantID = id, .offset = offset, .size = sizeof value});
    values.push_back(value);
  }
  VkSpecializationInfo info() const {
    return {.mapEntryCount = static_cast<std::uint32_t>(entries.size()),
            .pMapEntries = entries.data(),
            .dataSize = values.size() * sizeof(std::uint32_t),
            .pData = values.data()};
  }
};

Result<Constants> make_constants(const gpu::KernelDesc& desc, const gpu::SpirvVariant& variant) {
  Constants constants;
  for (std::uint32_t i = 0; i < kGroupConstants; ++i) constants.add(i, desc.group.at(i));
  for (const auto& [name, value] : desc.constants) {
    const auto known =
        std::find_if(variant.constants.begin(), variant.constants.end(),
                     [&, &wanted = name](const auto& constant) { return constant.first == wanted; });
    if (known == variant.constants.end())
      return about(desc, ErrorKind::invalid, fmt::format("there is no constant {}", name));
    constants.add(known->second, static_cast<std::uint32_t>(value));
  }
  return constants;
}

Status make_layouts(const Context& context, Pipeline& made) {
  std::vector<VkDescriptorSetLayoutBinding> bindings(made.roles.size());
  for (std::uint32_t i = 0; i < bindings.size(); ++i) {
    bindings[i].binding = i;
    bindings[i].descriptorType =
        is_texel(made.roles[i]) ? VK_DESCRIPTOR_TYPE_UNIFORM_TEXEL_BUFFER : VK_DESCRIPTOR_TYPE_STORAGE_BUFFER;
    bindings[i].descriptorCount = 1;
    bindings[i].stageFlags = VK_SHADER_STAGE_COMPUTE_BIT;
  }
  VkDescriptorSetLayoutCreateInfo set_info{};
  set_info.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO;
  set_info.bindingCount = static_cast<std::uint32_t>(bindings.size());
  set_info.pBindings = bindings.data();
  EB_VK_MAKE(context.vk(), context.device(), DescriptorSetLayout, set_layout, &set_info);
  const VkPushConstantRange push{.stageFlags = VK_SHADER_STAGE_COMPUTE_BIT, .offset = 0, .size = kPushBytes};
  VkPipelineLayoutCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO;
  info.setLayoutCount = 1;
  info.pSetLayouts = set_layout.address();
  info.pushConstantRangeCount = 1;
  info.pPushConstantRanges = &push;
  EB_VK_MAKE(context.vk(), context.device(), PipelineLayout, layout, &info);
  made.set_layout = std::move(set_layout);
  made.layout = std::move(layout);
  return Done{};
}

// Everything that decides what the driver compiles.
std::uint64_t key_of(const gpu::SpirvVariant& variant, const Constants& constants) {
  std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a, a word at a time
  const auto mix = [&](std::uint32_t word) { hash = (hash ^ word) * 0x100000001b3; };
  for (const std::uint32_t word : variant.words) mix(word);
  for (const auto& entry : constants.entries) mix(entry.constantID);
  for (const std::uint32_t value : constants.values) mix(value);
  return hash;
}

PipelineCache::Feedback feedback_of(VkPipelineCreationFeedbackFlags flags) {
  if ((flags & VK_PIPELINE_CREATION_FEEDBACK_VALID_BIT) == 0) return PipelineCache::Feedback::none;
  return (flags & VK_PIPELINE_CREATION_FEEDBACK_APPLICATION_PIPELINE_CACHE_HIT_BIT) != 0
             ? PipelineCache::Feedback::hit
             : PipelineCache::Feedback::miss;
}

Result<Pipeline> make_pipeline(const Context& context, PipelineCache& cache, const gpu::KernelDesc& desc,
                               const gpu::SpirvVariant& variant) {
  Pipeline made{.roles = variant.roles};
  EB_GET(const Constants constants, make_constants(desc, variant));
  const auto storage_buffers = std::count(made.roles.begin(), made.roles.end(), 'b');
  if (storage_buffers > context.physical().limits.maxPerStageDescriptorStorageBuffers)
    return about(desc, ErrorKind::unsupported,
                 fmt::format("{} storage buffers are more than {} has", storage_buffers,
                             context.physical().info.name));
  EB_OK(make_layouts(context, made));
  VkShaderModuleCreateInfo module_info{};
  module_info.sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO;
  module_info.codeSize = variant.words.size_bytes();
  module_info.pCode = variant.words.data();
  EB_VK_MAKE(context.vk(), context.device(), ShaderModule, module, &module_info);

  VkPipelineCreationFeedback whole{}, stage{};
  VkPipelineCreationFeedbackCreateInfo feedback{};
  feedback.sType = VK_STRUCTURE_TYPE_PIPELINE_CREATION_FEEDBACK_CREATE_INFO;
  feedback.pPipelineCreationFeedback = &whole;
  feedback.pipelineStageCreationFeedbackCount = 1;
  feedback.pPipelineStageCreationFeedbacks = &stage;
  const VkSpecializationInfo specialization = constants.info();
  VkComputePipelineCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO;
  if (context.physical().creation_feedback) info.pNext = &feedback;
  info.stage.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO;
  info.stage.stage = VK_SHADER_STAGE_COMPUTE_BIT;
  info.stage.module = module.get();
  info.stage.pName = "main";
  info.stage.pSpecializationInfo = &specialization;
  info.layout = made.layout.get();
  VkPipeline pipeline = VK_NULL_HANDLE;
  const VkResult result =
      context.vk().CreateComputePipelines(context.device(), cache.get(), 1, &info, nullptr, &pipeline);
  if (result != VK_SUCCESS) {
    const Error error = error_of("vkCreateComputePipelines", result);
    return about(desc, error.kind,
                 fmt::format("{} does not compile it: {}; update the driver", context.physical().info.driver,
                             error.message));
  }
  made.pipeline = Handle<VkPipeline>(context.device(), pipeline, context.vk().DestroyPipeline);
  cache.count(key_of(variant, constants), feedback_of(whole.flags));
  return made;
}

}  // namespace

Result<std::unique_ptr<VulkanKernel>> VulkanKernel::create(const Context& context, PipelineCache& cache,
                                                           const gpu::KernelDesc& desc, bool texel_reads) {
  EB_OK(check_group(context.physical().info, desc));
  const gpu::SpirvVariant* variant = find_variant(desc, std::nullopt);
  if (!variant) variant = find_variant(desc, texel_reads ? 1 : 0);
  if (!variant) return no_variant(desc);
  std::unique_ptr<VulkanKernel> kernel(new VulkanKernel(context, cache, desc));
  EB_GET(kernel->first_, make_pipeline(context, cache, desc, *variant));
  return kernel;
}

Result<const Pipeline*> VulkanKernel::plain_pipeline() const {
  if (std::none_of(first_.roles.begin(), first_.roles.end(), is_texel)) return &first_;
  if (!plain_) {
    const gpu::SpirvVariant* variant = find_variant(desc_, 0);
    if (!variant) return no_variant(desc_);
    EB_GET(plain_, make_pipeline(context_, cache_, desc_, *variant));
  }
  return &*plain_;
}

}  // namespace eb::vulkan
