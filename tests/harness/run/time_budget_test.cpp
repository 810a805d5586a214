#include "harness/run/time_budget.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace eb {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
constexpr std::int64_t kSecond = 1'000'000'000;

TEST(Fitted, EndsTheWindowAfterItsShareButStretchesNone) {
  const WindowRule rule = window_rule(*find_tier("standard"), 3, std::nullopt);
  const WindowRule shorter = fitted(rule, 2.5);
  EXPECT_EQ(shorter.min_duration_ns, 2'500'000'000);
  EXPECT_EQ(shorter.max_duration_ns, 2'500'000'000);
  EXPECT_EQ(shorter.min_queries, rule.min_queries);
  for (const double share_s : {25.0, 1e3, 1e12}) {
    EXPECT_EQ(fitted(rule, share_s).min_duration_ns, 20 * kSecond) << share_s;
    EXPECT_LE(fitted(rule, share_s).max_duration_ns, 600 * kSecond) << share_s;
  }
}

TEST(WindowOfSlot, LeavesTheOthersTheirWarmUpAndWindow) {
  EXPECT_DOUBLE_EQ(window_of_slot_s(10, 0, 1, Turn::window), 10);
  EXPECT_DOUBLE_EQ(window_of_slot_s(10, 1, 1, Turn::window), 4.5);
  EXPECT_DOUBLE_EQ(window_of_slot_s(11, 0, 1, Turn::search), 5) << "the search needs time, too";
  EXPECT_DOUBLE_EQ(window_of_slot_s(10, 0, 1, Turn::found_rate), 8) << "a lower rate may need the rest";
  for (const Turn turn : {Turn::window, Turn::search, Turn::found_rate})
    for (const double left_s : {-3.0, 0.0, 0.1}) EXPECT_DOUBLE_EQ(window_of_slot_s(left_s, 2, 1, turn), 0.2);
}

TEST(TimeBudget, SlotsAreEvenAndWhatIsLeftOverGoesToThoseToCome) {
  const TimeBudget budget(100.3, 0);  // 0.3 s for the reports
  const double slot_s = budget.slot_s(0, 1, 10);
  EXPECT_NEAR(slot_s, 10, 0.2);
  EXPECT_NEAR(budget.slot_s(0, 3, 10), 3 * slot_s, 0.5);
  EXPECT_NEAR(budget.slot_s(4, 1, 9), 96.0 / 9, 0.2) << "the first one needed 4 s";
  EXPECT_EQ(budget.slot_s(200, 1, 2), 0) << "none is negative";
  EXPECT_NEAR(budget.slot_s(0, 1, 0), 100, 0.2);
}

TEST(TimeBudget, LearnsWhatChildrenTakeBeyondTheirSlots) {
  // Each takes 0.5 s to start and to end.
  TimeBudget budget(60, 0);
  double now_s = 0;
  for (std::size_t left = 12; left > 0; --left) {
    const double slot_s = budget.slot_s(now_s, 1, left);
    now_s += slot_s + 0.5;
    budget.took(slot_s, slot_s + 0.5);
  }
  EXPECT_NEAR(now_s, 60 - 0.3, 0.05);
}

TEST(TimeBudget, AChildThatNeededLessTeachesNothing) {
  TimeBudget budget(60, 0);
  const double before_s = budget.slot_s(0, 1, 6);
  budget.took(10, 3);
  budget.took(0, 5);
  EXPECT_EQ(budget.slot_s(0, 1, 6), before_s);
}

TEST(TimeBudget, AChildIsEndedALittleAfterTheBudget) {
  const TimeBudget budget(60, 0);
  EXPECT_NEAR(budget.limit_s(10) - budget.left_s(10), 1.2, 1e-9);
  EXPECT_LT(budget.limit_s(0), 60 * 1.05);
}

TEST(BudgetText, SaysWhatTheMoneyBuys) {
  const Tier quick = *find_tier("quick"), standard = *find_tier("standard");
  EXPECT_EQ(
      budget_text({60, 60, 6, 1}, quick),
      "time budget 60 s: 6 cells x 1 launch x about 7 s of window; tier trial, since quick asks for 10 s");
  EXPECT_EQ(budget_text({3600, 3600, 1, 3}, standard),
            "time budget 3600 s: 1 cell x 3 launches x 20 s of window, as tier standard asks; about 69 s are "
            "needed");
  const std::string too_little = budget_text({5, 5, 40, 1}, quick);
  EXPECT_THAT(too_little, StartsWith("time budget 5 s: 40 cells x 1 launch x 0.2 s of window"));
  EXPECT_THAT(too_little, HasSubstr("about 128 s"));
  EXPECT_THAT(budget_text({5, 5, 0, 1}, quick), HasSubstr("0 cells"));
}

}  // namespace
}  // namespace eb
