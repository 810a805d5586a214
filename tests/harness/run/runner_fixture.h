#pragma once
// Cells, a clock and a child of the test's own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "harness/run/runner.h"
#include "tests/support/tree.h"

namespace eb::test {

using Texts = std::vector<std::string>;

// Runs cells with a child of the test's own. Unless told otherwise, it answers every scenario with "ok".
class RunnerFixture : public ::testing::Test {
 protected:
  RunnerFixture() {
    for (const char* id : {"vision/a", "vision/b"}) {
      WorkloadInfo info;
      info.id = id;
      info.task = "task of " + std::string(id);
      info.licence = "MIT";
      info.variant_of = "vision/real";
      info.models["fp32"] = {};
      setup_.workloads[id] = info;
      workloads_.push_back({info, {}});
    }
    setup_.targets = {{"cpu", "0", "Fake 9000"}};
    setup_.options.scenarios = {"single-stream"};
    setup_.tier = {"quick", 1, 0.001, 1};
    setup_.out_folder = tree_.root();
    setup_.models_folder = "/models";
    setup_.zoo_folder = "/zoo";
    setup_.now_s = [this] { return now_s_; };
    setup_.do_job = [this](const Job& job, std::function<void(std::string_view)> on_phase,
                           std::function<void()> on_tick) {
      jobs_.push_back(job);
      return child_(job, on_phase, on_tick);
    };
    child_ = [this](const Job& job, const auto&, const auto&) { return all_well(job); };
  }

  // What a healthy child gives: one record and one raw file a scenario.
  ChildOutcome all_well(const Job& job) {
    ChildOutcome outcome;
    for (const ScenarioJob& s : job.scenarios) {
      outcome.phase = "measure " + s.name;
      outcome.records.push_back(answer(job, s));
      now_s_ += 1;
    }
    if (job.scenarios.empty()) outcome.records.push_back(answer(job, {}));
    return outcome;
  }
  RunRecord answer(const Job& job, const ScenarioJob& scenario) {
    RunRecord record;
    record.workload = job.workload;
    record.backend = job.backend;
    record.device = job.device;
    record.precision = job.precision;
    record.scenario = scenario.name;
    record.placement_evidence = "assigned";
    if (scenario.name.empty()) return record;
    record.window_s = 1;
    record.queries = record.samples = 4;
    LatencyLog log;
    for (int i = 0; i < 4; ++i) log.add(1'000'000 * static_cast<std::int64_t>(jobs_.size()));
    tree_.write(scenario.raw_file, log.to_bytes());
    record.raw_files = {scenario.raw_file};
    return record;
  }

  std::vector<RunRecord> run() {
    setup_.cells = plan_cells(workloads_, setup_.targets, setup_.options);
    jobs_.clear();
    records_.clear();
    RunnerEvents events;
    events.on_record = [this](const RunRecord& r) { records_.push_back(r); };
    events.on_nodes = [this](const Cell& cell, const std::vector<Placement::Node>& nodes) {
      for (const Placement::Node& node : nodes)
        nodes_.push_back(cell.workload + " " + node.name + " " + node.reason);
    };
    events.on_layers = [this](const Cell& cell, const LayerTimes& times) {
      layers_.push_back(cell.workload + " " + std::to_string(times.layers.size()) + " " + times.reason);
    };
    events.on_progress = [this](const ProgressView& view) { views_.push_back(view); };
    interrupted_ = run_cells(setup_, events);
    return records_;
  }
  static Texts brief(const std::vector<RunRecord>& records) {
    Texts all;
    for (const RunRecord& r : records)
      all.push_back(r.workload + " " + r.scenario + " " + std::string(status_name(r.status)));
    return all;
  }
  Texts job_list() const {
    Texts all;
    for (const Job& job : jobs_) {
      std::string text = job.workload;
      for (const ScenarioJob& s : job.scenarios) text += " " + s.name;
      all.push_back(text);
    }
    return all;
  }

  using Child = std::function<ChildOutcome(const Job&, const std::function<void(std::string_view)>&,
                                           const std::function<void()>&)>;
  Tree tree_;
  RunnerSetup setup_;
  std::vector<PlannedWorkload> workloads_;
  Child child_;
  double now_s_ = 100;
  std::vector<Job> jobs_;
  std::vector<RunRecord> records_;
  Texts nodes_, layers_;
  std::vector<ProgressView> views_;
  bool interrupted_ = false;
};

}  // namespace eb::test
