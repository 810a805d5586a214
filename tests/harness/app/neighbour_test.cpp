#include "harness/app/neighbour.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <latch>

namespace eb {
namespace {

using ::testing::HasSubstr;

bool never() {
  return false;
}

TEST(NeighbourName, IsAWorkloadAndABackend) {
  const auto name = neighbour_from_text("speech/keyword-spotting@cpu");
  ASSERT_TRUE(name);
  EXPECT_EQ(name->workload, "speech/keyword-spotting");
  EXPECT_EQ(name->backend, "cpu");
  EXPECT_EQ(name->device, "");
  const auto second = neighbour_from_text("speech/a@npu:0:1");
  ASSERT_TRUE(second);
  EXPECT_EQ(second->backend, "npu");
  EXPECT_EQ(second->device, "0:1");
  for (const char* text : {"", "@", "speech/a", "@cpu", "speech/a@"})
    EXPECT_FALSE(neighbour_from_text(text)) << text;
}

TEST(NeighbourJob, RunsInTheSamePlaceWithoutFilesForLongerThanAnyWindow) {
  Job job;
  job.workload = "vision/a";
  job.threads = 3;
  job.models_folder = "/models";
  job.zoo_folder = "/zoo";
  job.audits = {"seed"};
  job.scenarios = {{.name = "offline", .raw_file = "raw/1.lat"}};
  const Job other = neighbour_job(job, {"speech/b", "vulkan", "1"}, "fp32");
  EXPECT_EQ(other.workload, "speech/b");
  EXPECT_EQ(other.backend, "vulkan");
  EXPECT_EQ(other.device, "1");
  EXPECT_EQ(other.threads, 3);
  EXPECT_EQ(other.models_folder, "/models");
  EXPECT_EQ(other.zoo_folder, "/zoo");
  EXPECT_TRUE(other.audits.empty());
  ASSERT_EQ(other.scenarios.size(), 1u);
  EXPECT_EQ(other.scenarios[0].name, "single-stream");
  EXPECT_EQ(other.scenarios[0].raw_file, "");
  EXPECT_GE(other.scenarios[0].rule.min_duration_ns, std::int64_t{24} * 3600 * 1'000'000'000);
}

TEST(Neighbour, RunsUntilItIsEnded) {
  bool was_stopped = false;
  {
    Neighbour neighbour({}, [&](const Job&, const auto& on_phase, const auto& is_stopped) {
      on_phase("open");
      on_phase("measure single-stream");
      while (!is_stopped()) std::this_thread::yield();
      was_stopped = true;
      return ChildOutcome{.was_interrupted = true};
    });
    EXPECT_TRUE(neighbour.wait_until_running(never));
    EXPECT_TRUE(neighbour.ended());
  }
  EXPECT_TRUE(was_stopped);
}

TEST(Neighbour, OneThatNeverRunsSaysWhy) {
  Neighbour neighbour({}, [](const Job&, const auto&, const auto&) {
    ChildOutcome outcome;
    outcome.status = RunStatus::crashed;
    outcome.reason = "signal 11";
    return outcome;
  });
  const auto begun = neighbour.wait_until_running(never);
  ASSERT_FALSE(begun);
  EXPECT_THAT(begun.error().message, HasSubstr("did not go on: signal 11"));
}

TEST(Neighbour, OneThatEndsWhileItIsNeededSaysWhy) {
  std::latch may_end(1);
  Neighbour neighbour({}, [&](const Job&, const auto& on_phase, const auto&) {
    on_phase("measure single-stream");
    may_end.wait();
    ChildOutcome outcome;
    outcome.records.push_back({});
    outcome.records.back().reason = "the device was lost";
    return outcome;
  });
  ASSERT_TRUE(neighbour.wait_until_running(never));
  may_end.count_down();
  while (neighbour.ended()) std::this_thread::yield();
  EXPECT_THAT(neighbour.ended().error().message, HasSubstr("the device was lost"));
}

TEST(Neighbour, WaitingCanBeGivenUp) {
  Neighbour neighbour({}, [](const Job&, const auto&, const auto& is_stopped) {
    while (!is_stopped()) std::this_thread::yield();
    return ChildOutcome{};
  });
  EXPECT_FALSE(neighbour.wait_until_running([] { return true; }));
}

}  // namespace
}  // namespace eb
