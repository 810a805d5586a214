#include "results/server/reproduced.h"

#include "tests/results/server/board_test.h"

namespace eb::board::test {
namespace {

using ReproducedTest = BoardTest;

eb::Run with_latency(double ms) {
  return run_of({good_record(ms)}, std::to_string(ms));
}

TEST(Repeats, IntervalsMustOverlapInEveryCommonCell) {
  EXPECT_TRUE(repeats(with_latency(2.50), with_latency(2.55)));
  EXPECT_FALSE(repeats(with_latency(2.5), with_latency(3)));
  eb::Run two = with_latency(2.5), other = with_latency(2.5);
  auto offline = good_record(9), slower = good_record(12);
  offline.scenario = slower.scenario = "offline";
  two.records.push_back(offline);
  EXPECT_TRUE(repeats(two, other));
  other.records.push_back(slower);
  EXPECT_FALSE(repeats(two, other));
}

TEST(Repeats, AnotherCellIsNoRepetition) {
  for (std::string RunRecord::*member :
       {&RunRecord::workload, &RunRecord::model_sha256, &RunRecord::precision, &RunRecord::backend,
        &RunRecord::device_name, &RunRecord::scenario, &RunRecord::tier}) {
    eb::Run other = with_latency(2.5);
    other.records[0].*member = "other";
    EXPECT_FALSE(repeats(with_latency(2.5), other));
  }
  eb::Run threads = with_latency(2.5);
  threads.records[0].threads = 8;
  EXPECT_FALSE(repeats(with_latency(2.5), threads));
}

TEST(Repeats, WithoutIntervalsNothingIsSaid) {
  eb::Run one = with_latency(2.5);
  one.records[0].latency_mean_low_ms.reset();
  EXPECT_FALSE(repeats(one, with_latency(2.5)));
  one.records[0].throughput_low_sps = 390;
  one.records[0].throughput_high_sps = 410;
  eb::Run other = one;
  EXPECT_TRUE(repeats(one, other));
  other.records[0].status = RunStatus::fallback;
  EXPECT_FALSE(repeats(one, other));
}

TEST_F(ReproducedTest, AnotherKeysUploadRaisesBoth) {
  bundles_["run 1"] = {.key_id = "aa", .run = with_latency(2.50)};
  bundles_["run 2"] = {.key_id = "bb", .run = with_latency(2.51)};
  const auto token = this->token("upload");
  EXPECT_EQ(json(ask(upload_of("run 1", token)))["trust"], "unverified");
  const auto second = json(ask(upload_of("run 2", token)));
  EXPECT_EQ(second["trust"], "reproduced");
  for (const StoredRun& run : memory_->runs) EXPECT_EQ(run.trust, Trust::reproduced);
  EXPECT_EQ(json(ask(upload_of("run 1", token)))["trust"], "reproduced");
}

TEST_F(ReproducedTest, TheSameKeyProvesNothing) {
  bundles_["run 1"] = {.key_id = "aa", .run = with_latency(2.50)};
  bundles_["run 2"] = {.key_id = "aa", .run = with_latency(2.51)};
  const auto token = this->token("upload");
  ask(upload_of("run 1", token));
  EXPECT_EQ(json(ask(upload_of("run 2", token)))["trust"], "unverified");
}

TEST_F(ReproducedTest, AnImportRaisesNothingAndAnAuditStays) {
  store(with_latency(2.50), "");
  bundles_["run 2"] = {.key_id = "bb", .run = with_latency(2.51)};
  bundles_["run 3"] = {.key_id = "cc", .run = with_latency(2.52)};
  const auto token = this->token("upload");
  const auto second = json(ask(upload_of("run 2", token)));
  EXPECT_EQ(second["trust"], "unverified");
  EXPECT_TRUE(*MemoryStore(memory_).set_trust(second["id"].get<std::string>(), Trust::audited));
  EXPECT_EQ(json(ask(upload_of("run 3", token)))["trust"], "reproduced");
  EXPECT_EQ(memory_->runs[1].trust, Trust::audited);
}

}  // namespace
}  // namespace eb::board::test
