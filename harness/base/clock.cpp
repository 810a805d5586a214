#include "harness/base/clock.h"

#include <fmt/chrono.h>

#include <chrono>
#include <ctime>
#include <thread>

#include "harness/base/process.h"

namespace eb {
namespace {

class SteadyClock final : public Clock {
 public:
  std::int64_t now_ns() override {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
  }
  void wait_until_ns(std::int64_t deadline_ns, std::int64_t spin_ns) override {
    std::this_thread::sleep_until(
        std::chrono::steady_clock::time_point(std::chrono::nanoseconds(deadline_ns - spin_ns)));
    if (spin_ns <= 0) return;
    while (now_ns() < deadline_ns) {
    }
  }
  std::int64_t cpu_ns() override { return process_cpu_ns(); }
};

}  // namespace

std::unique_ptr<Clock> make_steady_clock() {
  return std::make_unique<SteadyClock>();
}

std::string utc_timestamp() {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
}

std::string utc_folder_name() {
  return fmt::format("{:%Y%m%d-%H%M%S}", fmt::gmtime(std::time(nullptr)));
}

}  // namespace eb
