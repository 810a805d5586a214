#include "harness/stats/drift.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace eb {
namespace {

// Latencies around each level in turn, with a jitter of 5 % and an outlier now and then.
std::vector<std::int64_t> window(const std::vector<double>& levels_ns, std::size_t each, unsigned seed = 1) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> jitter(0.95, 1.05);
  std::vector<std::int64_t> all;
  for (const double level : levels_ns)
    for (std::size_t i = 0; i < each; ++i)
      all.push_back(static_cast<std::int64_t>(level * jitter(random) * (random() % 50 == 0 ? 9 : 1)));
  return all;
}

TEST(FindSlowdown, SaysBothLevels) {
  const auto found = find_slowdown(window({1e6, 1e6, 2e6, 2e6, 2e6}, 100));
  ASSERT_TRUE(found);
  EXPECT_NEAR(found->first_p50_ns, 1e6, 5e4);
  EXPECT_NEAR(found->last_p50_ns, 2e6, 1e5);
}

TEST(FindSlowdown, SeesALateOneAndAGradualOne) {
  EXPECT_TRUE(find_slowdown(window({1, 1, 1, 1e9}, 50)));
  EXPECT_TRUE(find_slowdown(window({1e6, 1.1e6, 1.2e6, 1.3e6, 1.4e6, 1.5e6, 1.6e6, 1.7e6}, 40)));
}

TEST(FindSlowdown, NeedsATenth) {
  EXPECT_FALSE(find_slowdown(window({1e6, 1e6, 1.07e6, 1.07e6}, 2000)));
  EXPECT_TRUE(find_slowdown(window({1e6, 1e6, 1.15e6, 1.15e6}, 2000)));
}

TEST(FindSlowdown, AMachineThatIsNowFastAndNowSlowHasNone) {
  for (unsigned seed = 0; seed < 100; ++seed)
    EXPECT_FALSE(find_slowdown(window({1e6, 1.7e6, 1e6, 1.7e6}, 64, seed))) << seed;
  EXPECT_FALSE(find_slowdown(window({1e6, 1e6, 1.7e6, 1e6}, 64)));
  EXPECT_FALSE(find_slowdown(window({1.7e6, 1e6, 1e6, 1.7e6}, 64)));
}

TEST(FindSlowdown, IsNotFasterNorTheSameNorNoise) {
  EXPECT_FALSE(find_slowdown(window({2e6, 2e6, 1e6, 1e6}, 100)));
  EXPECT_FALSE(find_slowdown(std::vector<std::int64_t>(1000, 5)));
  EXPECT_FALSE(find_slowdown(std::vector<std::int64_t>(1000, 0)));
  for (unsigned seed = 0; seed < 100; ++seed) EXPECT_FALSE(find_slowdown(window({1e6}, 160, seed))) << seed;
}

TEST(FindSlowdown, NeedsSixtyFourAndMoreThanAShortPart) {
  EXPECT_FALSE(find_slowdown({}));
  EXPECT_FALSE(find_slowdown(window({1e6, 3e6, 3e6}, 21)));
  EXPECT_TRUE(find_slowdown(window({1e6, 3e6, 3e6}, 22)));
  EXPECT_FALSE(find_slowdown(window({1e6, 3e6, 3e6, 3e6, 3e6, 3e6, 3e6, 3e6}, 20))) << "an eighth is a start";
}

TEST(IsSteadyGrowth, InEveryQuarter) {
  EXPECT_TRUE(is_steady_growth(std::vector<double>{1, 2, 3, 4, 5}));
  EXPECT_TRUE(is_steady_growth(std::vector<double>{0, 1, 3, 4, 5, 9, 10, 12, 13, 16}));
  EXPECT_FALSE(is_steady_growth(std::vector<double>{0, 100, 100, 100, 100, 100, 100, 100}));
  EXPECT_FALSE(is_steady_growth(std::vector<double>{0, 0, 0, 0, 0, 0, 0, 100}));
  EXPECT_FALSE(is_steady_growth(std::vector<double>{0, 50, 50, 50, 100}));
}

TEST(IsSteadyGrowth, NeedsFiveLooksAndGrowth) {
  EXPECT_FALSE(is_steady_growth({}));
  EXPECT_FALSE(is_steady_growth(std::vector<double>{1, 2, 3, 4}));
  EXPECT_FALSE(is_steady_growth(std::vector<double>{5, 5, 5, 5, 5}));
  EXPECT_FALSE(is_steady_growth(std::vector<double>{5, 4, 3, 2, 1}));
}

}  // namespace
}  // namespace eb
