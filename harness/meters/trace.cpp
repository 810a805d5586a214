#include "harness/meters/trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace eb {
namespace {

// Jittered sampling puts one reading at random into each period: two may be two periods apart, not four.
constexpr double kGapFactor = 4;
constexpr std::size_t kLongestReason = 200;

double seconds_between(const Reading& a, const Reading& b) {
  return static_cast<double>(b.time_ns - a.time_ns) * 1e-9;
}

bool is_before(const Reading& reading, std::int64_t time_ns) {
  return reading.time_ns < time_ns;
}

Error silent(const Trace& trace, const std::string& what) {
  std::string why;
  if (!trace.dropouts().empty())
    why = fmt::format("; {} reads failed, the last one: {}", trace.dropouts().size(),
                      trace.dropouts().back().reason);
  return {ErrorKind::device, fmt::format("meter {} {}{}", trace.info().id, what, why)};
}

}  // namespace

std::string Trace::problem_of(std::int64_t time_ns, double value) const {
  if (!readings_.empty() && time_ns <= readings_.back().time_ns)
    return "its time is not later than the last one";
  if (!std::isfinite(value)) return fmt::format("{} is no number", value);
  const bool is_counter = info_.quantity == Quantity::energy_j;
  const double lowest = is_counter ? 0 : info_.lowest;
  const double highest = is_counter ? info_.counter_range : info_.highest;
  const bool is_bounded = is_counter ? highest > 0 : highest > lowest;
  if (is_counter ? value < 0 : is_bounded && value < lowest)
    return fmt::format("{} {} is below {}", value, unit_of(info_.quantity), lowest);
  if (is_bounded && value > highest)
    return fmt::format("{} {} is above {}", value, unit_of(info_.quantity), highest);
  return {};
}

void Trace::drop(std::int64_t time_ns, std::string reason) {
  reason.resize(std::min(reason.size(), kLongestReason));
  dropouts_.push_back({time_ns, std::move(reason)});
}

void Trace::add(std::int64_t time_ns, const Result<double>& value) {
  if (!value) return drop(time_ns, value.error().message);
  if (std::string problem = problem_of(time_ns, *value); !problem.empty())
    return drop(time_ns, std::move(problem));
  readings_.push_back({time_ns, *value});
}

std::vector<MeterWindow> even_parts(const MeterWindow& window, std::size_t count) {
  const auto length_ns =
      count == 0 ? 0 : (window.end_ns - window.start_ns) / static_cast<std::int64_t>(count);
  std::vector<MeterWindow> parts;
  for (std::size_t i = 0; i < count; ++i) {
    const std::int64_t start_ns = window.start_ns + static_cast<std::int64_t>(i) * length_ns;
    parts.push_back({start_ns, start_ns + length_ns});
  }
  return parts;
}

Result<std::span<const Reading>> readings_around(const Trace& trace, const MeterWindow& window) {
  if (window.end_ns <= window.start_ns) return Error{ErrorKind::invalid, "a window ends after it starts"};
  const auto all = trace.readings();
  if (all.empty()) return silent(trace, "gave no reading");
  if (all.front().time_ns > window.start_ns)
    return silent(trace, fmt::format("gave its first reading {:.3f} s after the window had started",
                                     static_cast<double>(all.front().time_ns - window.start_ns) * 1e-9));
  if (all.back().time_ns < window.end_ns)
    return silent(trace, fmt::format("gave its last reading {:.3f} s before the window ended",
                                     static_cast<double>(window.end_ns - all.back().time_ns) * 1e-9));
  auto first = std::lower_bound(all.begin(), all.end(), window.start_ns, is_before);
  if (first->time_ns > window.start_ns) --first;
  const auto last = std::lower_bound(first, all.end(), window.end_ns, is_before);
  return all.subspan(static_cast<std::size_t>(first - all.begin()),
                     static_cast<std::size_t>(last - first) + 1);
}

Continuity continuity_of(const Trace& trace, std::span<const Reading> around, const MeterWindow& window) {
  std::vector<double> steps_s;
  for (std::size_t i = 1; i < around.size(); ++i)
    steps_s.push_back(seconds_between(around[i - 1], around[i]));
  Continuity result;
  for (const Dropout& dropout : trace.dropouts())
    if (dropout.time_ns >= window.start_ns && dropout.time_ns <= window.end_ns) ++result.dropouts;
  if (steps_s.empty()) return result;
  const auto middle = steps_s.begin() + static_cast<std::ptrdiff_t>(steps_s.size() / 2);
  std::nth_element(steps_s.begin(), middle, steps_s.end());
  result.typical_s = *middle;
  // A meter that has something new only now and then is read no more often than that.
  const double shortest_gap_s =
      kGapFactor * std::max(result.typical_s, static_cast<double>(trace.info().update_ns) * 1e-9);
  double sum = 0, squares = 0, count = 0;
  for (const double step_s : steps_s) {
    if (step_s > shortest_gap_s) {
      ++result.gaps;
      result.gaps_s += step_s;
      result.longest_gap_s = std::max(result.longest_gap_s, step_s);
      continue;
    }
    sum += step_s;
    squares += step_s * step_s;
    ++count;
  }
  if (count > 0 && sum > 0) {
    const double mean = sum / count;
    result.spread = std::sqrt(std::max(0.0, squares / count - mean * mean)) / mean;
  }
  return result;
}

Result<Level> level_in(const Trace& trace, const MeterWindow& window) {
  const auto all = trace.readings();
  const auto first = std::lower_bound(all.begin(), all.end(), window.start_ns, is_before);
  const auto last = std::lower_bound(first, all.end(), window.end_ns + 1, is_before);
  if (first == last) return silent(trace, "gave no reading within the window");
  Level level{first->value, (last - 1)->value, first->value, first->value, 0, 0};
  level.readings = static_cast<std::size_t>(last - first);
  double area = 0;
  for (auto reading = first; reading != last; ++reading) {
    level.lowest = std::min(level.lowest, reading->value);
    level.highest = std::max(level.highest, reading->value);
    if (reading != first)
      area += (reading->value + (reading - 1)->value) / 2 * seconds_between(*(reading - 1), *reading);
  }
  const double seconds = seconds_between(*first, *(last - 1));
  level.mean = seconds > 0 ? area / seconds : level.first;
  return level;
}

}  // namespace eb
