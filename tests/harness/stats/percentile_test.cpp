#include "harness/stats/percentile.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <vector>

namespace eb {
namespace {

TEST(Median, IsTheUpperOfTwoMiddles) {
  EXPECT_EQ(median_ns(std::vector<std::int64_t>{7}), 7);
  EXPECT_EQ(median_ns(std::vector<std::int64_t>{9, 1, 5}), 5);
  EXPECT_EQ(median_ns(std::vector<std::int64_t>{9, 1, 5, 7}), 7);
}

struct RequiredRow {
  double p;
  std::uint64_t least[9];  // h(t) + t at the t of kOver
};
constexpr std::uint64_t kOver[9] = {0, 1, 2, 3, 5, 10, 20, 50, 100};
constexpr RequiredRow kRequired[] = {
    {0.50, {7, 11, 14, 17, 22, 35, 59, 128, 237}},
    {0.90, {44, 64, 81, 97, 127, 197, 325, 681, 1246}},
    {0.95, {90, 130, 165, 198, 259, 398, 656, 1372, 2504}},
    {0.97, {152, 219, 277, 332, 433, 667, 1097, 2293, 4182}},
    {0.99, {459, 662, 838, 1001, 1307, 2010, 3304, 6898, 12571}},
    {0.999, {4603, 6636, 8403, 10042, 13105, 20140, 33097, 69058, 125826}},
};

TEST(RequiredUnder, MatchesThePublishedTable) {
  for (const RequiredRow& row : kRequired)
    for (std::size_t i = 0; i < 9; ++i)
      EXPECT_EQ(required_under(kOver[i], row.p) + kOver[i], row.least[i])
          << "p " << row.p << ", over " << kOver[i];
}

TEST(RequiredUnder, WithNoneOverHasAClosedForm) {
  for (const double p : {0.5, 0.75, 0.9, 0.99, 0.9999})
    for (const double confidence : {0.5, 0.9, 0.99, 0.999})
      EXPECT_EQ(required_under(0, p, confidence),
                static_cast<std::uint64_t>(std::ceil(std::log(1 - confidence) / std::log(p) - 1e-9)))
          << p << " " << confidence;
}

struct BoundRow {
  double p;
  std::size_t n, over, index, point;
};
constexpr BoundRow kBounds[] = {
    {0.90, 64, 1, 63, 57},
    {0.90, 100, 3, 97, 90},
    {0.90, 128, 5, 123, 115},
    {0.90, 1024, 80, 944, 921},
    {0.90, 24576, 2348, 22228, 22118},
    {0.99, 662, 1, 661, 655},
    {0.99, 1024, 3, 1021, 1013},
    {0.99, 10000, 77, 9923, 9900},
    {0.99, 270336, 2583, 267753, 267632},
    {0.999, 10000, 2, 9998, 9990},
};

TEST(BoundIndex, MatchesThePublishedTable) {
  for (const BoundRow& row : kBounds) {
    EXPECT_EQ(bound_index(row.n, row.p), row.index) << "p " << row.p << ", n " << row.n;
    EXPECT_EQ(row.n - row.over, row.index);
    EXPECT_EQ(percentile_index(row.n, row.p), row.point) << "p " << row.p << ", n " << row.n;
  }
}

TEST(BoundIndex, IsAbsentBelowTheLeastNumberOfQueries) {
  const std::pair<double, std::size_t> least[] = {{0.50, 11}, {0.90, 64}, {0.95, 130}, {0.99, 662}};
  for (const auto& [p, n] : least) {
    EXPECT_FALSE(bound_index(n - 1, p)) << p;
    EXPECT_EQ(bound_index(n, p), n - 1) << p;
    EXPECT_FALSE(bound_index(1, p));
    EXPECT_FALSE(bound_index(2, p));
  }
  EXPECT_FALSE(bound_index(0, 0.5));
}

TEST(BoundIndex, IsTheLargestNumberOverThatIsStillEnough) {
  for (const double p : {0.5, 0.9, 0.99})
    for (std::size_t n = 700; n < 3000; n += 137) {
      const auto index = bound_index(n, p);
      ASSERT_TRUE(index);
      const std::uint64_t over = n - *index;
      EXPECT_LE(required_under(over, p) + over, n) << p << " " << n;
      EXPECT_GT(required_under(over + 1, p) + over + 1, n) << p << " " << n;
    }
}

TEST(BoundIndex, NeverFallsWithMoreQueriesAHigherQuantileOrMoreConfidence) {
  for (std::size_t n = 700; n < 1700; ++n) {
    const auto at = [&](double p, double confidence) { return bound_index(n, p, confidence).value(); };
    ASSERT_LE(at(0.90, 0.99), *bound_index(n + 1, 0.90, 0.99)) << n;
    ASSERT_LE(at(0.50, 0.99), at(0.90, 0.99)) << n;
    ASSERT_LE(at(0.90, 0.99), at(0.95, 0.99)) << n;
    ASSERT_LE(at(0.95, 0.99), at(0.99, 0.99)) << n;
    ASSERT_LE(at(0.90, 0.90), at(0.90, 0.99)) << n;
  }
}

TEST(BoundIndex, IsNeverBelowThePoint) {
  for (const double p : {0.5, 0.9, 0.95, 0.99})
    for (std::size_t n = 11; n < 5000; n += 7)
      ASSERT_GE(bound_index(n, p).value_or(n), percentile_index(n, p)) << p << " " << n;
}

TEST(BoundIndex, AMillionQueriesAreQuicklyJudged) {
  const auto begin = std::chrono::steady_clock::now();
  for (const double p : {0.5, 0.9, 0.95, 0.99, 0.999}) {
    const auto index = bound_index(1'000'000, p);
    ASSERT_TRUE(index);
    // About 2.33 standard deviations of the binomial distribution above the point.
    const double margin = 2.3263 * std::sqrt(1e6 * p * (1 - p));
    EXPECT_NEAR(static_cast<double>(*index), 1e6 * p + margin, margin * 0.1 + 5) << p;
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(2));
}

TEST(PercentileIndex, IsTheFloorAndStaysWithin) {
  EXPECT_EQ(percentile_index(1, 0.0), 0u);
  EXPECT_EQ(percentile_index(1, 0.99), 0u);
  EXPECT_EQ(percentile_index(1, 1.0), 0u);
  EXPECT_EQ(percentile_index(10, 0.0), 0u);
  EXPECT_EQ(percentile_index(10, 0.55), 5u);
  EXPECT_EQ(percentile_index(10, 1.0), 9u);
  EXPECT_EQ(percentile_index(100, 0.29), 29u) << "0.29 * 100 is 28.999999999999996";
  for (int percent = 0; percent < 100; ++percent)
    EXPECT_EQ(percentile_index(1000, percent / 100.0), static_cast<std::size_t>(10 * percent));
}

}  // namespace
}  // namespace eb
