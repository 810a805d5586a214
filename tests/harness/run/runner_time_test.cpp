// Of harness/run/runner.cpp: time, which is what a budget and a progress line are about.
#include "harness/run/time_budget.h"
#include "tests/harness/run/runner_fixture.h"

namespace eb {
namespace {

class RunnerTime : public test::RunnerFixture {};

// As a child does: its first window begins `used_s` after it did.
double window_s(const Job& job, double used_s) {
  const WindowRule& rule = job.scenarios[0].rule;
  const double share_s =
      window_of_slot_s(job.slot_s.value_or(1e9) - used_s, job.scenarios.size() - 1, 0, Turn::window);
  return static_cast<double>(fitted(rule, share_s).min_duration_ns) * 1e-9;
}

// Cells that take `before_s` to come to their window, and `after_s` to end.
class RunnerBudget : public test::RunnerFixture {
 protected:
  RunnerBudget() { setup_.tier = {"long", 1000, 60, 1}; }

  void take_s(std::function<double(std::size_t job)> before_s, double after_s = 0.1) {
    child_ = [this, before_s, after_s](const Job& job, const auto&, const auto&) {
      ChildOutcome outcome = all_well(job);
      now_s_ -= static_cast<double>(job.scenarios.size());  // all_well takes a second for each
      const double cost_s = before_s(jobs_.size() - 1);
      windows_s_.push_back(window_s(job, cost_s));
      outcome.records[0].window_s = windows_s_.back();
      now_s_ += cost_s + windows_s_.back() + after_s;
      return outcome;
    };
  }
  // Of a run, from its begin.
  double duration_s() {
    const double begin_s = now_s_;
    run();
    return now_s_ - begin_s;
  }

  std::vector<double> windows_s_;
};

TEST_F(RunnerBudget, IsDividedAmongWhatIsLeft) {
  setup_.options.time_budget_s = 46;
  take_s([](std::size_t) { return 3; });
  EXPECT_NEAR(duration_s(), 46, 46 * 0.05);
  ASSERT_EQ(windows_s_.size(), 2u);
  EXPECT_NEAR(windows_s_[0], 20, 0.5);
  EXPECT_NEAR(windows_s_[1], 20, 0.5);
}

TEST_F(RunnerBudget, FitsWithinFivePercentWhateverCellsCost) {
  setup_.launches = 5;
  setup_.tier = {"longer", 1000, 600, 5};
  for (const double budget_s : {60.0, 180.0, 480.0})
    for (const double cost_s : {0.2, 1.0, 4.0}) {
      setup_.options.time_budget_s = budget_s;
      windows_s_.clear();
      // The second workload costs three times as much as the first, and the first launch most of all.
      take_s([&](std::size_t job) { return cost_s * (job % 2 ? 1.5 : 0.5) * (job < 2 ? 2 : 1); }, 0.4);
      EXPECT_NEAR(duration_s() / budget_s, 1, 0.05) << budget_s << " s, " << cost_s << " s a cell";
    }
}

TEST_F(RunnerBudget, CountsFromTheBeginOfTheCommand) {
  setup_.options.time_budget_s = 46;
  setup_.begin_s = now_s_ - 20;
  take_s([](std::size_t) { return 3; });
  EXPECT_NEAR(duration_s(), 26, 1);
}

TEST_F(RunnerBudget, OneThatIsUsedUpStillGivesEveryCellAQuery) {
  setup_.options.time_budget_s = 1;
  take_s([](std::size_t) { return 100; });
  run();
  EXPECT_EQ(records_.size(), 2u);
  EXPECT_EQ(windows_s_, (std::vector<double>{0.2, 0.2}));
}

TEST_F(RunnerBudget, OneThatWasEnoughIsKeptAndTheRestSkipped) {
  setup_.options.time_budget_s = 46;
  take_s([](std::size_t) { return 60; });
  run();
  ASSERT_EQ(records_.size(), 2u);
  EXPECT_NEAR(*jobs_.at(0).left_s, 45.7 + 0.02 * 46, 0.1) << "a child that takes longer is ended";
  EXPECT_EQ(jobs_.size(), 1u);
  EXPECT_EQ(records_[1].status, RunStatus::skipped);
  EXPECT_THAT(records_[1].reason, ::testing::HasSubstr("--time-budget"));
}

TEST_F(RunnerBudget, ALaunchThatDoesNotFitTakesNothingFromThoseBefore) {
  setup_.launches = 2;
  setup_.tier = {"two", 1000, 60, 2};
  setup_.options.time_budget_s = 46;
  take_s([](std::size_t job) { return job == 1 ? 60 : 1; });
  run();
  ASSERT_EQ(records_.size(), 2u);
  EXPECT_EQ(jobs_.size(), 2u);
  for (const RunRecord& record : records_) EXPECT_EQ(record.status, RunStatus::ok) << record.reason;
}

TEST_F(RunnerBudget, OneThatIsTooLargeStopsAtTheTier) {
  setup_.options.time_budget_s = 3600;
  setup_.tier = {"quick", 128, 10, 1};
  take_s([](std::size_t) { return 3; });
  EXPECT_LT(duration_s(), 30);
  EXPECT_EQ(windows_s_, (std::vector<double>{10, 10}));
}

TEST_F(RunnerBudget, WithoutOneThereAreNoSlots) {
  take_s([](std::size_t) { return 3; });
  run();
  EXPECT_FALSE(jobs_[0].slot_s);
  EXPECT_THAT(windows_s_, ::testing::Each(::testing::DoubleEq(60)));
}

TEST_F(RunnerTime, TheCommandOfACellHasItsShareOfTheBudget) {
  setup_.options.time_budget_s = 46;
  setup_.targets.push_back({"gpu", "", "", "unavailable", "no driver"});
  for (const RunRecord& record : run())
    EXPECT_TRUE(record.command.ends_with(" --time-budget 23s")) << record.command;
}

TEST_F(RunnerTime, NoBudgetThatIsTooLargeIsPromisedToBeUsedUp) {
  setup_.options.time_budget_s = 3600;
  setup_.tier = {"quick", 128, 10, 1};
  child_ = [this](const Job& job, const auto&, const auto& on_tick) {
    on_tick();
    return all_well(job);
  };
  run();
  EXPECT_LT(views_[0].left_s, 60);
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
