#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "results/bundle/bundle.h"

namespace eb {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

RunRecord record(const std::string& workload, const std::string& scenario) {
  RunRecord made;
  made.workload = workload;
  made.backend = "cpu";
  made.device = "0";
  made.precision = "fp32";
  made.scenario = scenario;
  made.tier = "quick";
  made.launches = 1;
  made.threads = 2;
  return made;
}

ReplayPlan plan_of(std::vector<RunRecord> records) {
  return replay_plan({.records = std::move(records)});
}

TEST(Replay, EachPartIsNamedOnce) {
  const auto plan = plan_of({record("vision/a", "single-stream"), record("vision/b", "single-stream"),
                             record("vision/a", "offline")});
  EXPECT_EQ(command_of(plan),
            "edgebench run --workloads vision/a,vision/b --backends cpu --device 0 --precisions fp32 "
            "--scenarios single-stream,offline --tier quick --launches 1 --threads 2");
  EXPECT_THAT(plan.not_repeated, IsEmpty());
}

TEST(Replay, TakesNothingThatIsNoPlainId) {
  for (const char* text : {"; rm -rf x", "$(x)", "`x`", "/etc/passwd", "../x", "-x", "--ep-library", "a b",
                           "a\nb", "a'b", "http://x/;y", "a\\b", "a,b", "\xc3\xa4", "a=b", "~x"}) {
    RunRecord hostile = record(text, text);
    hostile.backend = hostile.device = hostile.precision = text;
    hostile.tier = hostile.command = hostile.driver = text;
    const auto plan = plan_of({hostile});
    EXPECT_EQ(command_of(plan), "edgebench verify --threads 2") << text;
    EXPECT_THAT(plan.not_repeated, Contains(HasSubstr("no plain id")));
  }
}

TEST(Replay, NumbersAreBounded) {
  RunRecord hostile = record("vision/a", "paced");
  hostile.launches = 1'000'000;
  hostile.threads = -1;
  hostile.target_rate_qps = 1e300;
  EXPECT_THAT(command_of(plan_of({hostile})), ::testing::EndsWith("--scenarios paced --tier quick"));
}

TEST(Replay, LoadIsThatOfItsScenario) {
  RunRecord paced = record("vision/a", "paced");
  paced.target_rate_qps = 30;
  EXPECT_THAT(command_of(plan_of({paced})), HasSubstr("--scenarios paced --rate 30 --tier"));
  RunRecord server = record("vision/a", "server");
  server.target_rate_qps = 123.4;  // found, not asked for
  server.latency_target_ms = 20;
  EXPECT_THAT(command_of(plan_of({server})), HasSubstr("--scenarios server --latency-target 20 --tier"));
  EXPECT_THAT(plan_of({paced, server}).not_repeated, Contains(HasSubstr("rate of paced")));
}

TEST(Replay, SustainedWindowsAreLongOnes) {
  RunRecord hot = record("vision/a", "single-stream");
  hot.tier = "sustained";
  hot.window_s = 1800.2;
  EXPECT_THAT(command_of(plan_of({hot})),
              HasSubstr("--scenarios single-stream --launches 1 --sustained 1800s"));
}

TEST(Replay, SaysWhatCannotBeRepeated) {
  RunRecord user = record("user/1f0e2d3c4b5a6978", "single-stream");
  user.model_sha256 = std::string(64, 'a');
  RunRecord trial = record("vision/a", "single-stream");
  trial.tier = "trial";
  trial.launches = 2;
  trial.provider_options = "x=y";
  const auto plan = plan_of({user, user, trial});
  ASSERT_EQ(plan.user_models.size(), 1u);
  EXPECT_EQ(plan.user_models[0].sha256, user.model_sha256);
  EXPECT_THAT(plan.workloads, ElementsAre("vision/a"));
  EXPECT_THAT(plan.not_repeated, Contains(HasSubstr("launches, which differ")));
  EXPECT_THAT(plan.not_repeated, Contains(HasSubstr("time budget of a trial")));
  EXPECT_THAT(plan.not_repeated, Contains(HasSubstr("options of the execution provider")));
}

TEST(Replay, ARunWithoutWindowsIsVerified) {
  EXPECT_EQ(command_of(plan_of({record("vision/a", "")})),
            "edgebench verify --workloads vision/a --backends cpu --device 0 --precisions fp32 --threads 2");
}

}  // namespace
}  // namespace eb
