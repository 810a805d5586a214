#include "harness/run/time_limits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace eb {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

using Time = TimeLimits::Time;

constexpr Time kBegin{std::chrono::hours(5)};

class Limits : public ::testing::Test {
 protected:
  // A session whose first run took so long, and that runs since 10 s after its begin.
  TimeLimits running(double first_run_s) {
    TimeLimits limits(job_, limits_s_, kBegin);
    limits.begin_phase("open", kBegin);
    limits.set_first_run(first_run_s, kBegin + seconds(10));
    limits.begin_phase("measure a", kBegin + seconds(10));
    limits.pulse(true, kBegin + seconds(10));
    return limits;
  }

  Job job_{.scenarios = {{"a", {1, 60'000'000'000, 0}, ""}}};
  LimitsS limits_s_ = default_limits_s();
};

// The whole seconds after the tenth until it is overdue.
int seconds_left(const TimeLimits& limits) {
  int left = 0;
  while (!limits.overdue(kBegin + seconds(10 + left))) ++left;
  return left;
}

TEST_F(Limits, CoverEveryPhase) {
  for (const char* phase : {"start", "open", "quality", "measure"})
    EXPECT_GT(limits_s_.at(phase), 0) << phase;
  EXPECT_EQ(limits_s_.at("open"), 900);
}

TEST_F(Limits, APhaseHasItsOwnOnTopOfThePlannedWindow) {
  TimeLimits limits(job_, limits_s_, kBegin);
  EXPECT_FALSE(limits.overdue(kBegin + milliseconds(29'999)));
  EXPECT_EQ(limits.overdue(kBegin + seconds(30)),
            "start took longer than 30 s; allow more with --timeout start=SECONDS");
  limits.begin_phase("measure a", kBegin + seconds(30));
  EXPECT_FALSE(limits.overdue(kBegin + seconds(30 + 779)));
  EXPECT_EQ(limits.overdue(kBegin + seconds(30 + 780)),
            "measure a took longer than 780 s; allow more with --timeout measure=SECONDS");
}

TEST_F(Limits, ASearchHasTimeForSeveralWindows) {
  job_.scenarios = {{"server", {1, 60'000'000'000, 0}, ""}, {"paced", {1, 60'000'000'000, 0}, ""}};
  TimeLimits limits(job_, limits_s_, kBegin);
  limits.begin_phase("measure server", kBegin);
  EXPECT_FALSE(limits.overdue(kBegin + seconds(720 + 239)));
  EXPECT_TRUE(limits.overdue(kBegin + seconds(720 + 240)));
  job_.scenarios[0].load.rate_qps = 5;
  EXPECT_TRUE(limits.overdue(kBegin + seconds(780)));
  limits.begin_phase("measure paced", kBegin);
  EXPECT_TRUE(limits.overdue(kBegin + seconds(780)));
}

TEST_F(Limits, ARunHasSixtySecondsAndASecondUntilItsSignOfLife) {
  EXPECT_EQ(seconds_left(running(0)), 61);
  EXPECT_EQ(seconds_left(running(0.6)), 61);
  EXPECT_EQ(running(0).overdue(kBegin + seconds(71)),
            "a run took longer than 60 s during measure a; allow more with --timeout run=SECONDS");
}

TEST_F(Limits, ARunHasAHundredTimesTheFirstWhereThatIsMore) {
  EXPECT_EQ(seconds_left(running(2)), 201);
}

TEST_F(Limits, NobodyGainsTimeByAFirstRunThatCannotBe) {
  limits_s_["measure"] = 1e9;
  EXPECT_EQ(seconds_left(running(1e300)), 1001) << "10 s passed since the session began to open";
  EXPECT_EQ(seconds_left(running(-1e300)), 61);
}

TEST_F(Limits, TheUsersWordOverridesBoth) {
  limits_s_["run"] = 3;
  EXPECT_EQ(seconds_left(running(2)), 4);
}

TEST_F(Limits, ASignOfLifePutsARunOffButNotThePhase) {
  TimeLimits limits = running(0);
  for (int s = 10; s < 10 + 779; s += 50) limits.pulse(true, kBegin + seconds(s));
  EXPECT_EQ(seconds_left(limits), 780);
}

TEST_F(Limits, WhatIsNoRunHasThePhasesTime) {
  TimeLimits resting = running(0);
  resting.pulse(false, kBegin + seconds(20));
  EXPECT_EQ(seconds_left(resting), 780);
  TimeLimits next = running(0);
  next.begin_phase("quality", kBegin + seconds(10));
  EXPECT_EQ(seconds_left(next), 900);
}

}  // namespace
}  // namespace eb
