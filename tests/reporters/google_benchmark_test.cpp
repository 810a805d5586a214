#include <cmath>
#include <nlohmann/json.hpp>

#include "tests/reporters/support.h"

namespace eb {
namespace {

using nlohmann::json;
using test::minimal_record;
using test::rendered;

json document_of(const Run& run) {
  return json::parse(rendered(make_google_benchmark_reporter(), run));
}

Run run_of(const RunRecord& record) {
  eb::Run run;
  run.records.push_back(record);
  return run;
}

RunRecord measured_record() {
  RunRecord record = minimal_record();
  record.queries = 612;
  record.samples = 612;
  record.latency_mean_ms = 3.4;
  record.latency_p50_ms = 3.3;
  record.throughput_sps = 294.1;
  return record;
}

TEST(ReportGoogleBenchmark, MatchesGolden) {
  test::expect_golden("benchmark.json", rendered(make_google_benchmark_reporter(), test::fixture_run()));
}

// What gbench/report.py reads: a comparable entry has all three; only aggregates may lack the times, because
// its geometric mean takes every other entry's.
TEST(ReportGoogleBenchmark, HasWhatTheComparingToolReads) {
  const json document = document_of(test::fixture_run());
  ASSERT_TRUE(document["context"].is_object());
  std::size_t iterations = 0;
  for (const json& entry : document["benchmarks"]) {
    ASSERT_TRUE(entry["name"].is_string());
    ASSERT_TRUE(entry["time_unit"].is_string());
    const bool has_times = entry.contains("real_time") && entry.contains("cpu_time");
    if (entry["run_type"] == "aggregate") {
      EXPECT_TRUE(entry["aggregate_name"].is_string());
      EXPECT_NE(has_times, entry.contains("error_occurred"));
      continue;
    }
    ++iterations;
    EXPECT_EQ(entry["run_type"], "iteration");
    ASSERT_TRUE(has_times);
    EXPECT_GT(entry["real_time"], 0);
    EXPECT_EQ(entry["time_unit"], "ms");
    EXPECT_TRUE(entry["iterations"].is_number_integer());
  }
  EXPECT_EQ(iterations, 10U);
}

TEST(ReportGoogleBenchmark, TimeIsTheMeanOfAQuery) {
  const json document = document_of(run_of(measured_record()));
  const json& entry = document["benchmarks"][0];
  EXPECT_EQ(entry["name"], "vision/face-detection/cpu/0/fp32/single-stream");
  EXPECT_EQ(entry["real_time"], 3.4);
  EXPECT_EQ(entry["cpu_time"], 3.4);
  EXPECT_EQ(entry["iterations"], 612);
  EXPECT_EQ(entry["items_per_second"], 294.1);
  EXPECT_EQ(document["benchmarks"][1]["name"], "vision/face-detection/cpu/0/fp32/single-stream_median");
  EXPECT_EQ(document["benchmarks"][1]["real_time"], 3.3);
}

TEST(ReportGoogleBenchmark, TimeOfABlockIsThatOfASample) {
  RunRecord record = measured_record();
  record.scenario = "offline";
  record.queries = 1;
  record.samples = 5000;
  record.latency_mean_ms = 10400;  // of the whole block
  record.latency_p50_ms.reset();
  record.throughput_sps = 480;
  const json document = document_of(run_of(record));
  ASSERT_EQ(document["benchmarks"].size(), 1U);
  EXPECT_DOUBLE_EQ(document["benchmarks"][0]["real_time"], 1000.0 / 480);
  EXPECT_EQ(document["benchmarks"][0]["iterations"], 5000);
}

TEST(ReportGoogleBenchmark, WhatIsNotOkHasNoTimes) {
  for (const RunStatus status : {RunStatus::wrong, RunStatus::crashed, RunStatus::unavailable}) {
    RunRecord record = measured_record();
    record.status = status;
    record.reason = "why";
    const json document = document_of(run_of(record));
    ASSERT_EQ(document["benchmarks"].size(), 1U);
    const json& entry = document["benchmarks"][0];
    EXPECT_EQ(entry["error_occurred"], true);
    EXPECT_EQ(entry["error_message"], std::string(status_name(status)) + ": why");
    EXPECT_FALSE(entry.contains("real_time") || entry.contains("cpu_time"));
  }
}

TEST(ReportGoogleBenchmark, InventsNoNumbers) {
  RunRecord record = minimal_record();  // ok, but nothing measured
  record.latency_mean_ms = std::nan("");
  const json document = document_of(run_of(record));
  EXPECT_EQ(document["benchmarks"][0]["error_occurred"], true);
  for (const char* key : {"num_cpus", "mhz_per_cpu", "cpu_scaling_enabled", "library_build_type", "date"})
    EXPECT_FALSE(document["context"].contains(key)) << key;
}

TEST(ReportGoogleBenchmark, ContextFollowsTheRun) {
  const json context = document_of(test::fixture_run())["context"];
  EXPECT_EQ(context["num_cpus"], 2);
  EXPECT_EQ(context["mhz_per_cpu"], 4287.5);
  EXPECT_EQ(context["cpu_scaling_enabled"], true);
  EXPECT_EQ(context["library_build_type"], "release");
  EXPECT_EQ(context["load_avg"], json::array({0.31}));
  eb::Run run;
  run.context["governor"] = "performance";
  run.context["build_type"] = "Debug";
  run.context["cpu_threads"] = json::object();  // not a number: left out
  const json other = document_of(run)["context"];
  EXPECT_EQ(other["cpu_scaling_enabled"], false);
  EXPECT_EQ(other["library_build_type"], "debug");
  EXPECT_FALSE(other.contains("num_cpus"));
}

}  // namespace
}  // namespace eb
