#include "harness/run/time_limits.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/run/pulse.h"

namespace eb {
namespace {

using Seconds = std::chrono::duration<double>;

constexpr double kTuningS = 3600;  // a tuner builds and runs some ten candidates for each shape of a model
constexpr double kShortestRunLimitS = 60;
constexpr double kFirstRuns = 100;  // of the first run, which compiles and copies what later ones need not

std::string first_word(std::string_view phase) {
  return std::string(phase.substr(0, phase.find(' ')));
}

// A search takes about as long as the window, and may need more than one of these.
constexpr double kSearchedWindows = 4;

double planned_window_s(const Job& job, std::string_view phase) {
  for (const ScenarioJob& s : job.scenarios)
    if (phase == "measure " + s.name)
      return static_cast<double>(s.rule.min_duration_ns) * 1e-9 * (is_search(s) ? kSearchedWindows : 1);
  return 0;
}

}  // namespace

LimitsS default_limits_s() {
  return {{"start", 30}, {"open", 900}, {"quality", 900}, {"measure", 720}, {"audit", 900}, {"layers", 60}};
}

TimeLimits::TimeLimits(const Job& job, const LimitsS& limits_s, Time now) : job_(job), limits_s_(limits_s) {
  begin_phase("start", now);
}

void TimeLimits::begin_phase(const std::string& phase, Time now) {
  phase_ = phase;
  phase_begin_ = now;
  run_begin_.reset();
}

void TimeLimits::set_first_run(double first_run_s, Time now) {
  first_run_s_ = std::clamp(first_run_s, 0.0, Seconds(now - phase_begin_).count());
}

void TimeLimits::pulse(bool is_running, Time now) {
  run_begin_ = is_running ? std::optional(now) : std::nullopt;
}

double TimeLimits::phase_limit_s() const {
  const auto limit = limits_s_.find(first_word(phase_));
  const double own_s = limit == limits_s_.end() ? 600 : limit->second;
  const double tuning_s = job_.ep.retune && phase_ == "open" ? kTuningS : 0;
  return own_s + tuning_s + planned_window_s(job_, phase_);
}

double TimeLimits::run_limit_s() const {
  const auto limit = limits_s_.find(kRunLimit);
  if (limit != limits_s_.end()) return limit->second;
  return std::max(kShortestRunLimitS, kFirstRuns * first_run_s_);
}

std::optional<std::string> TimeLimits::overdue(Time now) const {
  if (Seconds(now - phase_begin_).count() >= phase_limit_s())
    return fmt::format("{} took longer than {:g} s; allow more with --timeout {}=SECONDS", phase_,
                       phase_limit_s(), first_word(phase_));
  // Of the time since a sign of life, the first second may be of runs that came to an end.
  constexpr double kPulseS = static_cast<double>(kPulseNs) * 1e-9;
  if (run_begin_ && Seconds(now - *run_begin_).count() >= run_limit_s() + kPulseS)
    return fmt::format("a run took longer than {:g} s during {}; allow more with --timeout {}=SECONDS",
                       run_limit_s(), phase_, kRunLimit);
  return std::nullopt;
}

}  // namespace eb
