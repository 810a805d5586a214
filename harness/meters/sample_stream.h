#pragma once
// A stream of timestamped samples that comes faster than anybody asks, made into the one value that a Meter
// gives. Power that leaves nothing out (means, or at least 500 samples a second) becomes a counter of energy,
// so that nothing is missed however seldom it is read; anything else is the newest value. Pure.
#include <cstdint>
#include <optional>

#include "harness/base/result.h"
#include "harness/meters/reading.h"

namespace eb {

class SampleStream {
 public:
  // `quantity`: energy_j or power_w of the samples; `period_ns`: the time between two, as the source states
  // it.
  SampleStream(Quantity quantity, Sampling sampling, std::int64_t period_ns);

  bool is_integrated() const;
  // Of what `value` gives.
  Quantity quantity() const;
  Sampling sampling() const;

  // `time_s`: of the source's own clock, in order. An error, from then on, when time goes back, and when what
  // is integrated has a hole: more than ten periods and 50 ms.
  Status add(double time_s, double value);
  // J since the first sample, or the newest value. Absent before there is one.
  std::optional<double> value() const { return value_; }

 private:
  Quantity quantity_;
  Sampling sampling_;
  double period_s_;
  std::optional<double> time_s_{}, sample_{}, value_{};
  std::optional<Error> broken_{};
};

}  // namespace eb
