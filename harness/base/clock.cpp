#include "harness/base/clock.h"

#include <chrono>
#include <thread>

namespace eb {
namespace {

class SteadyClock final : public Clock {
 public:
  std::int64_t now_ns() override {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
  }
  void wait_until_ns(std::int64_t deadline_ns) override {
    std::this_thread::sleep_until(
        std::chrono::steady_clock::time_point(std::chrono::nanoseconds(deadline_ns)));
  }
};

}  // namespace

std::unique_ptr<Clock> make_steady_clock() {
  return std::make_unique<SteadyClock>();
}

}  // namespace eb
