#pragma once
// Times of single kernels by the device's own clock, as events of the runtime's profile (runtime 1.25 and
// newer): category "Kernel", with the arguments "node", whose work it is, and "duration_ns", since the
// profile's own unit is a microsecond.
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "backends/gpu/ep_ort.h"
#include "backends/gpu/program.h"

namespace eb::gpu {

inline constexpr std::uint32_t kProfilerApi = 25;

// What the fused nodes of a session did while somebody looked. Of any thread.
class KernelLog {
 public:
  using Clock = std::chrono::steady_clock;
  struct Event {
    std::string node{}, kernel{};
    Clock::time_point start{};
    std::chrono::nanoseconds duration{};
  };

  void look(bool on) {
    const std::lock_guard lock(mutex_);
    is_watched_ = on;
  }
  bool is_watched() {
    const std::lock_guard lock(mutex_);
    return is_watched_;
  }
  // The kernels of a run that began at `start`, one after the other: a device's clock has no zero of ours.
  void add(Clock::time_point start, std::vector<LoadedProgram::CallTime> calls);
  std::vector<Event> take();

 private:
  std::mutex mutex_{};
  bool is_watched_ = false;
  std::vector<Event> events_{};
};

// The runtime releases it.
OrtEpProfilerImpl* make_profiler(const Ort& ort, std::shared_ptr<KernelLog> log);

}  // namespace eb::gpu
