#pragma once
// Small runs for the tests of comparisons: every number is invented but for those that a test names.
#include <random>
#include <string>
#include <vector>

#include "harness/core/run.h"
#include "harness/stats/interval.h"
#include "results/compare/compare.h"

namespace eb::test {

// What a record says of launches with these mean latencies, as `run` writes it.
inline void set_latencies(RunRecord& record, const std::vector<double>& means_ms) {
  record.launches = static_cast<std::int64_t>(means_ms.size());
  record.latency_mean_ms = mean_of(means_ms);
  if (means_ms.size() < 3) return;
  record.latency_launch_sd_ms = standard_deviation(means_ms);
  const Interval interval = *mean_interval(means_ms);
  record.latency_mean_low_ms = std::max(0.0, interval.low);
  record.latency_mean_high_ms = interval.high;
}

inline void set_throughputs(RunRecord& record, const std::vector<double>& launches_sps) {
  record.launches = static_cast<std::int64_t>(launches_sps.size());
  record.throughput_sps = mean_of(launches_sps);
  if (launches_sps.size() < 3) return;
  const Interval interval = *mean_interval(launches_sps);
  record.throughput_low_sps = std::max(0.0, interval.low);
  record.throughput_high_sps = interval.high;
}

inline RunRecord cell(const std::string& workload, const std::vector<double>& means_ms) {
  RunRecord record;
  record.workload = workload;
  record.task = workload.substr(workload.find('/') + 1);
  record.backend = "cpu";
  record.device = "0";
  record.device_kind = "cpu";
  record.precision = "fp32";
  record.scenario = "single-stream";
  record.tier = "standard";
  record.threads = 2;
  set_latencies(record, means_ms);
  return record;
}

inline RunRecord npu_cell(const std::string& workload, const std::vector<double>& means_ms) {
  RunRecord record = cell(workload, means_ms);
  record.backend = "npu";
  record.device = "vendor:0";
  record.device_kind = "npu";
  record.precision = "int8";
  return record;
}

inline NamedRun named(const std::string& name, std::vector<RunRecord> records,
                      nlohmann::ordered_json context = nlohmann::ordered_json::object()) {
  return {name, {std::move(context), std::move(records)}};
}

inline std::vector<double> drawn_launches(std::mt19937& random, double mean, double percent, int count) {
  std::normal_distribution<double> launch(mean, mean * percent / 100);
  std::vector<double> launches;
  for (int i = 0; i < count; ++i) launches.push_back(launch(random));
  return launches;
}

}  // namespace eb::test
