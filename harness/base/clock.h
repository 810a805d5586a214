#pragma once
// Time as an argument, so that tests own it. Nanoseconds since an arbitrary start, monotonic.
#include <cstdint>
#include <memory>
#include <string>

namespace eb {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual std::int64_t now_ns() = 0;
  // Returns at `deadline_ns` or a little later; at once when it is past. Sleeps, but for the last `spin_ns`,
  // in which it looks at the clock again and again.
  virtual void wait_until_ns(std::int64_t deadline_ns, std::int64_t spin_ns = 0) = 0;
  // Processor time of this process so far, of all its threads.
  virtual std::int64_t cpu_ns() = 0;
};

std::unique_ptr<Clock> make_steady_clock();

// The date and time now, for records: "2026-11-22T09:23:26Z". And without the signs that a file name should
// not hold: "20261122-092326".
std::string utc_timestamp();
std::string utc_folder_name();

}  // namespace eb
