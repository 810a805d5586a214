#pragma once
// The folder of a sustained run as `run` writes it, made by the functions that make it: one cell with queries
// at a rate, and a block. Every number is invented, and follows from the raw data beside it.
#include <cmath>

#include "harness/app/metering_records.h"
#include "harness/base/json.h"
#include "harness/core/launch.h"
#include "harness/meters/trace_file.h"
#include "harness/run/summary.h"
#include "harness/run/sustained.h"
#include "tests/results/bundle/run_folder.h"
#include "tests/support/fake_clock.h"
#include "tests/support/tree.h"

namespace eb::test {

class SustainedFolder {
 public:
  SustainedFolder() {
    run_.context = {{"started_at", "2026-11-30T05:00:00Z"},
                    {"duration_s", 100.0},
                    {"build_type", "Release"},
                    {"memory_mb", 8000.0},
                    {"isolation", "process"}};
    add_cell("paced", 1);
    add_cell("offline", 2);
    tree_.write("run.json", to_json(run_).dump(1));
    tree_.write(kLaunchesFile, launches_);
  }

  const std::filesystem::path& path() const { return tree_.root(); }
  const Run& run() const { return run_; }

 private:
  static constexpr std::int64_t kSecond = 1'000'000'000, kMs = 1'000'000;
  static constexpr std::int64_t kWindowNs = 41 * kSecond / 2;  // ten parts of 2 s, and a rest that is none

  static RunRecord measured(const std::string& scenario) {
    RunRecord record = cpu_cell(scenario);
    record.open_ms = 150;
    record.first_inference_ms = 20;
    record.warmup_ms = 300;
    record.peak_memory_mb = 100;
    if (scenario != "paced") return record;
    record.target_rate_qps = 20;
    record.wake_lag_p50_us = 50;
    record.wake_lag_p99_us = 80.5;
    return record;
  }

  // 20 queries a second, which take longer from the sixth part on.
  static Window driven(const std::string& scenario, RunRecord& record) {
    FakeClock clock;
    int part = 0;
    const auto drive = [&](const WindowRule& rule, std::size_t) -> Result<Window> {
      Window window;
      const bool is_slow = part++ >= 5;
      window.duration_ns = rule.min_duration_ns;
      window.samples = static_cast<std::uint64_t>(rule.min_duration_ns / (is_slow ? 70 : 50) / kMs);
      window.queries = scenario == "offline" ? 1 : window.samples;
      for (std::int64_t i = 0; scenario != "offline" && i < static_cast<std::int64_t>(window.samples); ++i)
        window.latencies.add((is_slow ? 14 : 10) * kMs + i * 7 % 11 * 100'000 + part);
      clock.advance(window.duration_ns);
      return window;
    };
    return *drive_parts({.min_duration_ns = kWindowNs}, 2 * kSecond, 1, clock, drive, record);
  }

  std::string readings(std::vector<Trace>& used) const {
    const MeterInfo power{.id = "hwmon:ina3221/VDD_IN",
                          .domain = "VDD_IN",
                          .scope = "system",
                          .evidence = EvidenceClass::p2,
                          .quantity = Quantity::power_w,
                          .update_ns = 1'000'000};
    Trace trace(power);
    std::string text = trace_head(std::vector{power});
    for (std::int64_t i = 0; i < 27 * 20; ++i) {
      const std::int64_t time_ns = i * kSecond / 20 + i * 37 % 41 * kMs;
      const double watts =
          (time_ns > 3 * kSecond && time_ns < 23 * kSecond ? 5 : 2) + 0.1 * std::sin(static_cast<double>(i));
      text += trace_line(0, time_ns, watts);
      trace.add(time_ns, watts);
    }
    used = {trace};
    return text;
  }

  std::string sensors(std::vector<Trace>& used) const {
    const MeterInfo heat{.id = "temperature:soc-thermal",
                         .domain = "soc-thermal",
                         .scope = "unknown",
                         .quantity = Quantity::temperature_c};
    const MeterInfo clock{.id = "clock:cpufreq/policy0",
                          .domain = "policy0",
                          .scope = "unknown",
                          .quantity = Quantity::clock_mhz};
    used = {Trace(heat), Trace(clock)};
    std::string text = trace_head(std::vector{heat, clock});
    for (int s = 0; s < 27; ++s) {
      text += trace_line(0, s * kSecond, 40.0 + s);
      used[0].add(s * kSecond, 40.0 + s);
      text += trace_line(1, s * kSecond + 1, 2000.0 - 10 * s);
      used[1].add(s * kSecond + 1, 2000.0 - 10 * s);
    }
    return text;
  }

  void add_cell(const std::string& scenario, int cell) {
    const std::string stem =
        "raw/00" + std::to_string(cell) + "_vision.face-detection_cpu_0_fp32_" + scenario + "_1";
    Launch made{measured(scenario), {}};
    RunRecord& record = made.record;
    Window window = driven(scenario, record);
    record.window_s = static_cast<double>(window.duration_ns) * 1e-9;
    record.queries = static_cast<std::int64_t>(window.queries);
    record.samples = static_cast<std::int64_t>(window.samples);
    if (window.latencies.count() > 0) {
      record.raw_files = {stem + ".lat"};
      tree_.write(stem + ".lat", window.latencies.to_bytes());
    }
    JobReadings job;
    tree_.write(stem + ".power.csv", readings(job.power));
    tree_.write(stem + ".sensors.csv", sensors(job.sensors));
    job.files = {stem + ".sensors.csv", stem + ".power.csv"};
    job.idle_before = {kSecond, 2 * kSecond};
    job.idle_after = {24 * kSecond, 26 * kSecond};
    ChildOutcome outcome;
    outcome.records = {record};
    outcome.windows[scenario] = {3 * kSecond, 3 * kSecond + kWindowNs};
    complete_records(job, outcome);
    record = outcome.records[0];
    note_launch(record, outcome, {2 * kSecond, window.parts});
    made.latencies = std::move(window.latencies);
    const Tier tier{"sustained", 64, 20, 1};
    RunRecord summary = summarize({made}, {}, tier, judge_host(run_.context));
    summary.command = "edgebench run --workloads vision/face-detection";
    run_.records.push_back(std::move(summary));
  }

  void note_launch(const RunRecord& record, const ChildOutcome& outcome, const WindowFacts& within) {
    LaunchFacts facts{record.workload, record.backend,   record.device,      record.precision,
                      record.scenario, record.raw_files, record.power_files, *record.window_s,
                      *record.queries, *record.samples};
    facts.window = outcome.windows.at(record.scenario);
    facts.idle_before = outcome.idle_before;
    facts.idle_after = outcome.idle_after;
    facts.read_until_ns = outcome.read_until_ns;
    facts.within = within;
    if (record.wake_lag_p50_us) facts.wake_lags = {*record.wake_lag_p50_us, *record.wake_lag_p99_us};
    launches_ += to_line(facts);
  }

  Tree tree_;
  Run run_;
  std::string launches_;
};

}  // namespace eb::test
