#include "harness/lab/ledger.h"

#include <gtest/gtest.h>

#include "results/store/database.h"
#include "tests/harness/lab/simulated_lab.h"
#include "tests/support/tree.h"

namespace eb::lab {
namespace {

using eb::test::Tree;
using test::Lab;

std::string some_time() {
  return "2026-12-01T00:00:00Z";
}

std::unique_ptr<FileLedger> opened(const Tree& tree, const Lab& lab) {
  auto ledger = open_ledger(tree / "lab.db", lab.work, some_time);
  EXPECT_TRUE(ledger) << ledger.error().message;
  return ledger ? *std::move(ledger) : nullptr;
}

std::string said(const Tree& tree, const Lab& lab) {
  const auto ledger = open_ledger(tree / "lab.db", lab.work, some_time);
  return ledger ? "" : ledger.error().message;
}

Rows rows_of(const Tree& tree, const std::string& sql) {
  const auto database = open_sqlite(tree / "lab.db", StoreUse::read, 1000);
  EXPECT_TRUE(database);
  const auto rows = (*database)->query({.text = sql, .values = {}});
  EXPECT_TRUE(rows) << rows.error().message;
  return *rows;
}

TEST(LabLedger, ANewOneHasAllQueuedAndAvailable) {
  const Tree tree;
  const Lab lab(2, 3);
  const auto ledger = opened(tree, lab);
  ASSERT_TRUE(ledger);
  ASSERT_EQ(ledger->standing().jobs.size(), 6u);
  ASSERT_EQ(ledger->standing().boards.size(), 2u);
  EXPECT_EQ(ledger->standing().jobs[5].state, JobState::queued);
  EXPECT_EQ(ledger->standing().boards[1].state, BoardState::available);
}

TEST(LabLedger, WhatIsWrittenIsThereForTheNextDriver) {
  const Tree tree;
  const Lab lab(2, 1);
  {
    const auto ledger = opened(tree, lab);
    Standing standing = ledger->standing();
    standing.jobs[1] = {.state = JobState::done,
                        .attempt = 3,
                        .failures = 2,
                        .reason = "it's \"so\"; DROP TABLE jobs",
                        .run_sha256 = std::string(64, 'a'),
                        .records = 13,
                        .records_ok = 12};
    standing.boards[0] = {BoardState::quarantined, 3, "no route to host"};
    const Change changes[] = {{Change::Of::job, 1}, {Change::Of::board, 0}};
    ASSERT_TRUE(ledger->write(changes, standing.jobs, standing.boards));
  }
  const auto ledger = opened(tree, lab);
  const JobStatus& job = ledger->standing().jobs[1];
  EXPECT_EQ(job.state, JobState::done);
  EXPECT_EQ(job.attempt, 3);
  EXPECT_EQ(job.failures, 2);
  EXPECT_EQ(job.reason, "it's \"so\"; DROP TABLE jobs");
  EXPECT_EQ(job.run_sha256, std::string(64, 'a'));
  EXPECT_EQ(job.records, 13);
  EXPECT_EQ(job.records_ok, 12);
  EXPECT_EQ(ledger->standing().jobs[0].state, JobState::queued);
  EXPECT_EQ(ledger->standing().boards[0].state, BoardState::quarantined);
  EXPECT_EQ(ledger->standing().boards[0].failures, 3);
  EXPECT_EQ(ledger->standing().boards[0].reason, "no route to host");
}

TEST(LabLedger, ItsHistoryHasEveryTransitionWithItsTime) {
  const Tree tree;
  Lab lab(1, 2);
  {
    const auto ledger = opened(tree, lab);
    test::SimulatedEngine engine(lab.boards);
    Scheduler scheduler(lab.work, ledger->standing(), engine, lab.verify(), *ledger, lab.clock);
    while (!scheduler.is_finished()) {
      const auto changed = scheduler.tick();
      ASSERT_TRUE(changed) << changed.error().message;
      if (!*changed) lab.clock.advance(test::kSecond);
    }
  }
  const Rows done =
      rows_of(tree, "SELECT at, job, attempt, board FROM history WHERE state = 'done' ORDER BY id");
  ASSERT_EQ(done.size(), 2u);
  EXPECT_EQ(done[1], (std::vector<std::string>{some_time(), "j/b0/2", "1", "b0"}));
  EXPECT_EQ(rows_of(tree, "SELECT count(*) FROM history")[0][0], "16") << "6 of each job, and its board's 2";
}

TEST(LabLedger, ASecondDriverIsRefused) {
  const Tree tree;
  const Lab lab(1, 1);
  const auto ledger = opened(tree, lab);
  const std::string text = said(tree, lab);
  EXPECT_NE(text.find("name another --out"), std::string::npos) << text;
  EXPECT_NE(text.find("at work"), std::string::npos) << text;
}

TEST(LabLedger, AnotherPlanIsRefusedAndAnotherAddressIsNot) {
  const Tree tree;
  Lab lab(2, 1);
  opened(tree, lab);
  Lab moved(2, 1);
  moved.work.inventory.boards[0].address = Address{.user = "me", .host = "elsewhere"};
  moved.work.plan.jobs[0].retries = 7;
  EXPECT_EQ(said(tree, moved), "");
  const Lab more(2, 2);
  EXPECT_NE(said(tree, more).find("it belongs to another plan, or to other boards; name another --out"),
            std::string::npos);
  Lab other(2, 1);
  other.work.plan.jobs[0].arguments = {"--tier=official"};
  EXPECT_NE(said(tree, other).find("another plan"), std::string::npos);
  EXPECT_EQ(said(tree, lab), "") << "nothing was changed by those";
}

TEST(LabLedger, AStoreIsNoLedgerAndALedgerIsNoStore) {
  const Tree tree;
  const Lab lab(1, 1);
  ASSERT_TRUE(open_store((tree / "lab.db").string(), StoreUse::write));
  EXPECT_NE(said(tree, lab).find("not the ledger of a lab"), std::string::npos) << said(tree, lab);
  const Tree other;
  opened(other, lab);
  EXPECT_FALSE(open_store((other / "lab.db").string(), StoreUse::write));
  EXPECT_EQ(said(other, lab), "");
}

TEST(LabLedger, WhatIsNoDatabaseIsRefused) {
  const Tree tree;
  const Lab lab(1, 1);
  tree.write("lab.db", std::string(5000, 'x'));
  EXPECT_NE(said(tree, lab).find("lab.db"), std::string::npos);
  EXPECT_EQ(tree.read("lab.db"), std::string(5000, 'x'));
}

TEST(LabLedger, AStateThatNobodyKnowsIsRefused) {
  const Tree tree;
  const Lab lab(1, 1);
  opened(tree, lab);
  {
    const auto database = open_sqlite(tree / "lab.db", StoreUse::write, 1000);
    ASSERT_TRUE((*database)->script("UPDATE jobs SET state = 'splendid'"));
  }
  EXPECT_NE(said(tree, lab).find("a job in it is not one of this edgebench"), std::string::npos);
}

}  // namespace
}  // namespace eb::lab
