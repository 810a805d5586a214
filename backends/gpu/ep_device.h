#pragma once
// A device that the sessions of a factory share, one at a time.
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "backends/gpu/compute_device.h"

namespace eb::gpu {

class SharedDevice {
 public:
  explicit SharedDevice(std::unique_ptr<ComputeDevice> device) : device_(std::move(device)) {}

  // Does `work(ComputeDevice&)` alone. After an error of the driver only destruction is allowed: later work
  // is refused.
  template <class Work>
  auto use(Work work) -> decltype(work(std::declval<ComputeDevice&>())) {
    const std::lock_guard lock(mutex_);
    if (is_lost_) return Error{ErrorKind::device, "the device failed earlier; open a new session"};
    auto result = work(*device_);
    if (!result && result.error().kind == ErrorKind::device) is_lost_ = true;
    return result;
  }
  // What the device made is destroyed alone, too; a lost device included.
  template <class Made>
  void destroy(std::unique_ptr<Made>& made) {
    const std::lock_guard lock(mutex_);
    made.reset();
  }
  bool is_lost() {
    const std::lock_guard lock(mutex_);
    return is_lost_;
  }
  // Never changes: no lock.
  const DeviceInfo& info() const { return device_->info(); }

 private:
  std::mutex mutex_;
  bool is_lost_ = false;
  std::unique_ptr<ComputeDevice> device_;
};

// Opened once for a factory and a cache folder. Sessions keep a lost device until they close; new ones get a
// new one.
class DevicePool {
 public:
  explicit DevicePool(Api api) : api_(api) {}
  Result<std::shared_ptr<SharedDevice>> open(const std::string& id,
                                             const std::filesystem::path& cache_folder);

 private:
  Api api_;
  std::mutex mutex_{};
  std::map<std::pair<std::string, std::filesystem::path>, std::shared_ptr<SharedDevice>> open_{};
};

}  // namespace eb::gpu
