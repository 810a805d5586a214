#include "harness/run/rate_search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "tests/support/fake_session.h"
#include "tests/support/tree.h"

namespace eb {
namespace {

using test::FakeClock;
using test::FakeModel;
using test::FakeSession;
using ::testing::HasSubstr;

constexpr std::int64_t kMs = 1'000'000;
constexpr std::int64_t kSecond = 1000 * kMs;

// A device of 1 ms a run in the mean, behind the queue that windows have.
class RateSearch : public ::testing::Test {
 protected:
  RateSearch() { model_.clock = &clock_; }

  Result<FoundRate> find(double target_ms, double guess_qps, std::int64_t seconds = 1000) {
    FakeSession session(model_);
    std::vector<LoadedLane> lanes;
    lanes.push_back({*Lane::create({}, session, 1, 1), {1}});
    const WindowRule rule = {
        .min_queries = 100, .min_duration_ns = seconds * kSecond, .max_duration_ns = 10'000 * kSecond};
    tries_.clear();
    return find_highest_rate(
        {static_cast<std::int64_t>(target_ms * 1e6)}, guess_qps, rule,
        [&](const RateTry& next) {
          tries_.push_back(next);
          const LoadOptions load = {.rate_qps = next.rate_qps, .seed = next.is_final ? 12u : 11u};
          const auto server = *make_scenario("server", next.rule, load);
          return drive_schedule(*server, session, lanes, {clock_, 10}, next.patience);
        },
        last_rule_);
  }
  void serve_exponential() {
    model_.cost_ns = [this](std::uint64_t) {
      const double uniform = static_cast<double>(random_() >> 11) * 0x1p-53;
      return static_cast<std::int64_t>(-1e6 * std::log1p(-uniform));
    };
  }
  std::size_t finals() const {
    return static_cast<std::size_t>(
        std::count_if(tries_.begin(), tries_.end(), [](const RateTry& t) { return t.is_final; }));
  }

  FakeClock clock_;
  FakeModel model_;
  std::mt19937_64 random_{5};
  std::vector<RateTry> tries_;
  std::function<WindowRule()> last_rule_;
};

// P(wait <= t) of M/D/1 with service time 1, by Erlang's formula.
double md1_waits(double load, double t) {
  double sum = 0;
  for (int k = 0; k <= static_cast<int>(t); ++k) {
    const double x = load * (k - t);
    sum += std::pow(x, k) / std::tgamma(k + 1.0) * std::exp(-x);
  }
  return (1 - load) * sum;
}

TEST_F(RateSearch, FindsThatOfAnMD1Queue) {
  for (const double target_ms : {3.5, 6.0, 12.0}) {
    double low = 0, high = 1;
    for (int i = 0; i < 40; ++i) {
      const double middle = (low + high) / 2;
      (md1_waits(middle, target_ms - 1) >= 0.99 ? low : high) = middle;
    }
    const auto found = find(target_ms, 500);
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_NEAR(found->rate_qps / (1000 * low), 1, 0.04) << target_ms;
    EXPECT_TRUE(is_held({static_cast<std::int64_t>(target_ms * 1e6)}, found->window.latencies));
    ASSERT_TRUE(found->failed_qps);
    EXPECT_GT(*found->failed_qps, found->rate_qps);
    EXPECT_LT(*found->failed_qps, found->rate_qps * 1.05);
  }
}

TEST_F(RateSearch, FindsThatOfAnMM1Queue) {
  serve_exponential();
  for (const double target_ms : {8.0, 20.0, 50.0}) {
    const auto found = find(target_ms, 300);
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_NEAR(found->rate_qps / (1000 - 1e3 * std::log(100.0) / target_ms), 1, 0.05) << target_ms;
  }
}

TEST_F(RateSearch, AQueueThatOnlyGrowsHoldsNoTargetHoweverLong) {
  const auto found = find(400, 900, 4);  // short windows of half a second, in which nobody waits that long
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_GT(found->rate_qps, 900);
  EXPECT_LT(found->rate_qps, 1100);
}

TEST_F(RateSearch, TheLastWindowIsAsLongAsThereIsTimeThen) {
  last_rule_ = [this] {
    const auto nth = static_cast<std::int64_t>(finals()) + 1;
    return WindowRule{
        .min_queries = 1, .min_duration_ns = 7 * nth * kSecond, .max_duration_ns = 3600 * kSecond};
  };
  const auto found = find(5, 700, 100);
  ASSERT_TRUE(found) << found.error().message;
  std::int64_t nth = 0;
  for (const RateTry& tried : tries_) {
    if (!tried.is_final) continue;
    EXPECT_EQ(tried.rule.min_duration_ns, 7 * ++nth * kSecond);
  }
  EXPECT_NEAR(static_cast<double>(found->window.duration_ns), 7e9 * static_cast<double>(nth), 1e8);
}

TEST_F(RateSearch, IsTheSameForTheSameSeed) {
  const auto once = find(5, 700, 100), again = find(5, 700, 100);
  ASSERT_TRUE(once && again);
  EXPECT_EQ(once->rate_qps, again->rate_qps);
  EXPECT_EQ(once->failed_qps, again->failed_qps);
  EXPECT_EQ(once->window.queries, again->window.queries);
}

TEST_F(RateSearch, AGuessThatIsFarOffIsMadeGood) {
  const auto near = find(5, 650, 300);
  for (const double guess_qps : {30.0, 5000.0, 900'000.0}) {
    const auto found = find(5, guess_qps, 300);
    ASSERT_TRUE(found) << guess_qps << ": " << found.error().message;
    EXPECT_NEAR(found->rate_qps / near->rate_qps, 1, 0.04) << guess_qps;
  }
}

TEST_F(RateSearch, ShortWindowsTogetherTakeAboutAsLongAsTheLast) {
  std::int64_t begin_ns = clock_.now_ns();
  ASSERT_TRUE(find(5, 650));
  const std::int64_t took_ns = clock_.now_ns() - begin_ns;
  EXPECT_LT(took_ns, static_cast<std::int64_t>(finals() + 1) * 1000 * kSecond + 250 * kSecond);
  for (const RateTry& t : tries_)
    EXPECT_EQ(t.rule.min_duration_ns, t.is_final ? 1000 * kSecond : 125 * kSecond);
  EXPECT_TRUE(tries_.back().is_final);
}

TEST_F(RateSearch, WhereShortWindowsTellNothingTheGuessIsConfirmed) {
  model_.cost_ns = [](std::uint64_t) { return 400 * kMs; };
  const auto found = find(2000, 1, 60);
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(tries_.size(), finals());
  EXPECT_GT(found->rate_qps, 0.4);
  EXPECT_LE(found->rate_qps, 1);
  EXPECT_EQ(found->failed_qps.has_value(), finals() > 1);
}

TEST_F(RateSearch, ATargetThatNoRateHoldsSaysWhatThereIs) {
  const auto found = find(0.9, 500);
  ASSERT_FALSE(found);
  EXPECT_THAT(found.error().message, HasSubstr("no rate of queries holds p99 <= 0.9 ms"));
  EXPECT_THAT(found.error().message, HasSubstr("it is 1"));
  EXPECT_THAT(found.error().message, HasSubstr("--latency-target"));
  EXPECT_LE(tries_.size(), 24u);
}

TEST_F(RateSearch, ARateThatIsNotConfirmedGivesWayToTheNextLower) {
  // From the first full window on, the device is 5 % slower.
  model_.cost_ns = [this](std::uint64_t) { return finals() > 0 ? kMs * 105 / 100 : kMs; };
  const auto found = find(5, 650);
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_GE(finals(), 2u);
  EXPECT_EQ(found->rate_qps, tries_.back().rate_qps);
  EXPECT_EQ(found->failed_qps, tries_[tries_.size() - 2].rate_qps);
}

TEST_F(RateSearch, ARateThatIsNeverConfirmedIsNone) {
  model_.cost_ns = [this](std::uint64_t) { return finals() > 0 ? 6 * kMs : kMs; };
  const auto found = find(5, 650, 200);
  ASSERT_FALSE(found);
  EXPECT_EQ(finals(), 4u);
  EXPECT_THAT(found.error().message, HasSubstr("no rate was confirmed"));
}

TEST_F(RateSearch, AnErrorOfTheDeviceIsTheResult) {
  model_.fails_at = 1000;
  const auto found = find(5, 650, 200);
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().message, "the fake device is gone");
}

TEST(IsHeld, NeedsTheBoundWhereThereIsOne) {
  const auto held = [](int n, int over) {
    LatencyLog log;
    for (int i = 0; i < n; ++i) log.add(i < over ? 30 * kMs : kMs);
    return is_held({20 * kMs}, log);
  };
  EXPECT_FALSE(held(0, 0));
  EXPECT_TRUE(held(662, 0));
  EXPECT_FALSE(held(662, 1)) << "the point would be 6";
  EXPECT_TRUE(held(10'000, 76));
  EXPECT_FALSE(held(10'000, 77));
  EXPECT_TRUE(held(100, 0)) << "too few for a bound";
  EXPECT_FALSE(held(100, 1));
}

}  // namespace
}  // namespace eb
