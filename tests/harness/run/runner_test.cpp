#include "harness/run/runner.h"

#include <algorithm>

#include "tests/harness/run/runner_fixture.h"

namespace eb {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Runner : public test::RunnerFixture {};

TEST_F(Runner, OneChildForAllScenariosOfAModelAndOneRecordACell) {
  setup_.options.scenarios = {"single-stream", "offline"};
  EXPECT_THAT(brief(run()), ElementsAre("vision/a single-stream ok", "vision/a offline ok",
                                        "vision/b single-stream ok", "vision/b offline ok"));
  EXPECT_THAT(job_list(), ElementsAre("vision/a single-stream offline", "vision/b single-stream offline"));
  EXPECT_FALSE(interrupted_);
}

TEST_F(Runner, TheJobHoldsAllThatTheChildNeeds) {
  setup_.options.threads = 3;
  setup_.options.dims = {{"n", 2}};
  setup_.tier = {"quick", 128, 10, 1};
  run();
  const Job& job = jobs_[0];
  EXPECT_EQ(job.backend, "cpu");
  EXPECT_EQ(job.device, "0");
  EXPECT_EQ(job.precision, "fp32");
  EXPECT_EQ(job.threads, 3);
  EXPECT_EQ(job.dims.at("n"), 2);
  EXPECT_EQ(job.models_folder, "/models");
  EXPECT_EQ(job.zoo_folder, "/zoo");
  EXPECT_EQ(job.raw_folder, tree_.root());
  EXPECT_EQ(job.scenarios[0].rule.min_queries, 128u);
  EXPECT_EQ(job.scenarios[0].rule.min_duration_ns, 10'000'000'000);
  EXPECT_EQ(job.scenarios[0].raw_file, "raw/001_vision.a_cpu_0_fp32_single-stream_1.lat");
}

TEST_F(Runner, ReasonsTellNoFolders) {
  workloads_[0].user_model = "/home/alice/secret/a.onnx";
  setup_.home_folder = "/home/alice";
  child_ = [this](const Job&, const auto&, const auto&) {
    ChildOutcome outcome;
    outcome.status = RunStatus::crashed;
    outcome.reason = "it printed: /home/alice/secret/a.onnx, /home/alice/lib.so, /models/b.onnx, " +
                     (tree_.root() / "raw").string();
    return outcome;
  };
  EXPECT_EQ(run()[0].reason, "it printed: a.onnx, ~/lib.so, b.onnx, raw");
}

TEST_F(Runner, RawFilesAreNamedSafelyWhateverTheNames) {
  workloads_[0].info.id = "user/../../my model\n";
  setup_.workloads["user/../../my model\n"] = workloads_[0].info;
  workloads_.pop_back();
  setup_.targets[0].device = "GPU:0/$x";
  child_ = [](const Job&, const auto&, const auto&) { return ChildOutcome{}; };
  run();
  EXPECT_EQ(jobs_[0].scenarios[0].raw_file,
            "raw/001_user.......my_model__cpu_GPU_0._x_fp32_single-stream_1.lat");
}

TEST_F(Runner, RecordsCarryTimeTierAndCommand) {
  const auto records = run();
  EXPECT_EQ(records[0].tier, "quick");
  EXPECT_EQ(records[0].launches, 1);
  EXPECT_EQ(records[0].latency_p50_ms, 1);
  EXPECT_THAT(records[0].started_at, ::testing::MatchesRegex("....-..-..T..:..:..Z"));
  EXPECT_EQ(records[0].command,
            "edgebench run --workloads vision/a --backends cpu --device 0 --precisions fp32 --scenarios "
            "single-stream --tier quick");
}

TEST_F(Runner, LaunchesTakeTurnsAndAreSummarizedOnce) {
  setup_.launches = 3;
  setup_.tier.launches = 3;
  const auto records = run();
  EXPECT_THAT(job_list(),
              ElementsAre("vision/a single-stream", "vision/b single-stream", "vision/a single-stream",
                          "vision/b single-stream", "vision/a single-stream", "vision/b single-stream"));
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[0].launches, 3);
  EXPECT_EQ(records[0].queries, 12);
  EXPECT_EQ(records[0].latency_mean_ms, 3) << "jobs 1, 3 and 5";
  EXPECT_THAT(records[0].raw_files,
              ElementsAre(HasSubstr("_1.lat"), HasSubstr("_2.lat"), HasSubstr("_3.lat")));
}

TEST_F(Runner, InterferenceIsTheTimeOfASampleBesideByThatAlone) {
  workloads_.pop_back();
  setup_.options.beside = "vision/b@cpu";
  const auto records = run();  // the first job takes 1 ms a query, the second 2
  ASSERT_EQ(records.size(), 2u);
  EXPECT_THAT(jobs_[0].beside, IsEmpty());
  EXPECT_EQ(jobs_[1].beside, "vision/b@cpu");
  EXPECT_THAT(records[0].beside, IsEmpty());
  EXPECT_EQ(records[0].interference, std::nullopt);
  EXPECT_EQ(records[1].beside, "vision/b@cpu");
  EXPECT_EQ(records[1].interference, 2);
  EXPECT_THAT(records[1].unranked_reasons, ::testing::Contains("something else ran beside it"));
  EXPECT_NE(records[0].raw_files, records[1].raw_files);
}

TEST_F(Runner, ThereIsNoInterferenceWithoutACellAlone) {
  workloads_.pop_back();
  setup_.options.beside = "vision/b@cpu";
  child_ = [this](const Job& job, const auto&, const auto&) {
    ChildOutcome outcome = all_well(job);
    if (job.beside.empty()) outcome.records[0].status = RunStatus::failed;
    return outcome;
  };
  const auto records = run();
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[1].status, RunStatus::ok);
  EXPECT_EQ(records[1].interference, std::nullopt);
}

TEST_F(Runner, ACrashInOneScenarioRestartsTheRestInANewChild) {
  setup_.options.scenarios = {"first", "second", "third"};
  workloads_.pop_back();
  child_ = [this](const Job& job, const auto&, const auto&) {
    ChildOutcome outcome = all_well(job);
    if (jobs_.size() > 1) return outcome;
    outcome.records.resize(1);
    outcome.phase = "measure second";
    outcome.status = RunStatus::crashed;
    outcome.reason = "signal 11";
    return outcome;
  };
  const auto records = run();
  EXPECT_THAT(brief(records),
              ElementsAre("vision/a first ok", "vision/a second crashed", "vision/a third ok"));
  EXPECT_EQ(records[1].reason, "signal 11");
  EXPECT_EQ(records[1].task, "task of vision/a");
  EXPECT_EQ(records[1].licence, "MIT");
  EXPECT_EQ(records[1].variant_of, "vision/real");
  EXPECT_EQ(records[1].device_name, "Fake 9000");
  EXPECT_THAT(job_list(), ElementsAre("vision/a first second third", "vision/a third"));
}

TEST_F(Runner, ACrashInAnAuditIsThatOfItsScenario) {
  setup_.options.scenarios = {"first", "second"};
  setup_.options.audits = {"cache"};
  workloads_.pop_back();
  child_ = [this](const Job& job, const auto&, const auto&) {
    ChildOutcome outcome = all_well(job);
    if (jobs_.size() > 1) return outcome;
    outcome.records.clear();
    outcome.phase = "audit first";
    outcome.status = RunStatus::crashed;
    return outcome;
  };
  EXPECT_THAT(brief(run()), ElementsAre("vision/a first crashed", "vision/a second ok"));
  EXPECT_THAT(jobs_[0].audits, ElementsAre("cache"));
}

TEST_F(Runner, ACrashBeforeAnyScenarioIsThatOfAll) {
  setup_.options.scenarios = {"first", "second"};
  child_ = [this](const Job& job, const auto&, const auto&) {
    ChildOutcome outcome;
    if (job.workload == "vision/b") return all_well(job);
    outcome.phase = "open";
    outcome.status = RunStatus::timeout;
    outcome.reason = "open took longer";
    return outcome;
  };
  EXPECT_THAT(brief(run()), ElementsAre("vision/a first timeout", "vision/a second timeout",
                                        "vision/b first ok", "vision/b second ok"));
  EXPECT_EQ(jobs_.size(), 2u) << "it is not tried again, and the run goes on";
}

TEST_F(Runner, AChildThatSaysNothingHasFailed) {
  child_ = [](const Job&, const auto&, const auto&) { return ChildOutcome{}; };
  const auto records = run();
  EXPECT_THAT(brief(records), ElementsAre("vision/a single-stream failed", "vision/b single-stream failed"));
  EXPECT_EQ(records[0].reason, "the process ended without an answer");
}

TEST_F(Runner, AnswersToWhatWasNotAskedAreNotAccepted) {
  setup_.options.scenarios = {"first", "second"};
  workloads_.pop_back();
  child_ = [this](const Job& job, const auto&, const auto&) {
    ChildOutcome outcome = all_well(job);
    std::reverse(outcome.records.begin(), outcome.records.end());
    return outcome;
  };
  EXPECT_THAT(brief(run()), ElementsAre("vision/a first failed", "vision/a second failed"));
}

TEST_F(Runner, MoreAnswersThanQuestionsAreNotAccepted) {
  child_ = [this](const Job& job, const auto&, const auto&) {
    ChildOutcome outcome = all_well(job);
    outcome.records.push_back(outcome.records[0]);
    outcome.records.push_back(outcome.records[0]);
    return outcome;
  };
  EXPECT_THAT(brief(run()), ElementsAre("vision/a single-stream ok", "vision/b single-stream ok"));
}

TEST_F(Runner, ACellThatFailedOnceIsNotLaunchedAgain) {
  setup_.launches = 3;
  child_ = [this](const Job& job, const auto&, const auto&) {
    ChildOutcome outcome = all_well(job);
    if (job.workload == "vision/a" && jobs_.size() == 3) {
      outcome.records[0].status = RunStatus::wrong;
      outcome.records[0].reason = "not good enough";
    }
    return outcome;
  };
  EXPECT_THAT(brief(run()), ElementsAre("vision/a single-stream wrong", "vision/b single-stream ok"));
  EXPECT_THAT(job_list(),
              ElementsAre("vision/a single-stream", "vision/b single-stream", "vision/a single-stream",
                          "vision/b single-stream", "vision/b single-stream"));
  EXPECT_EQ(records_[0].launches, 2);
}

TEST_F(Runner, ARawFileThatIsMissingOrDamagedFailsTheRecord) {
  child_ = [this](const Job& job, const auto&, const auto&) {
    ChildOutcome outcome = all_well(job);
    const auto file = tree_ / job.scenarios[0].raw_file;
    if (job.workload == "vision/a") std::filesystem::remove(file);
    if (job.workload == "vision/b") tree_.write(job.scenarios[0].raw_file, "EBLAT1\n damaged");
    return outcome;
  };
  const auto records = run();
  EXPECT_THAT(brief(records), ElementsAre("vision/a single-stream failed", "vision/b single-stream failed"));
  EXPECT_THAT(records[0].reason, HasSubstr("does not exist"));
  EXPECT_THAT(records[1].reason, HasSubstr("is damaged"));
  EXPECT_FALSE(records[0].latency_p50_ms);
}

TEST_F(Runner, ARawFileOutsideTheRunsFolderIsNotRead) {
  workloads_.pop_back();
  child_ = [this](const Job& job, const auto&, const auto&) {
    ChildOutcome outcome = all_well(job);
    outcome.records[0].raw_files = {"../../../../etc/passwd"};
    return outcome;
  };
  const auto records = run();
  EXPECT_EQ(records[0].status, RunStatus::failed);
  EXPECT_THAT(records[0].reason, HasSubstr("is not a path within"));
}

TEST_F(Runner, AnUnavailableTargetGivesItsRecordsWithoutAChild) {
  setup_.targets = {{"npu", "", "", "unavailable", "no driver"}, {"cpu", "0", "Fake 9000"}};
  setup_.launches = 2;
  workloads_.pop_back();
  const auto records = run();
  EXPECT_THAT(brief(records), ElementsAre("vision/a single-stream unavailable", "vision/a single-stream ok"));
  EXPECT_EQ(records[0].backend, "npu");
  EXPECT_EQ(records[0].reason, "no driver");
  EXPECT_EQ(records[0].command,
            "edgebench run --workloads vision/a --backends npu --precisions fp32 --scenarios single-stream "
            "--tier quick");
  EXPECT_EQ(jobs_.size(), 2u);
}

TEST_F(Runner, VerifyAsksForNoScenario) {
  setup_.options.scenarios = {""};
  EXPECT_THAT(brief(run()), ElementsAre("vision/a  ok", "vision/b  ok"));
  EXPECT_THAT(job_list(), ElementsAre("vision/a", "vision/b"));
}

TEST_F(Runner, AnInterruptKeepsFinishedLaunchesAndStartsNoMore) {
  setup_.launches = 2;
  child_ = [this](const Job& job, const auto&, const auto&) {
    if (jobs_.size() < 3) return all_well(job);
    ChildOutcome outcome;
    outcome.was_interrupted = true;
    return outcome;
  };
  const auto records = run();
  EXPECT_TRUE(interrupted_);
  EXPECT_EQ(jobs_.size(), 3u);
  EXPECT_THAT(brief(records), ElementsAre("vision/a single-stream ok", "vision/b single-stream ok"));
  EXPECT_EQ(records[0].launches, 1) << "half of the launches, and the record says so";
}

TEST_F(Runner, AnInterruptInTheFirstChildLeavesNoRecord) {
  child_ = [](const Job&, const auto&, const auto&) {
    ChildOutcome outcome;
    outcome.was_interrupted = true;
    return outcome;
  };
  EXPECT_THAT(run(), IsEmpty());
  EXPECT_TRUE(interrupted_);
  EXPECT_EQ(jobs_.size(), 1u);
}

TEST_F(Runner, AnInterruptedChildsRecordsCount) {
  setup_.options.scenarios = {"first", "second"};
  child_ = [this](const Job& job, const auto&, const auto&) {
    ChildOutcome outcome = all_well(job);
    outcome.records.resize(1);
    outcome.was_interrupted = true;
    return outcome;
  };
  EXPECT_THAT(brief(run()), ElementsAre("vision/a first ok"));
}

TEST_F(Runner, EveryStatusOfAChildIsPassedOn) {
  workloads_.pop_back();
  for (const RunStatus status : {RunStatus::wrong, RunStatus::fallback, RunStatus::unsupported,
                                 RunStatus::out_of_memory, RunStatus::failed}) {
    child_ = [&](const Job& job, const auto&, const auto&) {
      ChildOutcome outcome = all_well(job);
      outcome.records[0].status = status;
      outcome.records[0].reason = "because";
      return outcome;
    };
    const auto records = run();
    ASSERT_EQ(records.size(), 1u);
    EXPECT_EQ(records[0].status, status);
    EXPECT_EQ(records[0].reason, "because");
    EXPECT_FALSE(records[0].ranked);
  }
}

RunRecord with_status(RunStatus status, std::string backend = "cpu") {
  RunRecord record;
  record.workload = "vision/a";
  record.backend = std::move(backend);
  record.status = status;
  return record;
}

int exit_code(const std::vector<RunRecord>& records, bool backend_by_name = false,
              bool workload_by_name = false) {
  const std::vector<Target> targets = {{"cpu", "", "", "", "", backend_by_name}};
  return exit_code_of(records, targets, [&](const RunRecord&) { return workload_by_name; });
}

TEST(ExitCode, IsZeroWhenAllIsWellOrMerelyNotThere) {
  EXPECT_EQ(exit_code({}), 0);
  for (const RunStatus status :
       {RunStatus::ok, RunStatus::skipped, RunStatus::unsupported, RunStatus::unavailable})
    EXPECT_EQ(exit_code({with_status(RunStatus::ok), with_status(status)}), 0) << status_name(status);
}

TEST(ExitCode, IsOneForEveryFailure) {
  for (const RunStatus status :
       {RunStatus::wrong, RunStatus::fallback, RunStatus::rejected, RunStatus::crashed, RunStatus::timeout,
        RunStatus::out_of_memory, RunStatus::failed})
    EXPECT_EQ(exit_code({with_status(RunStatus::ok), with_status(status)}), 1) << status_name(status);
}

TEST(ExitCode, WhatWasAskedForByNameMustBeThere) {
  for (const RunStatus status : {RunStatus::unsupported, RunStatus::unavailable}) {
    EXPECT_EQ(exit_code({with_status(status)}, true), 1);
    EXPECT_EQ(exit_code({with_status(status)}, false, true), 1);
    EXPECT_EQ(exit_code({with_status(status, "npu")}, true), 0) << "another backend was named";
  }
  EXPECT_EQ(exit_code({with_status(RunStatus::ok)}, true, true), 0);
}

TEST_F(Runner, WhereNodesWentIsToldWithoutPathsAlsoOfACellThatFailsLater) {
  setup_.options.scenarios = {""};
  setup_.options.placement.tells_nodes = true;
  setup_.home_folder = "/home/alice";
  child_ = [this](const Job& job, const auto&, const auto&) {
    EXPECT_TRUE(job.placement.tells_nodes);
    ChildOutcome outcome;
    if (job.workload == "vision/a") outcome = all_well(job);
    if (job.workload == "vision/b") outcome.status = RunStatus::crashed;
    outcome.nodes = {{"conv", "Conv", "CPU", 1.0, "no kernel in /home/alice/npu"}};
    return outcome;
  };
  run();
  EXPECT_THAT(nodes_,
              ::testing::ElementsAre("vision/a conv no kernel in ~/npu", "vision/b conv no kernel in ~/npu"));
}

}  // namespace
}  // namespace eb
