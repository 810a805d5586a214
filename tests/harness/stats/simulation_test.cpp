// What is stated at 99 % confidence, tried on many synthetic runs whose truth is known. Seeds are fixed.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <random>
#include <vector>

#include "harness/stats/dependence.h"
#include "harness/stats/interval.h"
#include "harness/stats/percentile.h"

namespace eb {
namespace {

constexpr int kRuns = 10'000;
constexpr double kLeastCoverage = 0.985;  // of what is stated at 99 %

using Random = std::mt19937_64;

// Latencies by their distribution's quantile function, which is the truth, and which draws them, too.
struct Distribution {
  const char* name;
  std::function<double(double)> quantile;  // ns; of u in (0, 1)
};

double normal_quantile(double u) {
  // Student's t with very many degrees would do, but takes a bisection each: this is a table of it instead.
  static const std::vector<double> table = [] {
    std::vector<double> made;
    for (int i = 1; i < 4096; ++i) made.push_back(student_t_quantile(i / 4096.0, 1e6));
    return made;
  }();
  const double at = std::clamp(u * 4096 - 1, 0.0, 4094.0 - 1e-9);
  const auto i = static_cast<std::size_t>(at);
  return table[i] + (at - static_cast<double>(i)) * (table[i + 1] - table[i]);
}

const Distribution kDistributions[] = {
    {"lognormal", [](double u) { return 1e6 * std::exp(0.25 * normal_quantile(u)); }},
    {"bimodal: a boost clock and a base clock",
     [](double u) { return u < 0.85 ? 1e6 + 1e4 * u : 1.7e6 + 1e4 * u; }},
    {"heavy tail: stalls without a variance", [](double u) { return 1e6 * std::pow(1 - u, -1 / 1.5); }},
    {"a clock of 100 us", [](double u) { return 1e5 * std::floor(10 * std::exp(0.3 * normal_quantile(u))); }},
};

struct Stated {
  double p;
  std::size_t bound;  // index
  int held = 0, point_held = 0;
};

// Draws the runs, and counts how often the truth was not above what was stated.
std::vector<Stated> state_many(const Distribution& distribution, std::size_t queries,
                               const std::vector<double>& percentiles) {
  std::vector<Stated> all;
  for (const double p : percentiles) all.push_back({p, bound_index(queries, p).value()});
  Random random(queries);
  std::uniform_real_distribution<double> uniform(0, 1);
  std::vector<double> latencies(queries);
  for (int run = 0; run < kRuns; ++run) {
    for (double& latency : latencies) latency = distribution.quantile(uniform(random));
    for (Stated& stated : all) {
      const double truth = distribution.quantile(stated.p);
      const auto below =
          std::count_if(latencies.begin(), latencies.end(), [&](double l) { return l < truth; });
      const auto below_count = static_cast<std::size_t>(below);
      // The k-th smallest is not below the truth where no more than k are.
      stated.held += below_count <= stated.bound;
      stated.point_held += below_count <= percentile_index(queries, stated.p);
    }
  }
  return all;
}

void check_bounds(std::size_t queries, const std::vector<double>& percentiles) {
  for (const Distribution& distribution : kDistributions)
    for (const Stated& stated : state_many(distribution, queries, percentiles))
      EXPECT_GE(stated.held, kLeastCoverage * kRuns) << distribution.name << ", p" << 100 * stated.p;
}

TEST(Simulation, BoundsOfAQuickTierHold) {
  check_bounds(128, {0.5, 0.9});
}

TEST(Simulation, BoundsOfAStandardTierHold) {
  check_bounds(1024, {0.5, 0.9, 0.95, 0.99});
}

TEST(Simulation, BoundsAreNoWiderThanTheirConfidenceAsks) {
  // Of continuous values the bound holds as often as the binomial distribution says: a step below 99.9 %.
  const auto stated = state_many(kDistributions[0], 1024, {0.5});
  EXPECT_LE(stated[0].held, 0.995 * kRuns);
  EXPECT_LE(stated[0].point_held, 0.6 * kRuns) << "what a point is worth";
}

// Noise whose values have the correlation rho with the value before, as lognormal latencies.
std::vector<std::int64_t> autoregressive(std::size_t count, double rho, Random& random) {
  std::normal_distribution<double> normal(0, 1);
  std::vector<std::int64_t> latencies_ns(count);
  double state = normal(random);
  for (std::int64_t& latency : latencies_ns) {
    latency = static_cast<std::int64_t>(1e6 * std::exp(0.2 * state));
    state = rho * state + std::sqrt(1 - rho * rho) * normal(random);
  }
  return latencies_ns;
}

double share_rejected(int runs, std::size_t count, double rho) {
  Random random(static_cast<std::uint64_t>(1000 * rho) + count);
  int rejected = 0;
  for (int run = 0; run < runs; ++run)
    rejected += serial_correlation(autoregressive(count, rho, random))->rejects_independence();
  return static_cast<double>(rejected) / runs;
}

TEST(Simulation, WhiteNoiseIsNotFlagged) {
  EXPECT_LE(share_rejected(kRuns, 128, 0), 0.01);
  EXPECT_LE(share_rejected(2000, 1024, 0), 0.01);
}

TEST(Simulation, AutoregressiveNoiseIsFlagged) {
  EXPECT_GE(share_rejected(2000, 1024, 0.3), 0.99);
  EXPECT_GE(share_rejected(2000, 128, 0.6), 0.99);
}

TEST(Simulation, DependenceBreaksBoundsAndTheEffectiveCountRepairsThem) {
  constexpr std::size_t kQueries = 1024;
  constexpr double kRho = 0.6;
  constexpr int kTries = 2000;
  Random random(6);
  const auto stated = bound_index(kQueries, 0.5).value();
  int held = 0, repaired_held = 0;
  for (int run = 0; run < kTries; ++run) {
    std::vector<std::int64_t> latencies = autoregressive(kQueries, kRho, random);
    const double worth = effective_count(kQueries, serial_correlation(latencies)->lag1);
    std::sort(latencies.begin(), latencies.end());
    const auto count = static_cast<std::size_t>(worth);
    const double share = static_cast<double>(bound_index(count, 0.5).value()) / static_cast<double>(count);
    held += latencies[stated] >= 1'000'000;
    repaired_held += latencies[static_cast<std::size_t>(share * kQueries)] >= 1'000'000;
  }
  EXPECT_LT(held, 0.97 * kTries) << "else nobody needs the warning";
  EXPECT_GE(repaired_held, kLeastCoverage * kTries);
}

TEST(Simulation, IntervalsOfFewLaunchesCoverTheMean) {
  for (const int launches : {3, 5}) {
    Random random(static_cast<std::uint64_t>(launches));
    std::normal_distribution<double> launch_mean(10, 0.3);
    int covered = 0, covered_by_normal = 0;
    for (int run = 0; run < kRuns; ++run) {
      std::vector<double> means;
      for (int i = 0; i < launches; ++i) means.push_back(launch_mean(random));
      const Interval interval = mean_interval(means).value();
      covered += interval.low <= 10 && 10 <= interval.high;
      const double half = 2.5758 * standard_deviation(means) / std::sqrt(launches);
      covered_by_normal += std::abs(mean_of(means) - 10) <= half;
    }
    EXPECT_GE(covered, kLeastCoverage * kRuns) << launches;
    EXPECT_LE(covered, 0.995 * kRuns) << launches;
    EXPECT_LT(covered_by_normal, 0.97 * kRuns) << "what Student's factor is for";
  }
}

}  // namespace
}  // namespace eb
