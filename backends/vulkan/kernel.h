#pragma once
// Kernels as pipelines. A kernel that reads vectors has two: through texel buffers, which some devices read
// faster, and through storage buffers, for buffers that are too long to be texel buffers; the second is built
// when it is needed.
#include <optional>

#include "backends/gpu/kernel_source.h"
#include "backends/vulkan/cache.h"

namespace eb::vulkan {

// Of a binding's role (SpirvVariant): whether it is a uniform texel buffer.
inline bool is_texel(char role) {
  return role != 'b';
}

struct Pipeline {
  Handle<VkDescriptorSetLayout> set_layout{};
  Handle<VkPipelineLayout> layout{};
  Handle<VkPipeline> pipeline{};
  std::string_view roles{};  // see SpirvVariant
};

class VulkanKernel final : public gpu::Kernel {
 public:
  // `invalid` for a kernel, variant or constant that there is none of; `unsupported` for a group that the
  // device cannot have. `texel_reads`: whether texel buffers are used at all.
  static Result<std::unique_ptr<VulkanKernel>> create(const Context& context, PipelineCache& cache,
                                                      const gpu::KernelDesc& desc, bool texel_reads);

  const std::string& name() const { return desc_.kernel; }
  const Pipeline& pipeline() const { return first_; }
  // The one that reads nothing through texel buffers.
  Result<const Pipeline*> plain_pipeline() const;

 private:
  VulkanKernel(const Context& context, PipelineCache& cache, const gpu::KernelDesc& desc)
      : context_(context), cache_(cache), desc_(desc) {}

  const Context& context_;
  PipelineCache& cache_;
  gpu::KernelDesc desc_;
  Pipeline first_{};
  mutable std::optional<Pipeline> plain_{};  // a kernel is used by one thread at a time, as its device is
};

}  // namespace eb::vulkan
