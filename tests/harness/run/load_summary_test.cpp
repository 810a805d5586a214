#include "harness/run/load_summary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace eb {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

RunRecord server() {
  RunRecord record;
  record.queries = 3000;
  record.window_s = 10;
  record.target_rate_qps = 290;
  record.latency_target_ms = 20;
  record.latency_p50_bound_ms = 2;
  record.latency_p90_bound_ms = 8;
  record.latency_p95_bound_ms = 12;
  record.latency_p99_bound_ms = 19;
  return record;
}

RunRecord judged(RunRecord record) {
  add_load({{record, {}}}, record);
  return record;
}

TEST(AddLoad, WhatWasDoneIsOfAllLaunches) {
  RunRecord one = server(), other = server(), all = server();
  one.achieved_rate_qps = 1;
  one.wake_lag_p50_us = 5;
  one.wake_lag_p99_us = 70;
  other.wake_lag_p50_us = 9;
  other.wake_lag_p99_us = 60;
  add_load({{one, {}}, {other, {}}}, all);
  EXPECT_EQ(all.achieved_rate_qps, 300);
  EXPECT_EQ(all.wake_lag_p50_us, 9) << "the worst";
  EXPECT_EQ(all.wake_lag_p99_us, 70);
}

TEST(AddLoad, ATargetIsHeldByTheBound) {
  const RunRecord held = judged(server());
  EXPECT_EQ(held.latency_held_percent, 99);
  EXPECT_THAT(held.unranked_reasons, IsEmpty());
  RunRecord record = server();
  record.latency_p99_bound_ms = 20.5;
  record = judged(record);
  EXPECT_EQ(record.latency_held_percent, 95);
  EXPECT_THAT(record.unranked_reasons,
              ElementsAre("p99 <= 20 ms is not shown to be held: at 99 % confidence it is at most 20.5 ms"));
  record = server();
  record.latency_target_ms = 1;
  EXPECT_FALSE(judged(record).latency_held_percent) << "not even the median";
}

TEST(AddLoad, TooFewQueriesShowNothing) {
  RunRecord record = server();
  record.queries = 50;
  record.latency_p99_bound_ms.reset();
  record.latency_p95_bound_ms.reset();
  record.latency_p90_bound_ms.reset();
  record = judged(record);
  EXPECT_EQ(record.latency_held_percent, 50);
  EXPECT_THAT(record.unranked_reasons, ElementsAre(HasSubstr("50 queries are too few")));
}

TEST(AddLoad, WithoutARateThereIsNothingToSay) {
  RunRecord record = server();
  record.target_rate_qps.reset();
  EXPECT_FALSE(judged(record).achieved_rate_qps);
  record = server();
  record.latency_target_ms.reset();
  EXPECT_FALSE(judged(record).latency_held_percent);
  EXPECT_THAT(judged(record).unranked_reasons, IsEmpty());
  record = server();
  record.window_s = 0;
  EXPECT_FALSE(judged(record).achieved_rate_qps);
}

}  // namespace
}  // namespace eb
