#include "harness/lab/plan.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace eb::lab {
namespace {

using testing::ElementsAre;

Inventory lab_of_three() {
  Inventory inventory;
  inventory.boards.resize(3);
  for (std::size_t i = 0; i < 3; ++i) {
    inventory.boards[i].id = fmt::format("b{}", i + 1);
    inventory.boards[i].board_class = i < 2 ? "pi5" : "orin";
    inventory.boards[i].tags =
        i == 1 ? std::vector<std::string>{"fan"} : std::vector<std::string>{"fan", "gpu"};
  }
  return inventory;
}

Result<Plan> plan_of(std::string_view jobs) {
  return plan_from_json(fmt::format(R"({{"schema":"edgebench.lab-plan/1","jobs":[{}]}})", jobs), "plan.json");
}

std::string said(std::string_view jobs) {
  const auto plan = plan_of(jobs);
  return plan ? "" : plan.error().message;
}

std::vector<std::string> ids_of(std::string_view jobs) {
  const auto plan = plan_of(jobs);
  EXPECT_TRUE(plan) << plan.error().message;
  if (!plan) return {};
  const auto all = jobs_of(*plan, lab_of_three());
  EXPECT_TRUE(all) << all.error().message;
  std::vector<std::string> ids;
  if (all)
    for (const Job& job : *all) ids.push_back(job.id);
  return ids;
}

TEST(LabPlan, TurnsOptionsIntoArgumentsOfRun) {
  const auto plan =
      plan_of(R"({"id":"a","run":{"workloads":["vision","speech/voice-activity"],"backends":["cpu"],
      "tier":"quick","threads":4,"launches":2,"time_budget_s":480,"sustained_s":60,"rate_qps":30.5,
      "latency_target_ms":20,"streams":3,"dims":{"batch":1},"strict":true,"devices":["gpu0"],"precisions":["fp32"],
      "scenarios":["paced"],"audits":["seed"],"formats":["csv"],"beside":"speech/keyword-spotting@cpu"},
      "repeats":3,"retries":0,"retry_wait_s":0.5,"time_limit_s":900})");
  ASSERT_TRUE(plan) << plan.error().message;
  const PlannedJob& job = plan->jobs[0];
  EXPECT_THAT(job.arguments,
              ElementsAre("--workloads=vision,speech/voice-activity", "--backends=cpu", "--device=gpu0",
                          "--precisions=fp32", "--scenarios=paced", "--audits=seed", "--format=csv",
                          "--tier=quick", "--beside=speech/keyword-spotting@cpu", "--threads=4",
                          "--launches=2", "--streams=3", "--time-budget=480s", "--sustained=60s",
                          "--rate=30.5", "--latency-target=20", "--dim=batch=1", "--strict"));
  EXPECT_THAT(job.workloads, ElementsAre("vision", "speech/voice-activity"));
  EXPECT_EQ(job.repeats, 3);
  EXPECT_EQ(job.retries, 0);
  EXPECT_EQ(job.retry_wait_s, 0.5);
  EXPECT_EQ(job.time_limit_s, 900);
}

TEST(LabPlan, WhatIsLeftOutHasItsDefault) {
  const auto plan = plan_of(R"({"id":"a","run":{"strict":false}})");
  ASSERT_TRUE(plan);
  EXPECT_TRUE(plan->jobs[0].arguments.empty());
  EXPECT_EQ(plan->jobs[0].repeats, 1);
  EXPECT_EQ(plan->jobs[0].retries, 2);
  EXPECT_EQ(plan->boards_at_once, 16);
  EXPECT_EQ(plan->board_failures, 3);
  EXPECT_EQ(plan->board_wait_s, 30);
}

TEST(LabPlan, RefusesWhatItDoesNotKnowAndSaysWhere) {
  EXPECT_EQ(said(R"({"id":"a","run":{},"board":{}})"),
            "plan.json: jobs[0] (a): there is no member 'board'; known: boards, id, repeats, retries, "
            "retry_wait_s, "
            "run, time_limit_s");
  EXPECT_TRUE(said(R"({"id":"a","run":{"cmd":"rm"}})")
                  .starts_with("plan.json: jobs[0] (a).run: there is no member 'cmd'"));
  EXPECT_EQ(said(R"({"id":"a"})"),
            "plan.json: jobs[0] (a): the member 'run' is missing: Options of edgebench run.");
  EXPECT_EQ(said(R"({"id":"a","run":{}},{"id":"a","run":{}})"), "plan.json: two jobs have the id a");
  EXPECT_NE(said(R"({"id":"a","run":{},"repeats":0})"), "");
  EXPECT_NE(said(R"({"id":"a","run":{},"repeats":1.5})"), "");
}

TEST(LabPlan, RefusesAValueThatCouldBeAnotherOption) {
  for (const char* value : {"-x", "--out=/", "a,b", "a b", "a=b", "", "$(x)", "a;b", "a\\nb"}) {
    EXPECT_NE(said(fmt::format(R"({{"id":"a","run":{{"workloads":["{}"]}}}})", value)), "") << value;
    EXPECT_NE(said(fmt::format(R"({{"id":"a","run":{{"tier":"{}"}}}})", value)), "") << value;
  }
  for (const char* name : {"", "a=b", "a b", "\\u0007"})
    EXPECT_NE(said(fmt::format(R"({{"id":"a","run":{{"dims":{{"{}":1}}}}}})", name)), "") << name;
}

TEST(LabPlan, SelectsByIdClassAndTags) {
  EXPECT_THAT(ids_of(R"({"id":"a","run":{}})"), ElementsAre("a/b1/1", "a/b2/1", "a/b3/1"));
  EXPECT_THAT(ids_of(R"({"id":"a","run":{},"boards":{"ids":["b3","b1"]}})"), ElementsAre("a/b1/1", "a/b3/1"));
  EXPECT_THAT(ids_of(R"({"id":"a","run":{},"boards":{"classes":["pi5"]}})"), ElementsAre("a/b1/1", "a/b2/1"));
  EXPECT_THAT(ids_of(R"({"id":"a","run":{},"boards":{"tags":["fan","gpu"]}})"),
              ElementsAre("a/b1/1", "a/b3/1"));
  EXPECT_THAT(ids_of(R"({"id":"a","run":{},"boards":{"classes":["pi5"],"tags":["gpu"]}})"),
              ElementsAre("a/b1/1"));
}

TEST(LabPlan, InterleavesRepeats) {
  EXPECT_THAT(ids_of(R"({"id":"a","run":{},"repeats":2,"boards":{"ids":["b1"]}},
                        {"id":"b","run":{},"repeats":3,"boards":{"ids":["b1"]}})"),
              ElementsAre("a/b1/1", "b/b1/1", "a/b1/2", "b/b1/2", "b/b1/3"));
}

TEST(LabPlan, ASelectionOfNothingIsAnErrorThatNamesTheJob) {
  const auto said_of = [](std::string_view jobs) {
    const auto all = jobs_of(*plan_of(jobs), lab_of_three());
    return all ? "" : all.error().message;
  };
  EXPECT_EQ(said_of(R"({"id":"a","run":{},"boards":{"ids":["b1","b9"]}})"),
            "job a: the inventory has no board 'b9'; look at boards.ids");
  EXPECT_EQ(said_of(R"({"id":"a","run":{},"boards":{"classes":["x"]}})"),
            "job a: no board of the inventory fits; look at boards.classes and boards.tags");
}

TEST(LabPlan, AnImmensePlanIsRefusedBeforeItTakesMemory) {
  std::string jobs;
  for (int i = 0; i < 101; ++i)
    jobs += fmt::format("{}{{\"id\":\"j{}\",\"run\":{{}},\"repeats\":10000}}", i ? "," : "", i);
  const auto plan = plan_of(jobs);
  ASSERT_TRUE(plan);
  const auto all = jobs_of(*plan, lab_of_three());
  ASSERT_FALSE(all);
  EXPECT_TRUE(all.error().message.starts_with("the plan comes to 3030000 jobs")) << all.error().message;
}

}  // namespace
}  // namespace eb::lab
