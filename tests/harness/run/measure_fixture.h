#pragma once
// A job whose every part is a fake, in a world in which everything goes well until a test changes it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/run/measure.h"
#include "tests/support/fake_parts.h"
#include "tests/support/tree.h"

namespace eb::test {

inline constexpr std::int64_t kMs = 1'000'000;

inline ScenarioJob wanted(std::string name) {
  return {
      name, {.min_queries = 10, .min_duration_ns = 50 * kMs, .max_duration_ns = 60'000 * kMs}, name + ".lat"};
}

class MeasureFixture : public ::testing::Test {
 protected:
  MeasureFixture() {
    driver_.model.clock = &clock_;
    driver_.model.placement = Placement{{{"FakeProvider", 4, 1e6}}, "FakeProvider", 1.0, 1.0, "assigned"};
    task_.info.id = "vision/fake";
    task_.info.task = "fake-task";
    task_.info.licence = "MIT";
    task_.info.variant_of = "vision/real";
    task_.info.models["fp32"] = {tree_.write("model.onnx", "the model"), sha256_hex("the model")};
    task_.info.metric = "accuracy";
    task_.info.target = 0.8;
    task_.info.quality_basis = "ground-truth";
    task_.info.data_sha256 = task_.data_sha256 = "abc";
    job_.workload = "vision/fake";
    job_.backend = "fake";
    job_.device = "0";
    job_.precision = "fp32";
    job_.scenarios = {wanted("single-stream")};
    job_.raw_folder = tree_.root();
    parts_.make_workload = [this](const Job&) -> Result<std::unique_ptr<Workload>> {
      return std::unique_ptr<Workload>(std::make_unique<FakeWorkload>(task_));
    };
    parts_.make_backend = [this](const std::string& name) -> Result<std::unique_ptr<Backend>> {
      if (name != "cpu") return std::unique_ptr<Backend>(std::make_unique<FakeBackend>(driver_));
      if (!cpu_) return Error{ErrorKind::unavailable, "there is no CPU backend"};
      return std::unique_ptr<Backend>(std::make_unique<FakeBackend>(*cpu_));
    };
  }

  std::vector<RunRecord> measure_all() {
    std::vector<RunRecord> records;
    events_.clear();
    windows_.clear();
    const Listener listener{
        .on_phase = [&](std::string_view phase) { events_.emplace_back(phase); },
        .on_record =
            [&](const RunRecord& record) {
              events_.push_back("record " + record.scenario);
              records.push_back(record);
            },
        .on_begin = [&](std::string_view scenario) { windows_.push_back("begin " + std::string(scenario)); },
        .on_end = [&](std::string_view scenario) { windows_.push_back("end " + std::string(scenario)); },
        .on_nodes =
            [&](std::span<const Placement::Node> nodes) { nodes_.assign(nodes.begin(), nodes.end()); },
        .on_layers =
            [&](const LayerTimes& times) {
              events_.push_back(times.reason.empty() ? "layers of " + std::to_string(times.runs) + " runs"
                                                     : "no layers: " + times.reason);
            },
        .on_meter = [&](bool) { windows_.emplace_back("meter"); },
        .on_facts = [&](std::string_view scenario,
                        const WindowFacts& facts) { facts_[std::string(scenario)] = facts; }};
    measure(job_, parts_, clock_, listener);
    return records;
  }
  RunRecord measure_one() {
    const auto records = measure_all();
    EXPECT_EQ(records.size(), 1u);
    return records.empty() ? RunRecord{} : records[0];
  }
  void expect_failure(RunStatus status, const std::string& reason) {
    const RunRecord record = measure_one();
    EXPECT_EQ(record.status, status) << record.reason;
    EXPECT_THAT(record.reason, ::testing::HasSubstr(reason));
    EXPECT_EQ(record.scenario, "single-stream");
    EXPECT_FALSE(record.window_s);
    EXPECT_FALSE(record.queries);
    EXPECT_FALSE(record.first_inference_ms && status == RunStatus::wrong) << "a wrong answer has no speed";
  }

  Tree tree_;
  FakeClock clock_;
  FakeTask task_;
  FakeDriver driver_;
  std::optional<FakeDriver> cpu_{};  // what answers are compared with; none: they are not
  Job job_;
  Parts parts_;
  std::vector<std::string> events_, windows_;
  std::vector<Placement::Node> nodes_;
  std::map<std::string, WindowFacts> facts_;
};

}  // namespace eb::test
