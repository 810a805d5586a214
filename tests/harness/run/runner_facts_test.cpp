#include <gmock/gmock.h>

#include "harness/run/runner.h"
#include "tests/harness/run/runner_fixture.h"

namespace eb {
namespace {

using ::testing::ElementsAre;

class RunnerFacts : public test::RunnerFixture {};

TEST_F(RunnerFacts, LayersAreTimedInTheFirstLaunchAndNeverOutOfABudget) {
  setup_.launches = 2;
  setup_.options.layers = LayerTiming::if_cheap;
  const auto timings = [this] {
    run();
    std::vector<LayerTiming> all;
    for (const Job& job : jobs_) all.push_back(job.layers);
    return all;
  };
  using enum LayerTiming;
  EXPECT_THAT(timings(), ::testing::ElementsAre(if_cheap, if_cheap, off, off));
  setup_.options.time_budget_s = 60;
  EXPECT_THAT(timings(), ::testing::ElementsAre(off, off, off, off));
  setup_.options.layers = on;
  EXPECT_THAT(timings(), ::testing::ElementsAre(on, on, off, off)) << "who asks gets them";
}

TEST_F(RunnerFacts, AChildThatDiesOverItsLayersLosesNothing) {
  setup_.options.layers = LayerTiming::on;
  setup_.home_folder = "/home/alice";
  child_ = [this](const Job& job, const auto&, const auto&) {
    ChildOutcome outcome = all_well(job);
    outcome.layers.layers.resize(3);
    if (job.workload != "vision/b") return outcome;
    outcome.phase = "layers";
    outcome.status = RunStatus::crashed;
    outcome.reason = "the process died in /home/alice/npu.so";
    return outcome;
  };
  EXPECT_THAT(brief(run()), ::testing::ElementsAre("vision/a single-stream ok", "vision/b single-stream ok"));
  EXPECT_THAT(layers_, ::testing::ElementsAre("vision/a 3 ", "vision/b 0 the process died in ~/npu.so"));
}

TEST_F(RunnerFacts, TellsTheFactsOfEachLaunchThatCameToNumbers) {
  setup_.launches = 2;
  child_ = [this](const Job& job, const auto&, const auto&) {
    ChildOutcome outcome;
    outcome.records.push_back(answer(job, job.scenarios[0]));
    if (job.workload == "vision/b") outcome.records[0].status = RunStatus::wrong;
    outcome.windows["single-stream"] = {100, 200};
    outcome.idle_before = SeenWindow{10, 20};
    outcome.idle_after = SeenWindow{300, 400};
    outcome.read_until_ns = {410};
    outcome.facts["single-stream"].meter_ratios = {1.5};
    outcome.records[0].wake_lag_p50_us = 3;
    outcome.records[0].wake_lag_p99_us = 7;
    return outcome;
  };
  run();
  ASSERT_EQ(launches_.size(), 2u);
  const LaunchFacts& second = launches_[1];
  EXPECT_EQ(second.workload, "vision/a");
  EXPECT_THAT(second.raw_files, ElementsAre("raw/001_vision.a_cpu_0_fp32_single-stream_2.lat"));
  EXPECT_EQ(second.queries, 4);
  EXPECT_EQ(second.window_s, 1);
  EXPECT_EQ(second.window, (SeenWindow{100, 200}));
  EXPECT_EQ(second.idle_after, (SeenWindow{300, 400}));
  EXPECT_THAT(second.read_until_ns, ElementsAre(410));
  EXPECT_THAT(second.within.meter_ratios, ElementsAre(1.5));
  EXPECT_EQ(second.wake_lags, (WakeLags{3, 7}));
}

}  // namespace
}  // namespace eb
