#include "harness/meters/sample_stream.h"

#include <fmt/format.h>

#include <algorithm>

namespace eb {
namespace {

constexpr std::int64_t kFastPeriodNs =
    2'000'000;  // as in energy.cpp: no load keeps in step with so fast a meter
constexpr double kHolePeriods = 10, kHoleS = 0.05;

}  // namespace

SampleStream::SampleStream(Quantity quantity, Sampling sampling, std::int64_t period_ns)
    : quantity_(quantity), sampling_(sampling), period_s_(static_cast<double>(period_ns) * 1e-9) {}

bool SampleStream::is_integrated() const {
  const bool is_fast = period_s_ > 0 && period_s_ <= static_cast<double>(kFastPeriodNs) * 1e-9;
  return quantity_ == Quantity::power_w && (sampling_ == Sampling::averaging || is_fast);
}

Quantity SampleStream::quantity() const {
  return is_integrated() ? Quantity::energy_j : quantity_;
}

Sampling SampleStream::sampling() const {
  return is_integrated() ? Sampling::accumulating : sampling_;
}

Status SampleStream::add(double time_s, double value) {
  if (broken_) return *broken_;
  const double step_s = time_s_ ? time_s - *time_s_ : 0;
  if (time_s_ && step_s <= 0) {
    broken_ = Error{ErrorKind::device, fmt::format("its time went from {} to {} s", *time_s_, time_s)};
  } else if (is_integrated() && step_s > std::max(kHolePeriods * period_s_, kHoleS)) {
    broken_ = Error{ErrorKind::device, fmt::format("it has no samples from {} to {} s", *time_s_, time_s)};
  }
  if (broken_) return *broken_;
  if (!is_integrated()) {
    value_ = value;
  } else if (sampling_ == Sampling::averaging) {  // of the time since the last one
    value_ = value_.value_or(0) + (time_s_ ? value * step_s : 0);
  } else {
    value_ = value_.value_or(0) + (time_s_ ? (value + *sample_) / 2 * step_s : 0);
  }
  time_s_ = time_s;
  sample_ = value;
  return Done{};
}

}  // namespace eb
