#include "harness/run/memory_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace eb {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Texts = std::vector<std::string>;

RunRecord record_of(std::int64_t queries) {
  RunRecord record;
  record.scenario = "single-stream";
  record.queries = record.samples = queries;
  record.window_s = 1;
  return record;
}

// A window of eleven looks at a memory of 200 MB, each with so much more than the last one.
Texts warnings(RunRecord record, std::uint64_t bytes_a_look, const std::string& scenario = "single-stream") {
  MemoryWatch watch;
  watch.begin(scenario);
  for (std::uint64_t i = 0; i <= 10; ++i) watch.look({}, 200'000'000 + i * bytes_a_look);
  watch.end();
  watch.judge(record);
  return record.warnings;
}

TEST(MemoryWatch, WarnsWhenEveryRunCosts) {
  EXPECT_THAT(warnings(record_of(50), 1'000'000), ElementsAre("memory grew by 10 MB in 50 runs (a leak?)"));
  EXPECT_THAT(warnings(record_of(1000), 1'000'000), IsEmpty()) << "10 kB a run";
  EXPECT_THAT(warnings(record_of(5), 100'000), IsEmpty()) << "1 MB is an allocator's";
}

TEST(MemoryWatch, WarnsWhenItIsMuchAllTheSame) {
  EXPECT_THAT(warnings(record_of(100'000), 4'000'000),
              ElementsAre("memory grew by 40 MB in 100000 runs (a leak?)"));
}

TEST(MemoryWatch, TheRunsOfABlockAreItsBatches) {
  RunRecord block = record_of(1);
  block.samples = 8000;
  block.batch = 8;
  EXPECT_THAT(warnings(block, 4'000'000), ElementsAre("memory grew by 40 MB in 1000 runs (a leak?)"));
}

TEST(MemoryWatch, AStepIsNoLeak) {
  MemoryWatch watch;
  watch.begin("single-stream");
  for (int i = 0; i <= 10; ++i) watch.look({}, i < 5 ? 100'000'000 : 300'000'000);
  RunRecord record = record_of(10);
  watch.judge(record);
  EXPECT_THAT(record.warnings, IsEmpty());
}

TEST(MemoryWatch, IsSilentOfWhatItDidNotSee) {
  EXPECT_THAT(warnings(record_of(50), 1'000'000, "offline"), IsEmpty());
  RunRecord failed = record_of(50);
  failed.status = RunStatus::rejected;
  EXPECT_THAT(warnings(failed, 1'000'000), IsEmpty());
  EXPECT_THAT(warnings(record_of(0), 1'000'000), IsEmpty());
  MemoryWatch blind;
  blind.begin("single-stream");
  for (int i = 0; i < 10; ++i) blind.look({}, std::nullopt);
  RunRecord record = record_of(50);
  blind.judge(record);
  EXPECT_THAT(record.warnings, IsEmpty()) << "the system does not tell";
}

TEST(MemoryWatch, LooksTenTimesASecondWithinAWindow) {
  const MemoryWatch::Time start{std::chrono::hours(1)};
  MemoryWatch watch;
  EXPECT_FALSE(watch.is_due(start));
  watch.begin("single-stream");
  EXPECT_TRUE(watch.is_due(start));
  watch.look(start, 1);
  EXPECT_FALSE(watch.is_due(start + milliseconds(99)));
  EXPECT_TRUE(watch.is_due(start + milliseconds(100)));
  watch.end();
  EXPECT_FALSE(watch.is_due(start + milliseconds(200)));
}

}  // namespace
}  // namespace eb
