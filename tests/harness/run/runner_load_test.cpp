// Of harness/run/runner.cpp: how queries come, launch after launch.
#include <cmath>
#include <set>

#include "tests/harness/run/runner_fixture.h"

namespace eb {
namespace {

class RunnerLoad : public test::RunnerFixture {};

TEST_F(RunnerLoad, TheFirstLaunchFindsTheRateThatTheOthersConfirm) {
  setup_.options.scenarios = {"server", "paced"};
  setup_.launches = 3;
  child_ = [this](const Job& job, const auto&, const auto&) {
    ChildOutcome outcome = all_well(job);
    outcome.records[0].target_rate_qps = 412.5;
    return outcome;
  };
  run();
  ASSERT_EQ(jobs_.size(), 6u);
  EXPECT_FALSE(jobs_[0].scenarios[0].load.rate_qps) << "to be found";
  std::set<std::uint64_t> seeds;
  for (std::size_t i = 0; i < jobs_.size(); ++i) {
    const LoadOptions& load = jobs_[i].scenarios[0].load;
    EXPECT_EQ(load.rate_qps, i < 2 ? std::nullopt : std::optional(412.5));
    EXPECT_FALSE(jobs_[i].scenarios[1].load.rate_qps);
    seeds.insert(load.seed);
  }
  EXPECT_EQ(seeds.size(), 3u) << "each launch has arrivals of its own";
}

TEST_F(RunnerLoad, ARateThatIsNoneIsNotHandedOn) {
  setup_.options.scenarios = {"server"};
  setup_.launches = 2;
  for (const double rate_qps : {0.0, -5.0, std::nan("")}) {
    child_ = [this, rate_qps](const Job& job, const auto&, const auto&) {
      ChildOutcome outcome = all_well(job);
      outcome.records[0].target_rate_qps = rate_qps;
      return outcome;
    };
    run();
    EXPECT_FALSE(jobs_[2].scenarios[0].load.rate_qps) << rate_qps;
  }
}

TEST_F(RunnerLoad, LoadOptionsReachTheChildAndTheCommand) {
  setup_.options.scenarios = {"server"};
  setup_.options.load = {100, 20, 2, 5};
  for (const RunRecord& record : run())
    EXPECT_NE(record.command.find("--scenarios server --rate 100 --latency-target 20 --streams 2 --seed 5 "),
              std::string::npos)
        << record.command;
  const LoadOptions& load = jobs_[0].scenarios[0].load;
  EXPECT_EQ(load.rate_qps, 100);
  EXPECT_EQ(load.latency_target_ms, 20);
  EXPECT_EQ(load.streams, 2);
}

}  // namespace
}  // namespace eb
