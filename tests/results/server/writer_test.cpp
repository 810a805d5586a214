#include "results/server/writer.h"

#include <gtest/gtest.h>

#include <latch>

#include "tests/results/server/board_test.h"

namespace eb::board::test {
namespace {

// Holds the thread of the writer up, so that what comes meanwhile waits together.
class Gate {
 public:
  explicit Gate(Writer& writer)
      : holder_([this, &writer] {
          (void)writer.change([this](Store&) -> Status {
            entered_.count_down();
            open_.wait();
            return Done{};
          });
        }) {
    entered_.wait();
  }
  void open() {
    open_.count_down();
    holder_.join();
  }

 private:
  std::latch entered_{1}, open_{1};
  std::thread holder_;
};

NewRun numbered(int i, const std::string& source = "upload") {
  return {.run = run_of({good_record(i)}), .received_at = "now", .source = source};
}

// Adds while the gate is closed; whether each was added, and the number of commits that it took.
std::vector<bool> add_together(Writer& writer, std::vector<NewRun> runs) {
  Gate gate(writer);
  std::vector<std::thread> threads;
  std::vector<char> ok(runs.size(), 0);
  for (std::size_t i = 0; i < runs.size(); ++i)
    threads.emplace_back([&, i] { ok[i] = writer.add(std::move(runs[i])) ? 1 : 0; });
  while (writer.queued() < runs.size()) std::this_thread::yield();
  gate.open();
  for (std::thread& thread : threads) thread.join();
  return {ok.begin(), ok.end()};
}

TEST(Writer, WhatWaitsTogetherIsOneCommit) {
  const auto memory = std::make_shared<Memory>();
  Writer writer(std::make_unique<MemoryStore>(memory));
  const auto ok = add_together(writer, {numbered(1), numbered(2), numbered(3), numbered(4)});
  EXPECT_EQ(ok, std::vector<bool>(4, true));
  EXPECT_EQ(memory->commits, 1);
  EXPECT_EQ(memory->runs.size(), 4U);
}

TEST(Writer, ACommitIsBounded) {
  const auto memory = std::make_shared<Memory>();
  Writer writer(std::make_unique<MemoryStore>(memory), {.most_in_commit = 2});
  EXPECT_EQ(add_together(writer, {numbered(1), numbered(2), numbered(3)}), std::vector<bool>(3, true));
  EXPECT_EQ(memory->commits, 2);
}

TEST(Writer, OneThatIsRefusedCostsTheOthersNothing) {
  const auto memory = std::make_shared<Memory>();
  memory->refused_source = "bad";
  Writer writer(std::make_unique<MemoryStore>(memory));
  EXPECT_EQ(add_together(writer, {numbered(1), numbered(2, "bad"), numbered(3)}),
            (std::vector<bool>{true, false, true}));
  EXPECT_EQ(memory->runs.size(), 2U);
}

TEST(Writer, RefusesMoreThanItCanHold) {
  const auto memory = std::make_shared<Memory>();
  Writer writer(std::make_unique<MemoryStore>(memory), {.most_queued = 0});
  const auto added = writer.add(numbered(1));
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().kind, ErrorKind::unavailable);
}

TEST(Writer, SaysWhatTheStoreSays) {
  const auto memory = std::make_shared<Memory>();
  Writer writer(std::make_unique<MemoryStore>(memory));
  EXPECT_FALSE(writer.add(numbered(1))->was_known);
  EXPECT_TRUE(writer.add(numbered(1))->was_known);
  memory->failure = "the disk is full";
  EXPECT_EQ(writer.add(numbered(2)).error().message, "the disk is full");
  EXPECT_EQ(writer.change([](Store&) -> Status { return Error{ErrorKind::io, "no"}; }).error().message, "no");
}

TEST(Writer, FinishesWhatIsQueuedWhenItEnds) {
  const auto memory = std::make_shared<Memory>();
  auto writer = std::make_unique<Writer>(std::make_unique<MemoryStore>(memory));
  Gate gate(*writer);
  std::thread uploader([&] { EXPECT_TRUE(writer->add(numbered(1))); });
  while (writer->queued() < 1) std::this_thread::yield();
  gate.open();
  uploader.join();
  writer.reset();
  EXPECT_EQ(memory->runs.size(), 1U);
}

}  // namespace
}  // namespace eb::board::test
