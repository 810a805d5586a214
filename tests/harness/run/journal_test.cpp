#include "harness/run/journal.h"

#include <gtest/gtest.h>

#include "tests/support/tree.h"

namespace eb {
namespace {

using test::problem;
using test::Tree;
using Json = nlohmann::ordered_json;

RunRecord record_of(std::string workload) {
  RunRecord record;
  record.workload = std::move(workload);
  record.latency_p50_ms = 1.5;
  return record;
}

// A journal of two records, as text.
std::string journal_text(const Tree& tree) {
  auto journal = Journal::create(tree / "full.jsonl", {{"cpu", "Example"}});
  EXPECT_EQ(problem(journal), "");
  EXPECT_EQ(problem(journal->append(record_of("vision/a"))), "");
  EXPECT_EQ(problem(journal->append(record_of("vision/b"))), "");
  return tree.read("full.jsonl");
}

TEST(Journal, IsReadBackAsItWasWritten) {
  const Tree tree;
  journal_text(tree);
  const auto run = read_journal(tree / "full.jsonl");
  ASSERT_TRUE(run) << run.error().message;
  EXPECT_EQ(run->context["cpu"], "Example");
  ASSERT_EQ(run->records.size(), 2u);
  EXPECT_EQ(run->records[1].workload, "vision/b");
  EXPECT_EQ(run->records[1].latency_p50_ms, 1.5);
}

TEST(Journal, EveryRecordIsInTheFileAsSoonAsItIsTold) {
  const Tree tree;
  auto journal = Journal::create(tree / "j.jsonl", Json::object());
  ASSERT_TRUE(journal);
  EXPECT_EQ(read_journal(tree / "j.jsonl")->records.size(), 0u);
  ASSERT_TRUE(journal->append(record_of("vision/a")));
  EXPECT_EQ(read_journal(tree / "j.jsonl")->records.size(), 1u) << "it is still open for writing";
  ASSERT_TRUE(journal->append(record_of("vision/b")));
  EXPECT_EQ(read_journal(tree / "j.jsonl")->records.size(), 2u);
}

TEST(Journal, CutAnywhereItKeepsItsFinishedRecords) {
  const Tree tree;
  const std::string text = journal_text(tree);
  const std::size_t head = text.find('\n') + 1;
  const std::size_t first = text.find('\n', head) + 1;
  for (std::size_t n = 0; n <= text.size(); ++n) {
    const auto run = read_journal(tree.write("cut.jsonl", text.substr(0, n)));
    if (n < head) {
      ASSERT_FALSE(run) << n;
      ASSERT_NE(run.error().message.find("is not a journal of edgebench"), std::string::npos);
      continue;
    }
    ASSERT_TRUE(run) << n << ": " << run.error().message;
    ASSERT_EQ(run->records.size(), n < first ? 0u : (n < text.size() ? 1u : 2u)) << n;
  }
}

TEST(Journal, ADamagedLineInTheMiddleCostsOnlyItself) {
  const Tree tree;
  std::string text = journal_text(tree);
  text.insert(text.find('\n') + 1, "{\"rec\xff\n\n[]\n{\"note\":1}\n");
  const auto run = read_journal(tree.write("j.jsonl", text));
  ASSERT_TRUE(run) << run.error().message;
  EXPECT_EQ(run->records.size(), 2u);
}

TEST(Journal, WhatIsNoJournalIsRefusedByName) {
  const Tree tree;
  for (const char* text :
       {"", "\n", "text\n", "{}\n", "[]\n", "{\"schema\":\"edgebench.journal/2\",\"context\":{}}\n",
        "{\"schema\":\"edgebench.journal/1\"}\n", "{\"schema\":\"edgebench.journal/1\",\"context\":[]}\n",
        "{\"schema\":3,\"context\":{}}\n", "{\"record\":{\"workload\":\"w\",\"status\":\"ok\"}}\n"}) {
    const auto run = read_journal(tree.write("j.jsonl", text));
    ASSERT_FALSE(run) << text;
    EXPECT_EQ(run.error().kind, ErrorKind::invalid);
    EXPECT_NE(run.error().message.find("j.jsonl is not a journal of edgebench"), std::string::npos)
        << run.error().message;
  }
  EXPECT_EQ(read_journal(tree / "missing.jsonl").error().kind, ErrorKind::not_found);
}

TEST(Journal, DeepNestingIsRefused) {
  const Tree tree;
  const std::string nested = std::string(300'000, '[') + std::string(300'000, ']');
  EXPECT_FALSE(read_journal(
      tree.write("j.jsonl", "{\"schema\":\"edgebench.journal/1\",\"context\":{\"a\":" + nested + "}}\n")));
}

TEST(Journal, AFullDiskIsAnErrorThatSaysSo) {
  const auto journal = Journal::create("/dev/full", {});
  ASSERT_FALSE(journal);
  EXPECT_EQ(journal.error().kind, ErrorKind::io);
  EXPECT_NE(journal.error().message.find("cannot write /dev/full: No space left"), std::string::npos)
      << journal.error().message;
}

TEST(Journal, AFolderThatIsNotThereIsAnError) {
  const Tree tree;
  const auto journal = Journal::create(tree / "no/journal.jsonl", {});
  ASSERT_FALSE(journal);
  EXPECT_NE(journal.error().message.find("no/journal.jsonl"), std::string::npos);
}

TEST(Journal, TakesAnyTextOfADriver) {
  const Tree tree;
  auto journal = Journal::create(tree / "j.jsonl", {{"cpu", "bad \xff utf8"}});
  ASSERT_TRUE(journal);
  RunRecord record = record_of("vision/a");
  record.reason = "line\nline \xc3";
  ASSERT_TRUE(journal->append(record));
  const auto run = read_journal(tree / "j.jsonl");
  ASSERT_TRUE(run) << run.error().message;
  EXPECT_TRUE(run->records[0].reason.starts_with("line\nline "));
}

TEST(ReadRun, TakesAFolderARunOrAJournal) {
  const Tree tree;
  journal_text(tree);
  eb::Run run;
  run.context["cpu"] = "From run.json";
  tree.write("run/run.json", to_json(run).dump());
  tree.write("run/journal.jsonl", tree.read("full.jsonl"));
  EXPECT_EQ(read_run(tree / "run")->context["cpu"], "From run.json");
  EXPECT_EQ(read_run(tree / "run/run.json")->context["cpu"], "From run.json");
  EXPECT_EQ(read_run(tree / "run/journal.jsonl")->context["cpu"], "Example");
  EXPECT_FALSE(read_run(tree / "run")->context.contains("interrupted"));
}

TEST(ReadRun, BringsTheLayersBesideItUnlessTheyAreDamaged) {
  const Tree tree;
  tree.write("run/run.json", R"({"schema":"edgebench.run/1","context":{},"records":[]})");
  EXPECT_TRUE(read_run(tree / "run")->layers.empty());
  tree.write("run/layers.json",
             R"({"schema":"edgebench.layers/1","cells":[{"workload":"a","backend":"cpu","device":"0",)"
             R"("precision":"fp32","runs":3,"run_us":7,"layers":[]}]})");
  for (const char* path : {"run", "run/run.json"}) {
    const auto run = read_run(tree / path);
    ASSERT_EQ(problem(run), "");
    ASSERT_EQ(run->layers.size(), 1u) << path;
    EXPECT_EQ(run->layers[0].times.run_us, 7);
  }
  tree.write("run/layers.json", "{");
  const auto damaged = read_run(tree / "run");
  ASSERT_EQ(problem(damaged), "") << "the records are still there";
  EXPECT_TRUE(damaged->layers.empty());
}

TEST(ReadRun, AKilledRunIsReadFromItsJournalAndSaysSo) {
  const Tree tree;
  tree.write("run/journal.jsonl", journal_text(tree) + "{\"record\":{\"workload\":\"half a re");
  const auto run = read_run(tree / "run");
  ASSERT_TRUE(run) << run.error().message;
  EXPECT_EQ(run->records.size(), 2u);
  EXPECT_EQ(run->context["interrupted"], true);
}

TEST(ReadRun, SaysWhatIsNotThere) {
  const Tree tree;
  std::filesystem::create_directory(tree / "empty");
  EXPECT_NE(problem(read_run(tree / "empty")).find("journal.jsonl does not exist"), std::string::npos);
  EXPECT_NE(problem(read_run(tree / "nowhere")).find("nowhere does not exist"), std::string::npos);
  EXPECT_NE(problem(read_run(tree.write("x.json", "no json"))).find("x.json is not a run"),
            std::string::npos);
}

}  // namespace
}  // namespace eb
