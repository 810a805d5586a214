#include "harness/run/interference.h"

#include <gtest/gtest.h>

#include <vector>

namespace eb {
namespace {

Cell cell(const std::string& scenario, const std::string& beside) {
  return {.workload = "v/a", .backend = "cpu", .device = "0", .scenario = scenario, .beside = beside};
}

RunRecord taking_ms(double p50_ms) {
  RunRecord record;
  record.latency_p50_ms = p50_ms;
  record.throughput_sps = 7;  // not to be looked at
  return record;
}

TEST(Interference, IsTheRatioOfTimesInOneScenario) {
  Interference interference;
  RunRecord alone = taking_ms(4), other = taking_ms(1), beside = taking_ms(10);
  interference.tell(cell("single-stream", ""), alone);
  interference.tell(cell("paced", ""), other);
  interference.tell(cell("single-stream", "v/b@gpu"), beside);
  EXPECT_EQ(alone.interference, std::nullopt);
  EXPECT_EQ(beside.interference, 2.5);
}

TEST(Interference, OfABlockIsByThroughput) {
  Interference interference;
  RunRecord alone, beside;
  alone.throughput_sps = 30;
  beside.throughput_sps = 20;
  interference.tell(cell("offline", ""), alone);
  interference.tell(cell("offline", "v/b@gpu"), beside);
  EXPECT_EQ(beside.interference, 1.5);
}

TEST(Interference, IsAbsentWithoutBothTimes) {
  Interference interference;
  RunRecord failed = taking_ms(4), beside = taking_ms(8), empty;
  failed.status = RunStatus::failed;
  interference.tell(cell("paced", ""), failed);
  interference.tell(cell("paced", "v/b@gpu"), beside);
  EXPECT_EQ(beside.interference, std::nullopt);
  RunRecord alone = taking_ms(4);
  interference.tell(cell("paced", ""), alone);
  interference.tell(cell("paced", "v/b@gpu"), empty);
  EXPECT_EQ(empty.interference, std::nullopt);
}

TEST(PlanCells, WhatRunsBesideDoublesTheCellsAndIsInTheirCommands) {
  RunOptions options;
  options.scenarios = {"single-stream", "offline"};
  options.beside = "v/b@gpu";
  PlannedWorkload planned;
  planned.info.id = "v/a";
  planned.info.models["fp32"] = {};
  const auto cells = plan_cells({planned}, {{"cpu", "0"}}, options);
  std::vector<std::string> names;
  for (const Cell& c : cells) names.push_back(c.scenario + " " + c.beside);
  EXPECT_EQ(names, (std::vector<std::string>{"single-stream ", "offline ", "single-stream v/b@gpu",
                                             "offline v/b@gpu"}));
  EXPECT_EQ(command_of(cells[0], options).find("--beside"), std::string::npos);
  EXPECT_NE(command_of(cells[2], options).find(" --beside v/b@gpu"), std::string::npos);
}

}  // namespace
}  // namespace eb
