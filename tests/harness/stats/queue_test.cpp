#include "harness/stats/queue.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

namespace eb {
namespace {

constexpr std::int64_t kMs = 1'000'000;
using Times = std::vector<std::int64_t>;

// Quantiles of an exponential distribution, all equally likely.
Times exponential_ns(double mean_ns) {
  Times times;
  for (int i = 0; i < 2000; ++i)
    times.push_back(static_cast<std::int64_t>(-mean_ns * std::log1p(-(i + 0.5) / 2000)));
  return times;
}

TEST(PredictedRate, OfAnMM1QueueIsTheoryWithinSomePercent) {
  // The time in the system is exponential with rate mu - lambda: p99 = ln(100) / (mu - lambda).
  for (const double target_ms : {8.0, 20.0, 100.0}) {
    const double theory_qps = 1000 - 1e3 * std::log(100.0) / target_ms;
    const auto rate_qps = predicted_rate_qps(
        exponential_ns(1e6), 1, {.p = 0.99, .target_ns = static_cast<std::int64_t>(target_ms * 1e6)});
    ASSERT_TRUE(rate_qps);
    EXPECT_NEAR(*rate_qps / theory_qps, 1, 0.06) << target_ms;
  }
}

TEST(PredictedRate, MoreServersDoMoreThanTheirNumber) {
  const QueueGoal goal = {.p = 0.99, .target_ns = 5 * kMs};
  const Times service_ns = {kMs};
  const auto one = predicted_rate_qps(service_ns, 1, goal);
  const auto four = predicted_rate_qps(service_ns, 4, goal);
  ASSERT_TRUE(one && four);
  EXPECT_GT(*four, 4 * *one);
  EXPECT_LT(*four, 4000);
}

TEST(PredictedRate, GrowsWithTheTarget) {
  double last_qps = 0;
  for (const std::int64_t target_ms : {2, 4, 8, 100}) {
    const auto rate_qps = predicted_rate_qps(Times{kMs, kMs, 2 * kMs}, 1, {.target_ns = target_ms * kMs});
    ASSERT_TRUE(rate_qps);
    EXPECT_GT(*rate_qps, last_qps);
    last_qps = *rate_qps;
  }
  EXPECT_LT(last_qps, 750) << "1 / mean";
}

TEST(PredictedRate, IsAbsentWhereNoRateKeepsTheGoal) {
  EXPECT_FALSE(predicted_rate_qps(Times{10 * kMs}, 1, {.target_ns = 9 * kMs}));
  EXPECT_FALSE(predicted_rate_qps(Times{}, 1, {.target_ns = kMs}));
  EXPECT_FALSE(predicted_rate_qps(Times{0, 0}, 1, {.target_ns = kMs}));
  EXPECT_FALSE(predicted_rate_qps(Times{kMs}, 0, {.target_ns = kMs}));
}

}  // namespace
}  // namespace eb
