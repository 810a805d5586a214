#pragma once
// When a child has taken too long: a limit for the phase it is in, and one for a single run while it runs.
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "harness/run/job.h"

namespace eb {

// Seconds by phase, or kRunLimit.
using LimitsS = std::map<std::string, double, std::less<>>;

// Seconds that a phase may take unless the user says otherwise. "measure" is on top of the shortest window,
// and by default leaves room for the longest.
LimitsS default_limits_s();
// The limit of a single run. Without one it is 60 s, or 100 times the first run of the session if that is
// more.
inline constexpr std::string_view kRunLimit = "run";

// Pure: the time is an argument.
class TimeLimits {
 public:
  using Time = std::chrono::steady_clock::time_point;
  // Both must outlive it. Begins with phase "start".
  TimeLimits(const Job& job, const LimitsS& limits_s, Time now);

  void begin_phase(const std::string& phase, Time now);
  // What the child says of the first run of its session. No more than the phase has lasted is believed.
  void set_first_run(double first_run_s, Time now);
  // Whether a run begins now, or something that is none.
  void pulse(bool is_running, Time now);

  // Why it has taken too long, naming the option that allows more; nothing while it has not.
  std::optional<std::string> overdue(Time now) const;

 private:
  double phase_limit_s() const;
  double run_limit_s() const;

  const Job& job_;
  const LimitsS& limits_s_;
  std::string phase_;
  Time phase_begin_;
  double first_run_s_ = 0;
  std::optional<Time> run_begin_{};
};

}  // namespace eb
