#include "harness/run/meter_effect.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/support/fake_clock.h"
#include "tests/support/fake_session.h"

namespace eb {
namespace {

// A session whose runs take a share longer while a meter is read, and drift by the hour.
class MeterEffectTest : public ::testing::Test {
 protected:
  Result<MeterEffect> measured(double share, std::int64_t run_ns = 5'000'000) {
    model_.clock = &clock_;
    model_.cost_ns = [this, share, run_ns](std::uint64_t number) {
      const double drift = 1 + 1e-5 * static_cast<double>(number);
      return static_cast<std::int64_t>(static_cast<double>(run_ns) * drift * (is_metered_ ? 1 + share : 1));
    };
    test::FakeSession session(model_);
    auto lane = Lane::create({}, session, 1, 1);
    EXPECT_TRUE(lane);
    LoadedLane loaded{*std::move(lane), {1}, 1};
    return measure_meter_effect(loaded, session, clock_, [this](bool is_wanted) {
      is_metered_ = is_wanted;
      told_.push_back(is_wanted);
    });
  }

  test::FakeClock clock_;
  test::FakeModel model_;
  bool is_metered_ = true;
  std::vector<bool> told_;
};

TEST_F(MeterEffectTest, IsTheRatioOfLatencies) {
  const auto effect = measured(0.02);
  ASSERT_TRUE(effect) << effect.error().message;
  EXPECT_NEAR(effect->ratio, 1.02, 1e-4);
  EXPECT_LT(effect->interval.low, 1.02 + 1e-6);
  EXPECT_GT(effect->interval.high, 1.02 - 1e-6);
}

TEST_F(MeterEffectTest, IsOneWhereThereIsNone) {
  const auto effect = measured(0);
  ASSERT_TRUE(effect);
  EXPECT_LE(effect->interval.low, 1) << "a drift of the machine is no effect";
  EXPECT_GE(effect->interval.high, 1);
  EXPECT_NEAR(effect->ratio, 1, 1e-3);
}

TEST_F(MeterEffectTest, TurnsAlternateAndTheMeterIsLeftOn) {
  ASSERT_TRUE(measured(0));
  ASSERT_EQ(told_.size(), 25u);
  EXPECT_TRUE(told_.back());
  for (std::size_t pair = 0; pair < 12; ++pair) {
    EXPECT_EQ(told_[2 * pair], pair % 2 == 0);
    EXPECT_EQ(told_[2 * pair + 1], pair % 2 == 1);
  }
}

TEST_F(MeterEffectTest, ASlowModelRunsOnceATurn) {
  const auto effect = measured(0.5, 2'000'000'000);
  ASSERT_TRUE(effect);
  EXPECT_NEAR(effect->ratio, 1.5, 1e-3);
}

TEST_F(MeterEffectTest, AFailingRunIsAFailure) {
  model_.fails_at = 30;
  EXPECT_FALSE(measured(0));
}

TEST_F(MeterEffectTest, GoesIntoTheRecord) {
  model_.clock = &clock_;
  test::FakeSession session(model_);
  auto lane = Lane::create({}, session, 1, 1);
  LoadedLane loaded{*std::move(lane), {1}, 1};
  RunRecord record;
  const auto ratios = add_meter_effect(
      loaded, session, clock_, [](bool) {}, record);
  ASSERT_TRUE(ratios);
  EXPECT_EQ(ratios->size(), 12u);
  EXPECT_NEAR(*record.meter_overhead, 1, 1e-9);
  EXPECT_TRUE(record.meter_overhead_low && record.meter_overhead_high);
}

}  // namespace
}  // namespace eb
