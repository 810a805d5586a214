#include "harness/stats/queue.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <vector>

#include "harness/stats/percentile.h"

namespace eb {
namespace {

constexpr std::size_t kQueries = 20'000;
constexpr int kHalvings = 14;  // of the range of rates: to a ten-thousandth

// The same queries at any rate: gaps are in units of the mean gap.
struct Traffic {
  std::vector<double> gaps{}, service_ns{};
};

Traffic make_traffic(std::span<const std::int64_t> service_ns) {
  std::mt19937_64 random(1);
  Traffic traffic;
  for (std::size_t i = 0; i < kQueries; ++i) {
    traffic.gaps.push_back(-std::log1p(-static_cast<double>(random() >> 11) * 0x1p-53));
    traffic.service_ns.push_back(static_cast<double>(service_ns[random() % service_ns.size()]));
  }
  return traffic;
}

bool keeps(const QueueGoal& goal, const Traffic& traffic, std::size_t servers, double mean_gap_ns) {
  std::vector<double> free_at_ns(servers, 0.0);
  std::vector<double> times_ns;
  times_ns.reserve(kQueries);
  double due_ns = 0;
  for (std::size_t i = 0; i < kQueries; ++i) {
    due_ns += traffic.gaps[i] * mean_gap_ns;
    const auto server = std::min_element(free_at_ns.begin(), free_at_ns.end());
    *server = std::max(*server, due_ns) + traffic.service_ns[i];
    times_ns.push_back(*server - due_ns);
  }
  const auto at = times_ns.begin() + static_cast<std::ptrdiff_t>(percentile_index(kQueries, goal.p));
  std::nth_element(times_ns.begin(), at, times_ns.end());
  return *at <= static_cast<double>(goal.target_ns);
}

}  // namespace

std::optional<double> predicted_rate_qps(std::span<const std::int64_t> service_ns, std::size_t servers,
                                         const QueueGoal& goal) {
  const double sum_ns = std::accumulate(service_ns.begin(), service_ns.end(), 0.0);
  if (sum_ns <= 0 || servers == 0) return std::nullopt;
  const double mean_ns = sum_ns / static_cast<double>(service_ns.size());
  const Traffic traffic = make_traffic(service_ns);
  double low = 0, high = 1;  // of the rate that all servers could just serve
  for (int i = 0; i < kHalvings; ++i) {
    const double middle = (low + high) / 2;
    const double mean_gap_ns = mean_ns / (static_cast<double>(servers) * middle);
    (keeps(goal, traffic, servers, mean_gap_ns) ? low : high) = middle;
  }
  if (low == 0) return std::nullopt;
  return low * static_cast<double>(servers) * 1e9 / mean_ns;
}

}  // namespace eb
