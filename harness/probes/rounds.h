#pragma once
// When a peak has been seen: short rounds are repeated until the fastest quarter of them agree. Whatever
// disturbs a round makes it slower, so that the fastest ones are what the device can do; how many were slower
// says how busy the machine was. Pure, but for the clock, which is an argument.
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/base/clock.h"

namespace eb::probes {

struct Round {
  double rate = 0;       // work in a second, > 0
  double clock_ghz = 0;  // of the processor right then; 0: not measured
};

struct Peak {
  double rate = 0;                    // median of the fastest quarter
  std::optional<double> clock_ghz{};  // median of the same rounds
  double spread = 0;                  // interquartile range of all rounds by their median
  std::size_t rounds = 0;
  bool is_stable = false;  // the fastest quarter agrees
  std::vector<std::string> warnings{};
};

inline constexpr std::size_t kFewestRounds = 16;
inline constexpr double kAgreement = 0.01;        // of arithmetic, by the fastest round
inline constexpr double kMemoryAgreement = 0.03;  // of memory, which the whole machine shares
inline constexpr double kSlowRound = 0.1;         // one that is slower than the peak by more was disturbed
inline constexpr double kMostSlow = 0.2;  // share of disturbed rounds on a machine that is still quiet

// At least one round. `agreement`: how far the fastest quarter may lie apart.
Peak peak_of(std::span<const Round> rounds, double agreement);

struct RoundLimits {
  double agreement = kAgreement;
  std::size_t batch = 16;                // rounds between two looks at the rule
  std::int64_t most_ns = 2'000'000'000;  // after this it ends, stable or not
  std::int64_t fewest_ns = 100'000'000;  // a processor needs some time to find its clock
};

// `batch` does that many rounds and appends them. Ends when a peak is stable, when the time is up, or when a
// batch brings nothing or takes rounds away, as one does that met an error.
std::vector<Round> settle(Clock& clock, const RoundLimits& limits,
                          const std::function<void(std::size_t count, std::vector<Round>& rounds)>& batch);

}  // namespace eb::probes
