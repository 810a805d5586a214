#include "harness/probes/rounds.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fake_clock.h"

namespace eb::probes {
namespace {

using test::FakeClock;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<Round> rounds_of(std::size_t count, double rate, double clock_ghz = 0) {
  return std::vector<Round>(count, {rate, clock_ghz});
}

TEST(Peak, TheFastestQuarterIsThePeakWhateverTheRestWas) {
  auto rounds = rounds_of(30, 60, 3.0);
  for (const double rate : {99.5, 99.8, 100.0, 99.9, 99.6, 99.7, 99.55, 99.65, 99.75, 99.85})
    rounds.push_back({rate, 4.0});
  const Peak peak = peak_of(rounds, kAgreement);
  EXPECT_NEAR(peak.rate, 99.725, 1e-9);
  EXPECT_EQ(peak.clock_ghz, 4.0);
  EXPECT_TRUE(peak.is_stable);
  EXPECT_EQ(peak.rounds, 40u);
  EXPECT_THAT(peak.warnings, ElementsAre(HasSubstr("busy machine: 30 of 40 rounds")));
}

TEST(Peak, AQuietMachineHasNoWarningAndItsSpreadIsSmall) {
  std::vector<Round> rounds;
  for (int i = 0; i < 32; ++i) rounds.push_back({100 + 0.01 * i, 3.7});
  const Peak peak = peak_of(rounds, kAgreement);
  EXPECT_TRUE(peak.is_stable);
  EXPECT_THAT(peak.warnings, IsEmpty());
  EXPECT_NEAR(peak.spread, 0.0015, 0.0002);
}

TEST(Peak, RoundsThatNeverAgreeAreNotStable) {
  std::vector<Round> rounds;
  for (int i = 0; i < 32; ++i) rounds.push_back({100 + i * 0.4, 0});
  const Peak peak = peak_of(rounds, kAgreement);
  EXPECT_FALSE(peak.is_stable);
  EXPECT_FALSE(peak.clock_ghz);
  EXPECT_THAT(peak.warnings, ElementsAre(HasSubstr("not stable")));
  EXPECT_TRUE(peak_of(rounds, kMemoryAgreement).is_stable);
}

TEST(Peak, FewRoundsProveNothing) {
  EXPECT_FALSE(peak_of(rounds_of(kFewestRounds - 1, 100), kAgreement).is_stable);
  EXPECT_TRUE(peak_of(rounds_of(kFewestRounds, 100), kAgreement).is_stable);
  EXPECT_EQ(peak_of(rounds_of(1, 7), kAgreement).rate, 7);
}

class Settle : public ::testing::Test {
 protected:
  // Each batch takes 40 ms; its rounds have the rate that `rate` says.
  std::vector<Round> settle_with(const std::function<double(std::size_t round)>& rate) {
    return settle(clock_, limits_, [&](std::size_t count, std::vector<Round>& rounds) {
      for (std::size_t i = 0; i < count; ++i) rounds.push_back({rate(rounds.size()), 0});
      clock_.advance(40'000'000);
    });
  }

  FakeClock clock_;
  RoundLimits limits_{};
};

TEST_F(Settle, EndsWhenThePeakIsStableButNotAtOnce) {
  EXPECT_EQ(settle_with([](std::size_t) { return 5.0; }).size(), 3 * limits_.batch);  // 100 ms have passed
}

TEST_F(Settle, GoesOnWhileTheRateStillGrows) {
  const auto rounds = settle_with(
      [](std::size_t round) { return round < 200 ? 1.0 + 0.05 * static_cast<double>(round) : 20.0; });
  EXPECT_GT(rounds.size(), 200u);
  EXPECT_EQ(peak_of(rounds, kAgreement).rate, 20.0);
}

TEST_F(Settle, EndsWhenTheTimeIsUp) {
  const auto rounds = settle_with([](std::size_t round) { return 1.0 + static_cast<double>(round % 7); });
  EXPECT_EQ(rounds.size(), 50 * limits_.batch);  // 2 s
}

TEST_F(Settle, EndsWhenNothingComes) {
  EXPECT_THAT(settle(clock_, limits_, [](std::size_t, std::vector<Round>&) {}), IsEmpty());
}

TEST_F(Settle, EndsWhenALaterBatchTakesAllRoundsAway) {
  int batches = 0;
  const auto rounds = settle(clock_, limits_, [&](std::size_t count, std::vector<Round>& all) {
    clock_.advance(limits_.fewest_ns);
    if (++batches == 1) {
      for (std::size_t i = 0; i < count; ++i) all.push_back({1.0 + static_cast<double>(i), 0});
    } else {
      all.clear();
    }
  });
  EXPECT_THAT(rounds, IsEmpty());
  EXPECT_EQ(batches, 2);
}

}  // namespace
}  // namespace eb::probes
