// Of harness/run/runner.cpp: time, which is what a budget and a progress line are about.
#include "tests/harness/run/runner_fixture.h"

namespace eb {
namespace {

class RunnerTime : public test::RunnerFixture {};

std::vector<double> windows_s(const std::vector<Job>& jobs) {
  std::vector<double> all;
  for (const Job& job : jobs)
    all.push_back(static_cast<double>(job.scenarios[0].rule.min_duration_ns) * 1e-9);
  return all;
}

TEST_F(RunnerTime, ABudgetIsDividedAmongWhatIsLeft) {
  setup_.options.time_budget_s = 46;
  setup_.tier = {"long", 1000, 60, 1};
  child_ = [this](const Job& job, const auto&, const auto&) {
    ChildOutcome outcome = all_well(job);
    const double window_s = static_cast<double>(job.scenarios[0].rule.min_duration_ns) * 1e-9;
    outcome.records[0].window_s = window_s;
    now_s_ += window_s + 2;  // and 1 s in all_well: costs 3 s, as the first guess is
    return outcome;
  };
  run();
  const auto windows = windows_s(jobs_);
  ASSERT_EQ(windows.size(), 2u);
  EXPECT_NEAR(windows[0], 20, 1e-6);
  EXPECT_NEAR(windows[1], 20, 1e-6);
  EXPECT_NEAR(now_s_ - 100, 46, 1e-6) << "the budget was met";
}

TEST_F(RunnerTime, SlowerCellsThanGuessedLeaveShorterWindows) {
  setup_.options.time_budget_s = 46;
  setup_.tier = {"long", 1000, 60, 1};
  child_ = [this](const Job& job, const auto&, const auto&) {
    ChildOutcome outcome = all_well(job);
    outcome.records[0].window_s = static_cast<double>(job.scenarios[0].rule.min_duration_ns) * 1e-9;
    now_s_ += *outcome.records[0].window_s + 12;
    return outcome;
  };
  run();
  const auto windows = windows_s(jobs_);
  ASSERT_EQ(windows.size(), 2u);
  EXPECT_LT(windows[1], 1);
  EXPECT_GT(windows[1], 0);
}

TEST_F(RunnerTime, ABudgetThatIsUsedUpStillGivesEveryCellAQuery) {
  setup_.options.time_budget_s = 1;
  setup_.tier = {"long", 1000, 60, 1};
  child_ = [this](const Job& job, const auto&, const auto&) {
    now_s_ += 100;
    return all_well(job);
  };
  EXPECT_EQ(run().size(), 2u);
  for (const double window_s : windows_s(jobs_)) EXPECT_DOUBLE_EQ(window_s, 0.2);
}

TEST_F(RunnerTime, TheCommandOfACellHasItsShareOfTheBudget) {
  setup_.options.time_budget_s = 46;
  setup_.targets.push_back({"gpu", "", "", "unavailable", "no driver"});
  for (const RunRecord& record : run())
    EXPECT_TRUE(record.command.ends_with(" --time-budget 23s")) << record.command;
}

TEST_F(RunnerTime, ABudgetThatIsTooLargeIsNotUsedUp) {
  setup_.options.time_budget_s = 3600;
  setup_.tier = {"quick", 128, 10, 1};
  child_ = [this](const Job& job, const auto&, const auto& on_tick) {
    on_tick();
    return all_well(job);
  };
  run();
  EXPECT_EQ(windows_s(jobs_), (std::vector<double>{10, 10}));
  EXPECT_LT(views_[0].left_s, 60) << "nor is it promised to be";
}

TEST_F(RunnerTime, ProgressNamesCellPhaseAndTimeLeft) {
  setup_.tier = {"quick", 1, 10, 1};
  setup_.options.scenarios = {"first", "second"};
  child_ = [this](const Job& job, const auto& on_phase, const auto& on_tick) {
    on_phase("open");
    now_s_ += 1;
    on_tick();
    on_phase("measure second");
    now_s_ += 4;
    on_tick();
    return all_well(job);
  };
  run();
  ASSERT_EQ(views_.size(), 4u);
  EXPECT_EQ(views_[0].cell, 1u);
  EXPECT_EQ(views_[0].cells, 4u);
  EXPECT_EQ(views_[0].what, "vision/a cpu fp32 first");
  EXPECT_EQ(views_[0].phase, "open");
  EXPECT_EQ(views_[0].phase_s, 1);
  EXPECT_EQ(views_[1].cell, 2u);
  EXPECT_EQ(views_[1].phase_s, 4);
  EXPECT_LT(views_[1].left_s, views_[0].left_s);
  EXPECT_EQ(views_[3].cell, 4u);
  EXPECT_LT(views_[3].left_s, views_[1].left_s);
  EXPECT_GT(views_[3].left_s, 0);
}

}  // namespace
}  // namespace eb
