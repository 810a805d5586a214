#pragma once
// Timers of a thread that ring when they are set, not when it suits the system.

namespace eb {

// While it lives, the system delays no timer of this thread to join it with others (Linux: by 50 us unless
// told otherwise). Nothing where a system has no such habit.
class PunctualTimers {
 public:
  PunctualTimers();
  ~PunctualTimers();
  PunctualTimers(const PunctualTimers&) = delete;
  PunctualTimers& operator=(const PunctualTimers&) = delete;

 private:
  unsigned long before_ns_ = 0;  // 0: as it was
};

}  // namespace eb
