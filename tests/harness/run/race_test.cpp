#include "harness/run/race.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "tests/support/tree.h"

namespace eb {
namespace {

using test::problem;

constexpr std::int64_t kMs = 1'000'000;

// A machine whose speed jumps by 1.7 about every `changes_after` runs, with 3 % of noise and a run in twenty
// that is disturbed.
class Machine {
 public:
  explicit Machine(unsigned seed, int changes_after = 40) : random_(seed), changes_after_(changes_after) {}
  TimedRun way(double run_ms) {
    return [this, run_ms](std::size_t, std::size_t) -> Result<std::int64_t> {
      if (random_() % static_cast<unsigned>(changes_after_) == 0) speed_ = speed_ == 1 ? 1.7 : 1;
      const double noise = 1 + 0.03 * (static_cast<double>(random_() % 2001) / 1000 - 1);
      const double disturbed = random_() % 20 == 0 ? 4 : 1;
      ++runs;
      return static_cast<std::int64_t>(run_ms * 1e6 * speed_ * noise * disturbed);
    };
  }
  int runs = 0;

 private:
  std::mt19937 random_;
  int changes_after_;
  double speed_ = 1;
};

TEST(Race, SeesADifferenceThroughAMachineThatChangesItsSpeed) {
  for (unsigned seed = 0; seed < 20; ++seed) {
    Machine machine(seed);
    const auto result = race(machine.way(0.7), machine.way(1));
    ASSERT_TRUE(result);
    EXPECT_NEAR(result->ratio, 0.7, 0.05);
    EXPECT_LT(result->ratio_bound, 0.8);
    EXPECT_GE(result->ratio_bound, result->ratio);
    EXPECT_EQ(result->turns, 24u);
  }
}

TEST(Race, SeesNoneWhereThereIsNone) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    Machine machine(seed);
    const auto result = race(machine.way(1), machine.way(1));
    ASSERT_TRUE(result);
    EXPECT_NEAR(result->ratio, 1, 0.1);
    EXPECT_GT(result->ratio_bound, 0.97) << seed;
  }
}

TEST(Race, WhoGoesFirstChanges) {
  std::string order;
  const auto way = [&](char name) {
    return [&order, name](std::size_t, std::size_t) -> Result<std::int64_t> {
      order += name;
      return kMs;
    };
  };
  const auto result = race(way('s'), way('h'), {.turns = 4, .most_runs = 1});
  EXPECT_EQ(problem(result), "");
  EXPECT_EQ(order,
            "sh"
            "hs"
            "sh"
            "hs"
            "sh");
}

TEST(Race, SlowRunsComeOneByOneAndEndEarly) {
  Machine machine(1);
  const auto result = race(machine.way(2000), machine.way(2000));
  ASSERT_TRUE(result);
  EXPECT_EQ(result->turns, 12u);
  EXPECT_EQ(machine.runs, 2 + 2 * 12);
}

TEST(Race, ARunThatFailsEndsIt) {
  int runs = 0;
  const TimedRun bad = [&](std::size_t, std::size_t) -> Result<std::int64_t> {
    if (++runs > 5) return Error{ErrorKind::device, "gone"};
    return kMs;
  };
  EXPECT_EQ(problem(race(bad, bad)), "gone");
}

TEST(Race, TimesOfZeroAreNotDividedBy) {
  const TimedRun instant = [](std::size_t, std::size_t) -> Result<std::int64_t> { return 0; };
  EXPECT_EQ(race(instant, instant)->ratio, 1);
}

}  // namespace
}  // namespace eb
