#include "harness/run/window_stamps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace eb {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// `held_up`: for how long the line may have waited to be read.
WindowStamps::Stamp at(milliseconds when, milliseconds held_up = {}) {
  return {std::chrono::steady_clock::time_point(when), held_up};
}

WindowStamps seen(milliseconds from, milliseconds to, milliseconds held_up = {}) {
  WindowStamps stamps;
  stamps.begin("single-stream", at(from));
  stamps.end("single-stream", at(to, held_up));
  return stamps;
}

RunRecord checked(const WindowStamps& stamps, std::optional<double> window_s) {
  RunRecord record;
  record.scenario = "single-stream";
  record.window_s = window_s;
  record.queries = record.samples = 7;
  record.raw_files = {"raw/a.lat"};
  stamps.check(record);
  return record;
}

TEST(WindowStamps, TellsWindowsThatBeganAndEnded) {
  WindowStamps stamps = seen(milliseconds(5000), milliseconds(15'000));
  stamps.begin("offline", at(milliseconds(20'000)));
  stamps.end("paced", at(milliseconds(30'000)));
  const auto windows = stamps.windows();
  ASSERT_EQ(windows.size(), 1u);
  EXPECT_EQ(windows.at("single-stream").start_ns, 5'000'000'000);
  EXPECT_EQ(windows.at("single-stream").end_ns, 15'000'000'000);
}

TEST(WindowStamps, AgreeWithinAHundredth) {
  const auto ten_seconds = seen(milliseconds(5000), milliseconds(15'000));
  for (const double window_s : {9.91, 10.0, 10.09}) {
    const RunRecord record = checked(ten_seconds, window_s);
    EXPECT_EQ(record.status, RunStatus::ok) << record.reason;
    EXPECT_EQ(record.queries, 7);
    EXPECT_THAT(record.unranked_reasons, IsEmpty());
  }
}

TEST(WindowStamps, MoreThanAHundredthApartIsRejectedWithBothLengthsAndWithoutNumbers) {
  const auto ten_seconds = seen(milliseconds(0), milliseconds(10'000));
  for (const double window_s : {9.89, 10.11, 0.0, -10.0, 1e300, std::numeric_limits<double>::quiet_NaN()})
    EXPECT_EQ(checked(ten_seconds, window_s).status, RunStatus::rejected) << window_s;
  const RunRecord record = checked(ten_seconds, 5);
  EXPECT_EQ(record.reason, "the process reports a window of 5 s, but it was 10 s by edgebench's own clock");
  EXPECT_FALSE(record.queries || record.samples || record.window_s);
  EXPECT_THAT(record.raw_files, IsEmpty());
}

TEST(WindowStamps, InAShortWindowTheSchedulerIsForgiven) {
  const auto short_window = seen(milliseconds(0), milliseconds(240));
  EXPECT_EQ(checked(short_window, 0.2).status, RunStatus::ok);
  EXPECT_THAT(checked(short_window, 0.2).unranked_reasons, IsEmpty());
  EXPECT_EQ(checked(short_window, 0.8).status, RunStatus::rejected);
}

TEST(WindowStamps, WhatAHypervisorMayHaveTakenRejectsNobodyAndRanksNobody) {
  const RunRecord record = checked(seen(milliseconds(0), milliseconds(700)), 0.3);
  EXPECT_EQ(record.status, RunStatus::ok) << record.reason;
  EXPECT_EQ(record.queries, 7);
  EXPECT_THAT(record.unranked_reasons, ElementsAre(HasSubstr("edgebench saw one of 0.7 s")));
}

TEST(WindowStamps, AWindowThatNobodySawIsRejected) {
  WindowStamps stamps;
  EXPECT_THAT(checked(stamps, 10).reason, HasSubstr("did not say when it began and ended"));
  stamps.end("single-stream", at(milliseconds(10'000)));
  EXPECT_EQ(checked(stamps, 10).status, RunStatus::rejected) << "it never began";
  stamps.begin("single-stream", at(milliseconds(0)));
  EXPECT_EQ(checked(stamps, 10).status, RunStatus::rejected) << "an end before its begin is none";
  stamps.begin("offline", at(milliseconds(0)));
  stamps.end("offline", at(milliseconds(10'000)));
  EXPECT_EQ(checked(stamps, 10).status, RunStatus::rejected) << "another scenario's";
}

TEST(WindowStamps, OnlyTheFirstOfEachCounts) {
  WindowStamps stamps = seen(milliseconds(0), milliseconds(10'000));
  stamps.begin("single-stream", at(milliseconds(9000)));
  stamps.end("single-stream", at(milliseconds(99'000)));
  EXPECT_EQ(checked(stamps, 10).status, RunStatus::ok);
}

TEST(WindowStamps, AWindowThatHasNotEndedMayBeginAgain) {
  WindowStamps stamps;
  stamps.begin("server", at(milliseconds(0)));
  stamps.begin("server", at(milliseconds(7000)));
  stamps.end("server", at(milliseconds(17'000)));
  RunRecord record;
  record.scenario = "server";
  record.window_s = 10;
  stamps.check(record);
  EXPECT_EQ(record.status, RunStatus::ok) << record.reason;
}

TEST(WindowStamps, WhoWasHeldUpHimselfRejectsNobodyAndRanksNobody) {
  const auto late = seen(milliseconds(0), milliseconds(14'000), milliseconds(4000));
  const RunRecord record = checked(late, 10);
  EXPECT_EQ(record.status, RunStatus::ok) << record.reason;
  EXPECT_THAT(record.unranked_reasons, ElementsAre(HasSubstr("edgebench itself was held up for 4 s")));
  EXPECT_EQ(checked(late, 9).status, RunStatus::rejected) << "that is more than the delay explains";
}

TEST(WindowStamps, WithoutAWindowThereIsNothingToCheck) {
  EXPECT_EQ(checked(WindowStamps(), std::nullopt).status, RunStatus::ok);
  RunRecord wrong;
  wrong.status = RunStatus::wrong;
  wrong.window_s = 1;
  WindowStamps().check(wrong);
  EXPECT_EQ(wrong.status, RunStatus::wrong) << "what failed before keeps its reason";
}

}  // namespace
}  // namespace eb
