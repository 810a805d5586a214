#pragma once
// Time as an argument, so that tests own it. Nanoseconds since an arbitrary start, monotonic.
#include <cstdint>
#include <memory>

namespace eb {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual std::int64_t now_ns() = 0;
  // Returns at `deadline_ns` or a little later; at once when it is past.
  virtual void wait_until_ns(std::int64_t deadline_ns) = 0;
};

std::unique_ptr<Clock> make_steady_clock();

}  // namespace eb
