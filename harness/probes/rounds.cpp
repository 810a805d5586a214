#include "harness/probes/rounds.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/stats/interval.h"

namespace eb::probes {
namespace {

// Of values in ascending order.
double quantile(const std::vector<double>& ascending, double share) {
  const auto at = static_cast<std::size_t>(std::lround(share * static_cast<double>(ascending.size() - 1)));
  return ascending[at];
}

std::vector<double> ascending_rates(std::span<const Round> rounds) {
  std::vector<double> rates;
  for (const Round& round : rounds) rates.push_back(round.rate);
  std::sort(rates.begin(), rates.end());
  return rates;
}

std::size_t quarter_of(std::size_t rounds) {
  return std::max<std::size_t>(1, rounds / 4);
}

bool agrees(const std::vector<double>& ascending, double agreement) {
  if (ascending.size() < kFewestRounds) return false;
  const double fastest = ascending.back(), last = ascending[ascending.size() - quarter_of(ascending.size())];
  return fastest - last <= agreement * fastest;
}

void add_warnings(std::span<const Round> rounds, double agreement, Peak& peak) {
  const auto slow = std::count_if(rounds.begin(), rounds.end(), [&](const Round& round) {
    return round.rate < (1 - kSlowRound) * peak.rate;
  });
  if (static_cast<double>(slow) > kMostSlow * static_cast<double>(rounds.size()))
    peak.warnings.push_back(
        fmt::format("busy machine: {} of {} rounds were more than {:.0f} % slower than the peak", slow,
                    rounds.size(), 100 * kSlowRound));
  if (!peak.is_stable)
    peak.warnings.push_back(
        fmt::format("not stable: the fastest quarter of {} rounds differs by more than {:.0f} %",
                    rounds.size(), 100 * agreement));
}

}  // namespace

Peak peak_of(std::span<const Round> rounds, double agreement) {
  const auto ascending = ascending_rates(rounds);
  std::vector<Round> fastest(rounds.begin(), rounds.end());
  std::sort(fastest.begin(), fastest.end(), [](const Round& a, const Round& b) { return a.rate > b.rate; });
  fastest.resize(quarter_of(fastest.size()));
  std::vector<double> rates, clocks;
  for (const Round& round : fastest) {
    rates.push_back(round.rate);
    if (round.clock_ghz > 0) clocks.push_back(round.clock_ghz);
  }
  Peak peak{.rate = median_of(rates), .rounds = rounds.size(), .is_stable = agrees(ascending, agreement)};
  if (!clocks.empty()) peak.clock_ghz = median_of(clocks);
  peak.spread = (quantile(ascending, 0.75) - quantile(ascending, 0.25)) / quantile(ascending, 0.5);
  add_warnings(rounds, agreement, peak);
  return peak;
}

std::vector<Round> settle(Clock& clock, const RoundLimits& limits,
                          const std::function<void(std::size_t count, std::vector<Round>& rounds)>& batch) {
  std::vector<Round> rounds;
  const std::int64_t begin_ns = clock.now_ns();
  while (true) {
    const std::size_t before = rounds.size();
    batch(limits.batch, rounds);
    if (rounds.size() <= before) return rounds;
    const std::int64_t passed_ns = clock.now_ns() - begin_ns;
    if (passed_ns >= limits.most_ns) return rounds;
    if (passed_ns >= limits.fewest_ns && agrees(ascending_rates(rounds), limits.agreement)) return rounds;
  }
}

}  // namespace eb::probes
