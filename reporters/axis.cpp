#include "reporters/axis.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "reporters/text.h"

namespace eb {
namespace {

// Nothing that we measure is beyond these; what is would only break the arithmetic of ticks.
constexpr double kSmallest = 1e-12, kLargest = 1e15;

// 1, 2 or 5 times a power of ten, at least `raw`.
double round_step(double raw) {
  const double power = std::pow(10.0, std::floor(std::log10(raw)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (raw <= factor * power * (1 + 1e-9)) return factor * power;
  return 10 * power;
}

struct Range {
  double low, high;
};

Axis linear_axis(Range range, const AxisWish& wish) {
  const double scale = std::max({std::abs(range.low), std::abs(range.high), kSmallest});
  if (range.high - range.low < scale * 1e-6) {  // one value: a little room on both sides
    range.low -= scale * 0.05;
    range.high += scale * 0.05;
  }
  const double step = round_step((range.high - range.low) / std::max(1, wish.max_ticks - 1));
  const double slack = wish.ends == AxisEnds::tight ? -1e-9 : 1e-9;
  const bool tight = wish.ends == AxisEnds::tight;
  const double first = tight ? std::ceil(range.low / step + slack) : std::floor(range.low / step + slack);
  const double last = tight ? std::floor(range.high / step - slack) : std::ceil(range.high / step - slack);
  Axis axis;
  const auto steps = static_cast<int>(std::lround(last - first));
  for (int i = 0; i <= steps; ++i) axis.ticks.push_back((first + i) * step);
  axis.low = tight ? range.low : first * step;
  axis.high = tight ? range.high : last * step;
  return axis;
}

// The ends are at 1, 2 or 5 times a power of ten; so are the ticks, or at powers only where those are too
// many.
Axis log_axis(Range range, const AxisWish& wish) {
  const auto decade_of = [](double value) { return static_cast<int>(std::floor(std::log10(value))); };
  const int first = decade_of(range.low), last = decade_of(range.high) + 1;
  std::vector<double> steps;
  for (int decade = first; decade <= last; ++decade)
    for (const double factor : {1.0, 2.0, 5.0}) steps.push_back(factor * std::pow(10.0, decade));
  Axis axis;
  axis.logarithmic = true;
  const auto is_above_low = [&](double step) { return step > range.low * (1 + 1e-9); };
  const auto reaches_high = [&](double step) { return step >= range.high * (1 - 1e-9); };
  const auto after_low = std::find_if(steps.begin(), steps.end(), is_above_low);
  const auto end = std::find_if(steps.begin(), steps.end(), reaches_high);
  axis.low = after_low == steps.begin() ? range.low : *(after_low - 1);
  axis.high = end == steps.end() ? range.high : *end;
  const int decades = last - first, stride = (decades + wish.max_ticks - 1) / wish.max_ticks;
  const std::size_t each = decades * 3 <= wish.max_ticks + 2 ? 1 : 3 * static_cast<std::size_t>(stride);
  for (std::size_t i = 0; i < steps.size(); i += each)
    if (steps[i] >= axis.low * (1 - 1e-9) && steps[i] <= axis.high * (1 + 1e-9))
      axis.ticks.push_back(steps[i]);
  return axis;
}

}  // namespace

double Axis::position(double value) const {
  if (!std::isfinite(value)) return 0;
  if (!logarithmic) return std::clamp((value - low) / (high - low), 0.0, 1.0);
  if (value <= low) return 0;
  return std::clamp(std::log(value / low) / std::log(high / low), 0.0, 1.0);
}

Axis make_axis(std::span<const double> values, const AxisWish& wish) {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const double any : values) {
    if (!std::isfinite(any) || std::abs(any) > kLargest) continue;
    const double value = std::abs(any) < kSmallest ? 0 : any;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  if (low > high) return linear_axis({0, 1}, wish);
  if (low > 0 && wish.log_spread >= 1 && high / low > wish.log_spread) return log_axis({low, high}, wish);
  if (wish.start == AxisStart::zero) low = std::min(low, 0.0);
  return linear_axis({low, high}, wish);
}

std::string tick_text(double tick) {
  return short_number(tick, 6);
}

}  // namespace eb
