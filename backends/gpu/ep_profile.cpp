#include "backends/gpu/ep_profile.h"

#include <array>

namespace eb::gpu {
namespace {

std::int64_t microseconds(std::chrono::nanoseconds time) {
  return std::chrono::duration_cast<std::chrono::microseconds>(time).count();
}

class Profiler final : public OrtEpProfilerImpl {
 public:
  Profiler(const Ort& ort, std::shared_ptr<KernelLog> log)
      : OrtEpProfilerImpl{}, ort_(ort), log_(std::move(log)) {
    ort_version_supported = ort.version;
    Release = [](OrtEpProfilerImpl* self) noexcept { delete static_cast<Profiler*>(self); };
    StartProfiling = [](OrtEpProfilerImpl* self, std::int64_t offset_ns) noexcept -> OrtStatus* {
      auto& profiler = *static_cast<Profiler*>(self);
      profiler.zero_ = KernelLog::Clock::now() - std::chrono::nanoseconds(offset_ns);
      profiler.log_->look(true);
      return nullptr;
    };
    EndProfiling = [](OrtEpProfilerImpl* self, OrtProfilingEventsContainer* events) noexcept {
      auto& profiler = *static_cast<Profiler*>(self);
      return guarded(profiler.ort_, [&] { return profiler.end(*events); });
    };
  }

 private:
  Status end(OrtProfilingEventsContainer& container) {
    log_->look(false);
    for (const KernelLog::Event& event : log_->take()) {
      const std::string duration_ns = std::to_string(event.duration.count());
      const std::array keys = {"node", "duration_ns"};
      const std::array values = {event.node.c_str(), duration_ns.c_str()};
      OrtProfilingEvent* made = nullptr;
      EB_OK(ort_.check(ort_.ep->CreateProfilingEvent(
          OrtProfilingEventCategory_KERNEL, -1, -1, event.kernel.c_str(), microseconds(event.start - zero_),
          microseconds(event.duration), keys.data(), values.data(), keys.size(), &made)));
      const OrtHandle<OrtProfilingEvent> owner(made, ort_.ep->ReleaseProfilingEvent);
      EB_OK(ort_.check(ort_.ep->ProfilingEventsContainer_AddEvents(&container, &made, 1)));
    }
    return Done{};
  }

  Ort ort_;
  std::shared_ptr<KernelLog> log_;
  KernelLog::Clock::time_point zero_{};  // when the runtime's profile began
};

}  // namespace

void KernelLog::add(Clock::time_point start, std::vector<LoadedProgram::CallTime> calls) {
  const std::lock_guard lock(mutex_);
  if (!is_watched_) return;
  for (LoadedProgram::CallTime& call : calls) {
    events_.push_back({std::move(call.node), std::move(call.kernel), start, call.time});
    start += call.time;
  }
}

std::vector<KernelLog::Event> KernelLog::take() {
  const std::lock_guard lock(mutex_);
  return std::move(events_);
}

OrtEpProfilerImpl* make_profiler(const Ort& ort, std::shared_ptr<KernelLog> log) {
  return std::make_unique<Profiler>(ort, std::move(log)).release();
}

}  // namespace eb::gpu
