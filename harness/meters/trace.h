#pragma once
// All that one meter said, in order, and windows cut out of it afterwards. Pure: no clock, no files.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "harness/base/result.h"
#include "harness/meters/reading.h"

namespace eb {

struct MeterWindow {
  std::int64_t start_ns = 0, end_ns = 0;  // of the clock of the readings

  double seconds() const { return static_cast<double>(end_ns - start_ns) * 1e-9; }
};

// So many windows of one length, one after the other from its start.
std::vector<MeterWindow> even_parts(const MeterWindow& window, std::size_t count);

// A read that gave no value.
struct Dropout {
  std::int64_t time_ns = 0;
  std::string reason{};
};

class Trace {
 public:
  explicit Trace(MeterInfo info) : info_(std::move(info)) {}

  // What a read gave at that time. A value that is no number or outside the meter's limits, and a time that
  // is not later than the one before, are drop-outs with a reason.
  void add(std::int64_t time_ns, const Result<double>& value);

  const MeterInfo& info() const { return info_; }
  std::span<const Reading> readings() const { return readings_; }
  std::span<const Dropout> dropouts() const { return dropouts_; }

 private:
  void drop(std::int64_t time_ns, std::string reason);
  std::string problem_of(std::int64_t time_ns, double value) const;

  MeterInfo info_;
  std::vector<Reading> readings_;
  std::vector<Dropout> dropouts_;
};

// Readings from the last one at or before the window's start to the first one at or after its end. An error
// that says what to do where the meter was not heard on both sides: nothing is extrapolated.
Result<std::span<const Reading>> readings_around(const Trace& trace, const MeterWindow& window);

struct Continuity {
  double typical_s = 0;  // median time from one reading to the next
  double spread = 0;     // standard deviation of that time, as a share of its mean: 0 for a regular meter
  std::size_t gaps = 0;  // times of more than four typical ones
  double gaps_s = 0, longest_gap_s = 0;
  std::size_t dropouts = 0;  // within the window
};
// `around`: at least two readings, of readings_around.
Continuity continuity_of(const Trace& trace, std::span<const Reading> around, const MeterWindow& window);

// Of a temperature or a clock; its values within the window alone.
struct Level {
  double first = 0, last = 0, lowest = 0, highest = 0, mean = 0;  // mean over time
  std::size_t readings = 0;
};
Result<Level> level_in(const Trace& trace, const MeterWindow& window);

}  // namespace eb
