#pragma once
// The energy of a window, with an interval that is as wide as what the meter may have missed. Pure functions.
//
// A counter misses nothing: the interval holds what may have happened between the window's edges and the
// reads next to them, and the counter's own step. Power is integrated by trapezoids; the interval is that of
// a mean of readings taken at random moments (correlation between them included), so it is stated only for
// readings that were: a regular meter may lock to the rhythm of the load (100 ms at 30 frames a second is
// wrong by up to 111 %).
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/base/result.h"
#include "harness/meters/trace.h"

namespace eb {

struct Energy {
  double energy_j = 0, mean_w = 0, duration_s = 0;
  // The truth is within energy_j +- this at 99 % confidence. Absent where it cannot be said; a warning says
  // why.
  std::optional<double> half_width_j{};
  bool has_instrument_limits = false;  // the meter's gain and offset are known and inside the interval
  std::size_t readings = 0;            // within the window
  std::size_t gaps = 0, dropouts = 0;
  double longest_gap_s = 0;
  std::vector<std::string> warnings{};
};

// Of a meter of energy or power. An error, in one sentence, where the meter was dead, stuck, too slow, away
// for more than a twentieth of the window, or gave no number in more than a tenth of its reads.
Result<Energy> energy_in(const Trace& trace, const MeterWindow& window);

struct NetEnergy {
  double energy_j = 0;  // above idle; negative if the load took less
  std::optional<double> half_width_j{};
  double idle_w = 0;
  double idle_drift = 0;  // from before to after, as a share of the idle power
  std::vector<std::string> warnings{};
};
// `before` and `after`: windows without load on both sides of the load.
Result<NetEnergy> net_energy(const Energy& load, const Energy& before, const Energy& after);

struct EnergyPerInference {
  double energy_mj = 0;
  std::optional<double> half_width_mj{};
};
EnergyPerInference per_inference(double energy_j, std::optional<double> half_width_j,
                                 std::uint64_t inferences);

}  // namespace eb
