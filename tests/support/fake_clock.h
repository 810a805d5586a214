#pragma once
// A clock that stands still until a test or a fake session moves it.
#include <atomic>
#include <mutex>
#include <vector>

#include "harness/base/clock.h"

namespace eb::test {

class FakeClock final : public Clock {
 public:
  std::int64_t now_ns() override { return now_ns_; }
  void wait_until_ns(std::int64_t deadline_ns, std::int64_t spin_ns) override {
    const std::lock_guard lock(mutex_);
    waits_ns.push_back(deadline_ns);
    spins_ns.push_back(spin_ns);
    if (deadline_ns > now_ns_) now_ns_ = deadline_ns;
    now_ns_ += wake_lag_ns;
  }
  std::int64_t cpu_ns() override { return cpu_ns_; }
  void advance(std::int64_t ns) { now_ns_ += ns; }
  void work(std::int64_t ns) { cpu_ns_ += ns; }  // of the processor, beside what the clock shows

  std::vector<std::int64_t> waits_ns{}, spins_ns{};
  std::int64_t wake_lag_ns = 0;  // of every wait

 private:
  std::mutex mutex_;  // guards the lists
  std::atomic<std::int64_t> now_ns_{1'000'000'000'000};
  std::atomic<std::int64_t> cpu_ns_{0};
};

}  // namespace eb::test
