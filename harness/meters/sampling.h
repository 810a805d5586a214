#pragma once
// When power is sampled, and what a mean of such samples can be wrong by.
#include <cstdint>
#include <optional>
#include <random>
#include <span>

#include "harness/meters/reading.h"

namespace eb {

// The period in which a meter of power or energy is read once: as often as its kind of sampling can use.
// A counter misses nothing, so 10 ms (which blur the window's edges) are often enough; a mean is read three
// times in its interval, so that none is missed; a momentary value once in a little more than its update, so
// that each read sees a new one; a meter that says nothing about itself every 20 ms.
std::int64_t period_ns_of(const MeterInfo& info);

// One moment in each period, anywhere in it: whatever rhythm the load has, each phase of it is as likely as
// any other. Jitter of a few percent around a fixed rate is not enough for that.
class JitteredTimes {
 public:
  JitteredTimes(std::int64_t start_ns, std::int64_t period_ns, std::uint64_t seed)
      : period_start_ns_(start_ns), period_ns_(period_ns), random_(seed) {}
  std::int64_t next_ns();

 private:
  std::int64_t period_start_ns_, period_ns_;
  std::mt19937_64 random_;
};

// Half the width of the 99 % interval of the mean of these samples, in order. A steady trend does not widen
// it (each is compared with its neighbours, not with the mean), correlation of neighbours does (means
// of batches are looked at, too), and so does what n samples may have missed altogether, taken to be as large
// as `range`. Absent for fewer than 20 samples.
std::optional<double> mean_half_width(std::span<const double> samples, double range);

}  // namespace eb
