#include "harness/lab/local_engine.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/clock.h"
#include "harness/lab/verify.h"
#include "tests/harness/lab/simulated_lab.h"
#include "tests/support/tree.h"

namespace eb::lab {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;

class LabLocalEngine : public testing::Test {
 protected:
  LabLocalEngine() {
    lab_.work.plan.jobs[0].arguments = {"--tier=quick"};
    attempt_ = {.job = &lab_.work.jobs[0],
                .planned = &lab_.work.plan.jobs[0],
                .board = &lab_.work.inventory.boards[0],
                .number = 1,
                .folder = tree_ / "attempt"};
  }

  // An engine whose program is this text of a shell's.
  void use(const std::string& script) {
    const auto file = tree_.write("program", "#!/bin/sh\n" + script);
    fs::permissions(file, fs::perms::owner_all);
    engine_ =
        make_local_engine({.program = file, .arguments = {"first"}, .environment = {"PATH=/usr/bin:/bin"}});
  }
  Progress until_over() {
    const auto clock = make_steady_clock();
    const std::int64_t deadline_ns = clock->now_ns() + 60'000'000'000;
    Progress progress = engine_->poll(attempt_);
    while (progress.what == Progress::What::working && clock->now_ns() < deadline_ns) {
      clock->wait_until_ns(clock->now_ns() + 1'000'000);
      progress = engine_->poll(attempt_);
    }
    return progress;
  }
  Progress run(const std::string& script) {
    use(script);
    engine_->push(attempt_);
    EXPECT_EQ(engine_->poll(attempt_).what, Progress::What::done);
    engine_->start(attempt_);
    return until_over();
  }

  eb::test::Tree tree_;
  test::Lab lab_{1, 1};
  Attempt attempt_;
  std::unique_ptr<Engine> engine_;
};

TEST_F(LabLocalEngine, RunsTheProgramWithTheJobsArgumentsAndNothingOfOurEnvironment) {
  const Progress progress = run("for a in \"$@\"; do printf '%s\\n' \"$a\"; done >" +
                                (tree_ / "seen").string() + "; env >>" + (tree_ / "seen").string());
  EXPECT_EQ(progress.what, Progress::What::done) << progress.reason;
  const std::string seen = tree_.read("seen");
  EXPECT_TRUE(seen.starts_with(
      fmt::format("first\nrun\n--tier=quick\n--out={}\n--quiet\n", attempt_.folder.string())))
      << seen;
  EXPECT_EQ(seen.find("HOME="), std::string::npos) << seen;
  engine_->fetch(attempt_);
  EXPECT_EQ(engine_->poll(attempt_).what, Progress::What::done);
  EXPECT_TRUE(fs::exists(attempt_.folder / kJobFile));
}

TEST_F(LabLocalEngine, SaysWhyARunFailed) {
  Progress progress = run("echo one >&2; echo 'edgebench: no such workload' >&2; exit 2");
  EXPECT_EQ(progress.what, Progress::What::job_is_wrong);
  EXPECT_EQ(progress.reason, "edgebench run ended with exit code 2: edgebench: no such workload");
  progress = run("exit 70");
  EXPECT_EQ(progress.what, Progress::What::job_failed);
  EXPECT_EQ(progress.reason, "edgebench run ended with exit code 70");
  progress = run("kill -SEGV $$");
  EXPECT_EQ(progress.what, Progress::What::job_failed);
  EXPECT_NE(progress.reason.find("signal 11"), std::string::npos) << progress.reason;
  EXPECT_EQ(run("exit 1").what, Progress::What::done) << "some cells failed, which run.json says";
}

TEST_F(LabLocalEngine, AProgramThatIsNotThereIsAFailureOfTheJob) {
  engine_ = make_local_engine({.program = tree_ / "absent", .arguments = {}, .environment = {}});
  engine_->start(attempt_);
  const Progress progress = until_over();
  EXPECT_EQ(progress.what, Progress::What::job_failed);
  EXPECT_NE(progress.reason.find("absent"), std::string::npos) << progress.reason;
}

TEST_F(LabLocalEngine, ReadsOutputWithoutEnd) {
  EXPECT_EQ(run("i=0; while [ $i -lt 20000 ]; do echo a line of no interest; i=$((i+1)); done").what,
            Progress::What::done);
}

TEST_F(LabLocalEngine, CancellingEndsItAndWhatItStarted) {
  use("sleep 600 & echo $! >" + (tree_ / "pid").string() + "; wait");
  engine_->push(attempt_);
  engine_->start(attempt_);
  while (tree_.read("pid").find('\n') == std::string::npos)
    ASSERT_EQ(engine_->poll(attempt_).what, Progress::What::working);
  engine_->cancel(attempt_);
  const std::string pid = tree_.read("pid");
  const auto is_there = [file = "/proc/" + pid.substr(0, pid.size() - 1) + "/stat"] {
    std::string stat;
    std::getline(std::ifstream(file), stat);
    return !stat.empty() && stat.find(") Z ") == std::string::npos;
  };
  const auto clock = make_steady_clock();
  const std::int64_t deadline_ns = clock->now_ns() + 10'000'000'000;
  while (is_there() && clock->now_ns() < deadline_ns) clock->wait_until_ns(clock->now_ns() + 1'000'000);
  EXPECT_FALSE(is_there());
}

TEST_F(LabLocalEngine, StartingAgainBeginsWithAnEmptyFolder) {
  tree_.write("attempt/run.json", "of a driver that was killed");
  use("true");
  engine_->start(attempt_);  // without push: the ledger says that it was running
  EXPECT_EQ(until_over().what, Progress::What::done);
  EXPECT_FALSE(fs::exists(attempt_.folder / "run.json"));
  EXPECT_TRUE(fs::exists(attempt_.folder / kJobFile));
}

TEST_F(LabLocalEngine, WhatItDoesNotKnowHasFailed) {
  use("true");
  EXPECT_EQ(engine_->poll(attempt_).what, Progress::What::job_failed);
}

TEST_F(LabLocalEngine, TheBoardsMeterAndModelsAreArguments) {
  lab_.work.inventory.boards[0].meter = "rapl:0";
  lab_.work.inventory.boards[0].models = "/opt/models";
  EXPECT_THAT(run_arguments(attempt_, "/out"), ElementsAre("run", "--tier=quick", "--meter=rapl:0",
                                                           "--models=/opt/models", "--out=/out", "--quiet"));
}

}  // namespace
}  // namespace eb::lab
