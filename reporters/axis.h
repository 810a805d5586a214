#pragma once
// Scales of charts. Pure functions.
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace eb {

struct Axis {
  double low = 0, high = 1;
  bool logarithmic = false;
  std::vector<double> ticks{};  // within [low, high], rising

  // 0 at `low`, 1 at `high`, clamped.
  double position(double value) const;
};

enum class AxisStart : std::uint8_t { zero, data };
enum class AxisEnds : std::uint8_t { round, tight };  // at a tick, or where the data end

struct AxisWish {
  AxisStart start = AxisStart::data;
  AxisEnds ends = AxisEnds::round;
  double log_spread = 25;  // logarithmic where positive values spread over more than this; below 1: never
  int max_ticks = 6;       // about
};

// Round ticks around the values. Values that are not finite or of no size that could be measured are passed
// over; without any other the axis goes from 0 to 1.
Axis make_axis(std::span<const double> values, const AxisWish& wish);

// The tick as text, as short as its neighbours allow.
std::string tick_text(double tick);

}  // namespace eb
