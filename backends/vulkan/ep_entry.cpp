#include "backends/gpu/ep.h"
#include "backends/vulkan/vulkan.h"

namespace eb::gpu {

EpDefinition ep_definition() {
  return {"EdgebenchVulkan", vulkan_api()};
}

}  // namespace eb::gpu
