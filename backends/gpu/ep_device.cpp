#include "backends/gpu/ep_device.h"

namespace eb::gpu {

Result<std::shared_ptr<SharedDevice>> DevicePool::open(const std::string& id,
                                                       const std::filesystem::path& cache_folder) {
  const std::lock_guard lock(mutex_);
  auto& shared = open_[{id, cache_folder}];
  if (!shared || shared->is_lost()) {
    EB_GET(auto device, api_.open(id, {cache_folder}));
    shared = std::make_shared<SharedDevice>(std::move(device));
  }
  return shared;
}

}  // namespace eb::gpu
