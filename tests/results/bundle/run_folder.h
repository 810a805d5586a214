#pragma once
// A run's folder as `run` writes it, made by the functions that make it: one cell with three launches, power
// and temperature, and a block. Every number is invented, and follows from the raw data beside it.
#include <random>

#include "harness/app/metering_records.h"
#include "harness/base/json.h"
#include "harness/core/launch.h"
#include "harness/meters/trace_file.h"
#include "harness/run/host.h"
#include "harness/run/summary.h"
#include "harness/stats/interval.h"
#include "tests/support/tree.h"

namespace eb::test {

inline RunRecord cpu_cell(const std::string& scenario) {
  RunRecord record;
  record.workload = "vision/face-detection";
  record.backend = "cpu";
  record.device = "0";
  record.device_kind = "cpu";
  record.precision = "fp32";
  record.scenario = scenario;
  return record;
}

class RunFolder {
 public:
  static constexpr const char* kModel = "1f0e2d3c4b5a69788796a5b4c3d2e1f01f0e2d3c4b5a69788796a5b4c3d2e1f0";

  RunFolder() {
    run_.context = {{"started_at", "2026-11-30T05:00:00Z"},
                    {"edgebench_version", "1.0.0"},
                    {"build_type", "Release"},
                    {"governor", "performance"},
                    {"cpu", "Cortex-A76"},
                    {"machine", "Radxa ROCK 5B"},
                    {"isolation", "process"},
                    {"cpu_busy_percent", 1.5}};
    add_cell("single-stream", 1);
    add_cell("offline", 2);
    save();
  }

  const std::filesystem::path& path() const { return tree_.root(); }
  const Tree& tree() const { return tree_; }
  Run& run() { return run_; }
  void save() const {
    tree_.write("run.json", to_json(run_).dump(1));
    tree_.write(kLaunchesFile, launches_);
  }

 private:
  static constexpr std::int64_t kSecond = 1'000'000'000;

  // Idle until 2 s, load from 3 s to 23.1 s, idle from 24 s to 26 s; read until 27 s, used until 26.5 s.
  std::string readings(int launch, std::vector<Trace>& used) {
    const MeterInfo power{.id = "hwmon:ina3221/VDD_IN",
                          .domain = "VDD_IN",
                          .scope = "system",
                          .evidence = EvidenceClass::p2,
                          .quantity = Quantity::power_w,
                          .update_ns = 1'000'000};
    std::string text = trace_head(std::vector{power});
    std::uniform_int_distribution<std::int64_t> moment(0, kSecond / 20 - 1);
    std::normal_distribution<double> noise(0, 0.1);
    Trace trace(power);
    for (std::int64_t slot = 0; slot < 27 * 20; ++slot) {
      const std::int64_t time_ns = slot * (kSecond / 20) + moment(random_) + launch * 100 * kSecond;
      const std::int64_t since_ns = time_ns - launch * 100 * kSecond;
      const double watts = (since_ns > 3 * kSecond && since_ns < 23 * kSecond ? 5 : 2) + noise(random_);
      text += trace_line(0, time_ns, watts);
      if (since_ns < 53 * kSecond / 2) trace.add(time_ns, watts);
    }
    used = {trace};
    return text;
  }

  std::string temperatures(int launch, std::vector<Trace>& used) {
    const MeterInfo sensor{.id = "temperature:soc-thermal",
                           .domain = "soc-thermal",
                           .scope = "unknown",
                           .quantity = Quantity::temperature_c};
    std::string text = trace_head(std::vector{sensor});
    Trace trace(sensor);
    for (int s = 0; s < 27; ++s) {
      const std::int64_t time_ns = s * kSecond + launch * 100 * kSecond;
      text += trace_line(0, time_ns, 40.0 + s * 0.5 + launch);
      trace.add(time_ns, 40.0 + s * 0.5 + launch);
    }
    used = {trace};
    return text;
  }

  RunRecord measured(const std::string& scenario) const {
    RunRecord record = cpu_cell(scenario);
    record.task = "face-detection";
    record.device_name = "Cortex-A76 (4 cores)";
    record.threads = 4;
    record.gops_per_sample = 0.25;
    record.placement_evidence = "assigned";
    record.placement_macs = 1;
    record.quality_metric = "average-precision-50";
    record.quality = 0.97;
    record.quality_target = 0.95;
    record.model_sha256 = kModel;
    record.window_s = 20;
    record.queries = record.samples = 400;
    return record;
  }

  Launch one_launch(const std::string& scenario, int cell, int launch) {
    Launch made{measured(scenario), {}};
    const std::string stem = "raw/00" + std::to_string(cell) + "_vision.face-detection_cpu_0_fp32_" +
                             scenario + "_" + std::to_string(launch);
    std::normal_distribution<double> latency(49e6, 1e6);
    if (scenario != "offline") {
      for (int i = 0; i < 400; ++i) made.latencies.add(static_cast<std::int64_t>(latency(random_)));
      made.record.raw_files = {stem + ".lat"};
      tree_.write(stem + ".lat", made.latencies.to_bytes());
    } else {
      made.record.queries = 1;
      made.record.samples = 2000;
    }
    JobReadings job;
    tree_.write(stem + ".power.csv", readings(launch, job.power));
    tree_.write(stem + ".sensors.csv", temperatures(launch, job.sensors));
    job.files = {stem + ".sensors.csv", stem + ".power.csv"};
    const std::int64_t begin_ns = launch * 100 * kSecond;
    job.idle_before = {begin_ns + kSecond / 2, begin_ns + 2 * kSecond};
    job.idle_after = {begin_ns + 24 * kSecond, begin_ns + 26 * kSecond};
    ChildOutcome outcome;
    outcome.records = {made.record};
    outcome.windows[scenario] = {begin_ns + 3 * kSecond, begin_ns + 23 * kSecond + kSecond / 10};
    complete_records(job, outcome);
    made.record = outcome.records[0];
    add_meter_effect({1.01, 1.02 + 0.001 * launch, 1.03}, outcome.facts[scenario], made.record);
    note_launch(made.record, outcome);
    return made;
  }

  static void add_meter_effect(std::vector<double> ratios, WindowFacts& facts, RunRecord& record) {
    const auto interval = mean_interval(ratios);
    record.meter_overhead = mean_of(ratios);
    record.meter_overhead_low = interval->low;
    record.meter_overhead_high = interval->high;
    facts.meter_ratios = std::move(ratios);
  }

  void note_launch(const RunRecord& record, const ChildOutcome& outcome) {
    LaunchFacts facts{record.workload, record.backend,   record.device,      record.precision,
                      record.scenario, record.raw_files, record.power_files, *record.window_s,
                      *record.queries, *record.samples};
    facts.sample_ms = 100;
    facts.window = outcome.windows.at(record.scenario);
    facts.idle_before = outcome.idle_before;
    facts.idle_after = outcome.idle_after;
    facts.read_until_ns = outcome.read_until_ns;
    facts.within = outcome.facts.at(record.scenario);
    launches_ += to_line(facts);
  }

  void add_cell(const std::string& scenario, int cell) {
    std::vector<Launch> launches;
    for (int launch = 1; launch <= 3; ++launch) launches.push_back(one_launch(scenario, cell, launch));
    WorkloadInfo info;
    info.sample_ms = 100;
    RunRecord record = summarize(launches, info, *find_tier("standard"), judge_host(run_.context));
    record.started_at = "2026-11-30T05:00:01Z";
    record.command = "edgebench run --workloads vision/face-detection";
    record.peak_tops = *record.effective_tops / 0.5;
    record.utilization = *record.effective_tops / *record.peak_tops;
    run_.records.push_back(record);
  }

  Tree tree_;
  std::mt19937 random_{11};
  Run run_;
  std::string launches_;
};

}  // namespace eb::test
