#pragma once
// Signs of life while runs follow each other, so that the parent can tell a run that hangs from many that do
// not. Said between runs, outside of their latencies, and at most once a second: what it costs a run is one
// comparison.
#include <cstdint>
#include <functional>
#include <limits>
#include <utility>

namespace eb {

inline constexpr std::int64_t kPulseNs = 1'000'000'000;

// A value; one that was made without `say` is mute. Not for several threads.
class Pulse {
 public:
  Pulse() = default;
  // `say`: true: a run comes now; false: what comes now is no run, and may take its time.
  explicit Pulse(std::function<void(bool is_running)> say) : say_(std::move(say)) {}

  void begin(std::int64_t now_ns) {
    if (!say_) return;
    say_(true);
    next_ns_ = now_ns + kPulseNs;
  }
  // After each run.
  void beat(std::int64_t now_ns) {
    if (now_ns >= next_ns_) begin(now_ns);
  }
  void end() {
    if (say_) say_(false);
    next_ns_ = std::numeric_limits<std::int64_t>::max();
  }

 private:
  std::function<void(bool)> say_{};
  std::int64_t next_ns_ = std::numeric_limits<std::int64_t>::max();
};

}  // namespace eb
