#include "harness/lab/scheduler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "harness/base/process.h"
#include "tests/harness/lab/simulated_lab.h"

namespace eb::lab {
namespace {

using test::Ill;
using test::Lab;
using test::MemoryLedger;
using test::SimulatedEngine;
using testing::ElementsAre;

std::size_t count(const Standing& standing, JobState state) {
  return static_cast<std::size_t>(std::count_if(standing.jobs.begin(), standing.jobs.end(),
                                                [&](const JobStatus& job) { return job.state == state; }));
}

// Drives a lab to its end, and gives what is in the ledger then.
MemoryLedger driven(Lab& lab) {
  MemoryLedger ledger(lab.work);
  SimulatedEngine engine(lab.boards);
  lab.drive(ledger, engine);
  EXPECT_EQ(engine.overlaps, 0);
  return ledger;
}

TEST(LabScheduler, AJobGoesThroughItsStatesInOrder) {
  Lab lab(1, 1);
  MemoryLedger ledger(lab.work);
  SimulatedEngine engine(lab.boards);
  Scheduler scheduler(lab.work, ledger.kept, engine, lab.verify(), ledger, lab.clock);
  std::vector<std::string> states;
  while (!scheduler.is_finished()) {
    const auto changed = scheduler.tick();
    ASSERT_TRUE(changed);
    for (const Change& change : scheduler.changes())
      states.emplace_back(change.of == Change::Of::job ? name_of(scheduler.standing().jobs[0].state)
                                                       : name_of(scheduler.standing().boards[0].state));
    if (!*changed) lab.clock.advance(test::kSecond);
  }
  EXPECT_THAT(states, ElementsAre("claimed", "occupied", "pushing", "running", "fetching", "verifying",
                                  "done", "available"));
  EXPECT_EQ(ledger.kept.jobs[0].run_sha256, "sha of j/b0/1");
  EXPECT_EQ(ledger.kept.jobs[0].records, 3);
  EXPECT_EQ(ledger.kept.jobs[0].records_ok, 2);
}

TEST(LabScheduler, ABoardHasOneJobAtATimeAndBoardsAreBounded) {
  Lab lab(20, 4);
  lab.work.plan.boards_at_once = 7;
  const auto ledger = driven(lab);
  EXPECT_EQ(count(ledger.kept, JobState::done), 80u);
  EXPECT_EQ(lab.boards.most_at_once, 7u);
}

TEST(LabScheduler, ADeadBoardIsTriedAgainWithBackOffAndThenQuarantined) {
  Lab lab(2, 3);
  lab.boards.ills["b0"] = Ill::dead;
  const std::int64_t begin_ns = lab.clock.now_ns();
  const auto ledger = driven(lab);
  EXPECT_EQ(ledger.kept.boards[0].state, BoardState::quarantined);
  EXPECT_EQ(ledger.kept.boards[0].failures, 3);
  EXPECT_EQ(ledger.kept.boards[0].reason, "no route to host");
  EXPECT_EQ(ledger.kept.boards[1].state, BoardState::available);
  for (const std::size_t job : {0u, 2u, 4u}) {
    EXPECT_EQ(ledger.kept.jobs[job].state, JobState::failed);
    EXPECT_EQ(ledger.kept.jobs[job].reason, "board b0 is quarantined after 3 failures: no route to host");
    EXPECT_EQ(ledger.kept.jobs[job + 1].state, JobState::done);
  }
  EXPECT_EQ(ledger.kept.jobs[0].attempt, 3);
  EXPECT_EQ(ledger.kept.jobs[2].attempt, 0) << "nothing more goes to a quarantined board";
  EXPECT_GE(lab.clock.now_ns() - begin_ns, 90 * test::kSecond) << "30 s and then 60 s";
}

TEST(LabScheduler, ABoardThatFailsIsSwitchedOffAndOn) {
  Lab lab(1, 1);
  lab.work.inventory.boards[0].power_switch =
      PowerSwitch{.off = {"off"}, .on = {"on"}, .off_s = 5, .boot_s = 600};
  lab.boards.ills["b0"] = Ill::flaky;
  const std::int64_t begin_ns = lab.clock.now_ns();
  const auto ledger = driven(lab);
  EXPECT_EQ(count(ledger.kept, JobState::done), 1u);
  EXPECT_THAT(lab.boards.power_cycles, ElementsAre("b0"));
  EXPECT_GE(lab.clock.now_ns() - begin_ns, 605 * test::kSecond) << "no attempt before it has booted";
}

TEST(LabScheduler, FailuresOfABoardCountOnlyOneAfterTheOther) {
  Lab lab(1, 20);
  lab.boards.ills["b0"] = Ill::flaky;
  const auto ledger = driven(lab);
  EXPECT_EQ(count(ledger.kept, JobState::done), 20u);
  EXPECT_EQ(ledger.kept.boards[0].failures, 0);
  for (const JobStatus& job : ledger.kept.jobs)
    EXPECT_EQ(job.failures, 0) << "a board's failure is not the job's";
}

TEST(LabScheduler, ABoardThatIsUnpluggedInTheMiddleKeepsWhatItHasDone) {
  Lab lab(2, 4);
  lab.boards.ills["b0"] = Ill::goes_away;
  const auto ledger = driven(lab);
  EXPECT_EQ(count(ledger.kept, JobState::done), 1u + 4u);
  EXPECT_EQ(ledger.kept.boards[0].state, BoardState::quarantined);
  EXPECT_EQ(ledger.kept.boards[0].reason, "connection lost");
}

TEST(LabScheduler, AJobThatFailsIsTriedAgainAsOftenAsThePlanSays) {
  Lab lab(1, 2);
  lab.work.plan.jobs[0].retries = 1;
  lab.boards.ills["b0"] = Ill::breaks;
  auto ledger = driven(lab);
  EXPECT_EQ(count(ledger.kept, JobState::done), 2u);
  EXPECT_EQ(ledger.kept.jobs[0].attempt, 2);
  EXPECT_EQ(ledger.kept.jobs[0].reason, "") << "it is done";

  Lab other(1, 1);
  other.work.plan.jobs[0].retries = 0;
  other.boards.ills["b0"] = Ill::breaks;
  ledger = driven(other);
  EXPECT_EQ(ledger.kept.jobs[0].state, JobState::failed);
  EXPECT_EQ(ledger.kept.jobs[0].reason, "signal 11");
  EXPECT_EQ(ledger.kept.boards[0].state, BoardState::available) << "the board is well";
}

TEST(LabScheduler, AWrongJobIsNotTriedAgain) {
  Lab lab(1, 1);
  lab.boards.ills["b0"] = Ill::is_wrong;
  const auto ledger = driven(lab);
  EXPECT_EQ(ledger.kept.jobs[0].state, JobState::failed);
  EXPECT_EQ(ledger.kept.jobs[0].attempt, 1);
  EXPECT_EQ(ledger.kept.jobs[0].reason, "there is no workload x");
}

TEST(LabScheduler, ARunThatDoesNotVerifyIsNotDone) {
  Lab lab(1, 1);
  lab.boards.ills["b0"] = Ill::lies;
  const auto ledger = driven(lab);
  EXPECT_EQ(ledger.kept.jobs[0].state, JobState::failed);
  EXPECT_EQ(ledger.kept.jobs[0].attempt, 3);
  EXPECT_EQ(ledger.kept.jobs[0].reason, "run.json is another job's");
  EXPECT_EQ(ledger.kept.jobs[0].run_sha256, "");
}

TEST(LabScheduler, ARunThatHangsIsEndedAtItsTimeLimit) {
  Lab lab(2, 1);
  lab.work.plan.jobs[0].time_limit_s = 700;
  lab.work.plan.jobs[0].retries = 0;
  lab.boards.ills = {{"b0", Ill::hangs}, {"b1", Ill::slow}};
  const auto ledger = driven(lab);
  EXPECT_EQ(ledger.kept.jobs[0].reason, "it took longer than its time_limit_s of 700");
  EXPECT_TRUE(lab.boards.attempts.at("j/b0/1#1").is_cancelled);
  EXPECT_EQ(ledger.kept.jobs[1].state, JobState::done) << "slow is not hanging";
}

TEST(LabScheduler, ABoardRestsBetweenJobs) {
  Lab hot(1, 3), cool(1, 3);
  cool.work.inventory.boards[0].cool_down_s = 100;
  driven(hot);
  driven(cool);
  EXPECT_GE(cool.clock.now_ns() - hot.clock.now_ns(), 2 * 99 * test::kSecond);
}

TEST(LabScheduler, FailedJobsAndQuarantinedBoardsGetAnotherChanceWhenAsked) {
  Lab lab(2, 2);
  lab.boards.ills["b0"] = Ill::dead;
  auto ledger = driven(lab);
  ASSERT_EQ(count(ledger.kept, JobState::failed), 2u);
  SimulatedEngine engine(lab.boards);
  EXPECT_EQ(lab.drive(ledger, engine), 0u) << "nothing is left to do";
  lab.boards.ills.clear();
  EXPECT_EQ(retry_failed(ledger.kept).size(), 3u);
  lab.drive(ledger, engine);
  EXPECT_EQ(count(ledger.kept, JobState::done), 4u);
  for (const auto& [job, times] : ledger.done_counts) EXPECT_EQ(times, 1) << job;
}

// A lab with something of everything, in which the driver is killed at one write of the ledger.
void fill_with_ills(Lab& lab) {
  lab.work.plan.boards_at_once = 5;
  lab.work.plan.jobs[0].time_limit_s = 700;
  lab.boards.ills = {{"b0", Ill::dead},     {"b1", Ill::flaky},     {"b2", Ill::slow}, {"b3", Ill::breaks},
                     {"b4", Ill::is_wrong}, {"b5", Ill::goes_away}, {"b6", Ill::lies}, {"b7", Ill::hangs}};
}

std::vector<std::pair<JobState, std::string>> ends_of(const Standing& standing) {
  std::vector<std::pair<JobState, std::string>> all;
  for (const JobStatus& job : standing.jobs) all.emplace_back(job.state, job.reason);
  return all;
}

TEST(LabScheduler, ADriverThatIsKilledAtAnyTransitionLosesNothingAndCountsNothingTwice) {
  Lab whole(10, 2);
  fill_with_ills(whole);
  const auto expected = driven(whole);
  ASSERT_GT(count(expected.kept, JobState::done), 5u);
  ASSERT_GT(count(expected.kept, JobState::failed), 5u);
  for (const auto kill : {MemoryLedger::Kill::before, MemoryLedger::Kill::after})
    for (std::size_t at = 1; at <= expected.writes; ++at) {
      Lab lab(10, 2);
      fill_with_ills(lab);
      MemoryLedger ledger(lab.work);
      ledger.kill = kill;
      ledger.kill_at = at;
      for (int driver = 0; driver < 2; ++driver) {
        SimulatedEngine engine(lab.boards);
        lab.drive(ledger, engine);
        ASSERT_EQ(engine.overlaps, 0) << at;
      }
      ASSERT_EQ(ends_of(ledger.kept), ends_of(expected.kept)) << "killed at write " << at;
      for (const auto& [job, times] : ledger.done_counts) ASSERT_EQ(times, 1) << job << " at " << at;
      for (const auto& [attempt, done] : lab.boards.attempts)
        ASSERT_LE(done.starts, 1) << attempt << " at " << at;
      ASSERT_EQ(lab.boards.starts(), whole.boards.starts()) << "killed at write " << at;
    }
}

TEST(LabScheduler, ADriverThatIsKilledAgainAndAgainStillComesToTheEnd) {
  Lab lab(10, 2);
  fill_with_ills(lab);
  MemoryLedger ledger(lab.work);
  ledger.kill = MemoryLedger::Kill::after;
  int drivers = 0;
  for (const auto is_open =
           [&] { return count(ledger.kept, JobState::done) + count(ledger.kept, JobState::failed) < 20; };
       is_open() && drivers < 1000; ++drivers) {
    ledger.kill_at = ledger.writes + 3;
    SimulatedEngine engine(lab.boards);
    lab.drive(ledger, engine);
  }
  EXPECT_GT(drivers, 10);
  EXPECT_EQ(count(ledger.kept, JobState::done) + count(ledger.kept, JobState::failed), 20u);
  for (const auto& [job, times] : ledger.done_counts) EXPECT_EQ(times, 1) << job;
}

TEST(LabScheduler, AThousandBoardsDoFiveThousandJobs) {
  Lab lab(1000, 5);
  lab.work.plan.boards_at_once = 200;
  lab.work.plan.jobs[0].time_limit_s = 700;
  std::size_t dead = 0, hanging = 0;
  for (std::size_t i = 0; i < 1000; ++i) {
    const std::string id = fmt::format("b{}", i);
    if (i % 50 == 7) lab.boards.ills[id] = Ill::dead;
    if (i % 100 == 8) lab.boards.ills[id] = Ill::hangs;
    if (i % 20 == 9) lab.boards.ills[id] = Ill::flaky;
    if (i % 30 == 10) lab.boards.ills[id] = Ill::slow;
    dead += i % 50 == 7;
    hanging += i % 100 == 8 && i % 50 != 7;
  }
  const auto before = process_memory();
  const auto begin = std::chrono::steady_clock::now();
  MemoryLedger ledger(lab.work);
  SimulatedEngine engine(lab.boards);
  const std::size_t rounds = lab.drive(ledger, engine);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  RecordProperty("seconds", fmt::format("{:.3f}", took.count()));
  RecordProperty("rounds", static_cast<int>(rounds));
  RecordProperty("transitions", static_cast<int>(ledger.transitions));
  RecordProperty("memory_bytes", fmt::format("{} to {}", before.resident_bytes.value_or(0),
                                             process_memory().resident_bytes.value_or(0)));
  EXPECT_EQ(engine.overlaps, 0);
  EXPECT_EQ(count(ledger.kept, JobState::failed), 5 * (dead + hanging));
  EXPECT_EQ(count(ledger.kept, JobState::done), 5 * (1000 - dead - hanging));
  EXPECT_EQ(static_cast<std::size_t>(std::count_if(
                ledger.kept.boards.begin(), ledger.kept.boards.end(),
                [](const BoardStatus& board) { return board.state == BoardState::quarantined; })),
            dead);
  for (const auto& [job, times] : ledger.done_counts) EXPECT_EQ(times, 1) << job;
  EXPECT_LE(lab.boards.most_at_once, 200u);
  EXPECT_EQ(ledger.kept.boards[8].state, BoardState::available) << "it answers; only its runs hang";
}

}  // namespace
}  // namespace eb::lab
