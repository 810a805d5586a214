#include "harness/meters/energy.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/meters/sampling.h"

namespace eb {
namespace {

constexpr double kMostGaps = 0.05, kMostDropouts = 0.1, kMostIdleDrift = 0.05;
constexpr double kLeastSpread = 0.25;  // of the time between readings; one at random in each period has 0.41
constexpr std::size_t kFewestChanges = 60;  // two in each batch of which an interval is made
constexpr double kFastRegularPeriodS =
    2e-3;  // no inference repeats in step with so fast a meter for a minute

double step_s(const Reading& a, const Reading& b) {
  return static_cast<double>(b.time_ns - a.time_ns) * 1e-9;
}

Error fault(const Trace& trace, const std::string& what) {
  return {ErrorKind::device, fmt::format("meter {} {}", trace.info().id, what)};
}

// Readings as (seconds since the window's start, value).
struct Point {
  double s = 0, value = 0;
};

auto first_from(std::span<const Point> points, double s) {
  return std::lower_bound(points.begin(), points.end(), s,
                          [](const Point& point, double time) { return point.s < time; });
}

double at(std::span<const Point> points, double s) {
  const auto after = first_from(points, s);
  if (after == points.end()) return points.back().value;
  if (after == points.begin() || after->s == s) return after->value;
  const Point& before = *(after - 1);
  return before.value + (after->value - before.value) * (s - before.s) / (after->s - before.s);
}

std::vector<Point> points_of(std::span<const Reading> around, const MeterWindow& window) {
  std::vector<Point> points;
  for (const Reading& reading : around)
    points.push_back({static_cast<double>(reading.time_ns - window.start_ns) * 1e-9, reading.value});
  return points;
}

Status check_continuity(const Trace& trace, const Continuity& continuity, std::size_t readings,
                        double duration_s) {
  const double reads = static_cast<double>(readings + continuity.dropouts);
  if (static_cast<double>(continuity.dropouts) > kMostDropouts * reads)
    return fault(trace, fmt::format("gave no value in {} of {} reads: {}", continuity.dropouts, reads,
                                    trace.dropouts().back().reason));
  if (trace.info().quantity == Quantity::power_w && continuity.gaps_s > kMostGaps * duration_s)
    return fault(trace, fmt::format("was silent for {:.3f} s in {} gaps of a window of {:.3f} s",
                                    continuity.gaps_s, continuity.gaps, duration_s));
  return Done{};
}

// The counter as one that never starts again at 0.
Result<std::vector<Reading>> unwrapped(const Trace& trace, std::span<const Reading> around) {
  const MeterInfo& info = trace.info();
  std::vector<Reading> counter{{around[0].time_ns, 0}};
  for (std::size_t i = 1; i < around.size(); ++i) {
    double delta = around[i].value - around[i - 1].value;
    const double apart_s = step_s(around[i - 1], around[i]);
    if (info.counter_range > 0 && info.highest > 0 && apart_s * info.highest >= info.counter_range)
      return fault(trace,
                   fmt::format("was read {:.1f} s apart, in which its counter may have started again more "
                               "than once; read it more often",
                               apart_s));
    if (delta < 0) delta += info.counter_range;
    const double most =
        info.highest * (apart_s + 2e-9 * static_cast<double>(info.update_ns)) + info.resolution;
    if (delta < 0)
      return fault(trace, fmt::format("counted from {} back to {} J: it was reset", around[i - 1].value,
                                      around[i].value));
    if (info.highest > 0 && delta > most)
      return fault(trace, fmt::format("counted {} J in {:.6f} s, more than the {} W that it can measure",
                                      delta, apart_s, info.highest));
    counter.push_back({around[i].time_ns, counter.back().value + delta});
  }
  return counter;
}

// The counter at that time, and how far off that may be: between what it had shown before, and what it shows
// at its next update.
struct Edge {
  double value = 0, limit = 0;
};

Edge edge_of(std::span<const Point> counter, double s, double update_s) {
  const Point &front = counter.front(), &back = counter.back();
  const double value = at(counter, s);
  const auto after = first_from(counter, s), renewed = first_from(counter, s + update_s);
  const double lowest = after->s == s || after == counter.begin() ? after->value : (after - 1)->value;
  const double mean_w = (back.value - front.value) / (back.s - front.s);
  const double highest =
      renewed == counter.end() ? back.value + mean_w * (s + update_s - back.s) : renewed->value;
  return {value, std::max(value - lowest, highest - value)};
}

// The readings until the counter's next update, too, if they are there.
std::span<const Reading> with_next_update(const Trace& trace, std::span<const Reading> around,
                                          const MeterWindow& window) {
  const auto all = trace.readings();
  const auto first = static_cast<std::size_t>(around.data() - all.data());
  std::size_t last = first + around.size() - 1;
  while (last + 1 < all.size() && all[last].time_ns < window.end_ns + trace.info().update_ns) ++last;
  return all.subspan(first, last - first + 1);
}

Status count_energy(const Trace& trace, std::span<const Reading> around, const MeterWindow& window,
                    Energy& energy) {
  EB_GET(const std::vector<Reading> whole, unwrapped(trace, with_next_update(trace, around, window)));
  if (whole.back().value <= 0)
    return fault(trace, fmt::format("counted nothing in {:.3f} s: it is dead, or too slow for this window",
                                    step_s(whole.front(), whole.back())));
  const std::vector<Point> counter = points_of(whole, window);
  const double update_s = static_cast<double>(trace.info().update_ns) * 1e-9;
  const Edge start = edge_of(counter, 0, update_s), end = edge_of(counter, window.seconds(), update_s);
  energy.energy_j = end.value - start.value;
  energy.half_width_j = start.limit + end.limit + trace.info().resolution;
  return Done{};
}

// The window's own points: its edges, interpolated, and all readings between them.
std::vector<Point> points_within(std::span<const Point> points, double duration_s) {
  std::vector<Point> inner{{0, at(points, 0)}};
  for (const Point& point : points)
    if (point.s > 0 && point.s < duration_s) inner.push_back(point);
  inner.push_back({duration_s, at(points, duration_s)});
  return inner;
}

double trapezoids(std::span<const Point> points) {
  double area = 0;
  for (std::size_t i = 1; i < points.size(); ++i)
    area += (points[i].value + points[i - 1].value) / 2 * (points[i].s - points[i - 1].s);
  return area;
}

std::vector<double> values_of(std::span<const Reading> readings) {
  std::vector<double> values;
  for (const Reading& reading : readings) values.push_back(reading.value);
  return values;
}

std::size_t changes_in(std::span<const Reading> readings) {
  std::size_t changes = 0;
  for (std::size_t i = 1; i < readings.size(); ++i)
    changes += readings[i].value != readings[i - 1].value ? 1 : 0;
  return changes;
}

// What of the load may have been missed between readings; absent, with a warning, where nobody can say.
std::optional<double> missed_j(const Trace& trace, std::span<const Reading> around,
                               const Continuity& continuity, Energy& energy) {
  const auto all = values_of(trace.readings());
  const auto [lowest, highest] = std::minmax_element(all.begin(), all.end());
  const double range = *highest - *lowest;
  const double in_gaps_j = range * continuity.gaps_s;
  const double update_s = static_cast<double>(trace.info().update_ns) * 1e-9;
  // Every mean was read: only the edges are blurred, by one mean that may be one update old.
  if (trace.info().sampling == Sampling::averaging && update_s > 0 && continuity.typical_s <= update_s / 2)
    return in_gaps_j + 2 * update_s * std::max(std::abs(*highest), std::abs(*lowest));
  const bool is_slow_inside = update_s > continuity.typical_s;
  const bool is_regular = continuity.spread < kLeastSpread || is_slow_inside;
  if (is_regular && std::max(continuity.typical_s, update_s) > kFastRegularPeriodS) {
    energy.warnings.push_back(
        fmt::format("meter {} is regular, every {:.0f} ms: it may lock to the rhythm of the load, so that no "
                    "interval can be said",
                    trace.info().id, 1e3 * std::max(continuity.typical_s, update_s)));
    return std::nullopt;
  }
  if (update_s == 0 && changes_in(around) < kFewestChanges) {
    energy.warnings.push_back(fmt::format(
        "meter {} changed its value {} times in the window, and nobody says how often it looks anew: no "
        "interval can be said",
        trace.info().id, changes_in(around)));
    return std::nullopt;
  }
  const auto half_width_w = mean_half_width(values_of(around), range);
  if (half_width_w) return in_gaps_j + *half_width_w * energy.duration_s;
  energy.warnings.push_back(
      fmt::format("meter {} gave {} readings in the window, too few for an interval: make "
                  "the window longer",
                  trace.info().id, energy.readings));
  return std::nullopt;
}

Status integrate_power(const Trace& trace, std::span<const Reading> around, const MeterWindow& window,
                       const Continuity& continuity, Energy& energy) {
  if (energy.readings < 2)
    return fault(trace,
                 fmt::format("gave {} readings in a window of {:.3f} s, too few for an energy: make the "
                             "window longer",
                             energy.readings, energy.duration_s));
  const auto is_zero = [](const Reading& reading) { return reading.value == 0; };
  if (std::all_of(around.begin(), around.end(), is_zero))
    return fault(trace, "reads 0 W all the time: it is dead");
  energy.energy_j = trapezoids(points_within(points_of(around, window), energy.duration_s));
  energy.half_width_j = missed_j(trace, around, continuity, energy);
  return Done{};
}

void add_instrument(const MeterInfo& info, Energy& energy) {
  energy.has_instrument_limits = info.gain_limit.has_value();
  if (!energy.half_width_j) return;
  *energy.half_width_j += std::abs(energy.energy_j) * info.gain_limit.value_or(0) +
                          energy.duration_s * info.offset_limit_w.value_or(0);
  if (!energy.has_instrument_limits)
    energy.warnings.push_back(
        fmt::format("nobody states the accuracy of meter {}: the interval is that of sampling "
                    "alone",
                    info.id));
}

std::optional<double> power_half_width(const Energy& energy) {
  if (!energy.half_width_j) return std::nullopt;
  return *energy.half_width_j / energy.duration_s;
}

}  // namespace

Result<Energy> energy_in(const Trace& trace, const MeterWindow& window) {
  const MeterInfo& info = trace.info();
  if (info.quantity != Quantity::energy_j && info.quantity != Quantity::power_w)
    return Error{ErrorKind::invalid,
                 fmt::format("meter {} is one of {}, not of power", info.id, name_of(info.quantity))};
  EB_GET(const auto around, readings_around(trace, window));
  const Continuity continuity = continuity_of(trace, around, window);
  Energy energy;
  energy.duration_s = window.seconds();
  energy.gaps = continuity.gaps;
  energy.longest_gap_s = continuity.longest_gap_s;
  energy.dropouts = continuity.dropouts;
  energy.readings =
      static_cast<std::size_t>(std::count_if(around.begin(), around.end(), [&](const Reading& reading) {
        return reading.time_ns >= window.start_ns && reading.time_ns <= window.end_ns;
      }));
  EB_OK(check_continuity(trace, continuity, energy.readings, energy.duration_s));
  EB_OK(info.quantity == Quantity::energy_j ? count_energy(trace, around, window, energy)
                                            : integrate_power(trace, around, window, continuity, energy));
  energy.mean_w = energy.energy_j / energy.duration_s;
  add_instrument(info, energy);
  if (energy.gaps + energy.dropouts > 0)
    energy.warnings.push_back(fmt::format("meter {} had {} gaps (the longest {:.3f} s) and {} failed reads",
                                          info.id, energy.gaps, energy.longest_gap_s, energy.dropouts));
  return energy;
}

Result<NetEnergy> net_energy(const Energy& load, const Energy& before, const Energy& after) {
  if (load.duration_s <= 0 || before.duration_s <= 0 || after.duration_s <= 0)
    return Error{ErrorKind::invalid,
                 "energy above idle needs windows of load and of idle before and after it"};
  NetEnergy net;
  net.idle_w = (before.mean_w + after.mean_w) / 2;
  net.energy_j = load.energy_j - net.idle_w * load.duration_s;
  const double change_w = after.mean_w - before.mean_w;
  if (net.idle_w != 0) net.idle_drift = change_w / net.idle_w;
  if (std::abs(net.idle_drift) > kMostIdleDrift)
    net.warnings.push_back(
        fmt::format("idle power drifted by {:.1f} % from before the load to after it", 100 * net.idle_drift));
  const auto before_w = power_half_width(before), after_w = power_half_width(after);
  if (load.half_width_j && before_w && after_w)  // idle may have been anything between both
    net.half_width_j =
        *load.half_width_j + load.duration_s * ((*before_w + *after_w) / 2 + std::abs(change_w) / 2);
  return net;
}

EnergyPerInference per_inference(double energy_j, std::optional<double> half_width_j,
                                 std::uint64_t inferences) {
  EnergyPerInference result;
  if (inferences == 0) return result;
  const double mj_each = 1e3 / static_cast<double>(inferences);
  result.energy_mj = energy_j * mj_each;
  if (half_width_j) result.half_width_mj = *half_width_j * mj_each;
  return result;
}

}  // namespace eb
