#pragma once
// Compiled kernels on disk: one file a device and driver. It holds the driver's pipeline cache, and which
// pipelines have been built with it: for drivers that keep compiled code in a place of their own and leave
// their pipeline cache empty.
#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "backends/vulkan/context.h"

namespace eb::vulkan {

// What a file says; nothing of it is trusted before `parse` has looked at it.
struct CacheContent {
  std::set<std::uint64_t> keys{};  // of pipelines
  std::string blob{};              // what vkGetPipelineCacheData gave
};
std::string serialize(const CacheContent& content);
// Empty where the file is damaged; the blob is empty where it is another driver's or device's.
CacheContent parse(std::string_view file, const PhysicalDevice& device);

class PipelineCache {
 public:
  // `folder` may be empty: then nothing is read or written.
  static Result<PipelineCache> open(const Context& context, const std::filesystem::path& folder);

  VkPipelineCache get() const { return cache_.get(); }
  // Counts a pipeline that was just built. `was_in_cache` is the driver's word, where it gives one.
  enum class Feedback : std::uint8_t { none, hit, miss };
  void count(std::uint64_t key, Feedback feedback);
  gpu::ComputeDevice::CacheUse use() const { return use_; }
  // What is on disk by now and what we have, together; nothing is written where we have nothing new.
  Status save(const Context& context);

 private:
  std::filesystem::path file_{};
  CacheContent loaded_{};
  std::set<std::uint64_t> built_{};
  Handle<VkPipelineCache> cache_{};
  gpu::ComputeDevice::CacheUse use_{};
};

}  // namespace eb::vulkan
