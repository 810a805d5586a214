// benchmark.json: the timings in the format of Google Benchmark, so that its tools/compare.py compares two
// runs.
//
// What that tool reads of each entry: name, time_unit, real_time, cpu_time, run_type. edgebench measures no
// CPU time, and the tool fails without one, so cpu_time repeats real_time: read only its "Time" columns.
#include <fmt/format.h>

#include <cmath>

#include "reporters/reporters.h"
#include "reporters/summary.h"
#include "reporters/text.h"

namespace eb {
namespace {

using Json = nlohmann::ordered_json;
using R = RunRecord;

std::string entry_name(const R& record) {
  std::string name;
  for (const std::string* part : {&record.workload, &record.backend, &record.device, &record.precision,
                                  &record.scenario, &record.beside}) {
    const std::string text = one_line(*part);
    if (!text.empty()) name += (name.empty() ? "" : "/") + text;
  }
  return name;
}

bool is_measured(R::Number value) {
  return value && std::isfinite(*value);
}

// Google Benchmark's real_time is the mean time of an iteration. That is a query's mean latency; where
// queries were one block (offline) it is the window's time for each sample.
R::Number mean_time_ms(const R& record) {
  if (is_measured(record.latency_mean_ms) && record.queries.value_or(0) > 1) return record.latency_mean_ms;
  if (is_measured(record.throughput_sps) && *record.throughput_sps > 0)
    return 1000.0 / *record.throughput_sps;
  return is_measured(record.latency_mean_ms) ? record.latency_mean_ms : std::nullopt;
}

R::Count iterations(const R& record) {
  return record.queries.value_or(0) > 1 ? record.queries : record.samples;
}

struct Place {
  std::size_t index = 0;  // of the record
  std::string run_name;
};

Json entry_head(const Place& place, std::string_view run_type) {
  return {{"name", place.run_name},     {"family_index", place.index}, {"per_family_instance_index", 0},
          {"run_name", place.run_name}, {"run_type", run_type},        {"repetitions", 1}};
}

void set_time(Json& entry, double time_ms) {
  entry["real_time"] = time_ms;
  entry["cpu_time"] = time_ms;
  entry["time_unit"] = "ms";
}

// Extra numbers of an entry are user counters to Google Benchmark.
void set_counters(Json& entry, const R& record) {
  if (is_measured(record.throughput_sps)) entry["items_per_second"] = *record.throughput_sps;
  for (const Field& field : fields()) {
    const auto* member = std::get_if<R::Number R::*>(&field.member);
    if (member != nullptr && is_measured(record.**member) && field.better != Better::neither)
      entry[std::string(field.name)] = *(record.**member);
  }
}

Json iteration_entry(const Place& place, const R& record, double time_ms) {
  Json entry = entry_head(place, "iteration");
  entry["repetition_index"] = 0;
  if (record.threads) entry["threads"] = *record.threads;
  if (const auto count = iterations(record)) entry["iterations"] = *count;
  set_time(entry, time_ms);
  set_counters(entry, record);
  return entry;
}

Json aggregate_entry(const Place& place, std::string_view aggregate, double time_ms) {
  Json entry = entry_head(place, "aggregate");
  entry["name"] = fmt::format("{}_{}", place.run_name, aggregate);
  entry["aggregate_name"] = aggregate;
  entry["aggregate_unit"] = "time";
  set_time(entry, time_ms);
  return entry;
}

// No times, not even zeros: compare.py skips an aggregate without real_time, and its geometric mean takes no
// aggregates. The unit of its own keeps it apart from a good entry of the same name in the other file.
Json error_entry(const Place& place, const R& record) {
  Json entry = entry_head(place, "aggregate");
  entry["aggregate_name"] = "error";
  entry["time_unit"] = "none";
  entry["error_occurred"] = true;
  const std::string reason = one_line(record.reason);
  entry["error_message"] = std::string(status_name(record.status)) + (reason.empty() ? "" : ": " + reason);
  return entry;
}

void append_entries(Json& benchmarks, const Place& place, const R& record) {
  const R::Number mean_ms = mean_time_ms(record);
  if (record.status != RunStatus::ok || !mean_ms) {
    benchmarks.push_back(error_entry(place, record));
    return;
  }
  benchmarks.push_back(iteration_entry(place, record, *mean_ms));
  if (is_measured(record.latency_p50_ms))
    benchmarks.push_back(aggregate_entry(place, "median", *record.latency_p50_ms));
  if (is_measured(record.latency_p90_ms))
    benchmarks.push_back(aggregate_entry(place, "p90", *record.latency_p90_ms));
  if (is_measured(record.latency_p99_ms))
    benchmarks.push_back(aggregate_entry(place, "p99", *record.latency_p99_ms));
}

Json benchmark_context(const Run& run) {
  Json context = Json::object();
  const auto copy = [&](std::string_view from, const char* to) {
    const auto at = run.context.find(from);
    if (at != run.context.end() && (at->is_number() || at->is_string())) context[to] = *at;
  };
  copy("started_at", "date");
  context["executable"] = "edgebench";
  copy("cpu_threads", "num_cpus");
  copy("cpu_mhz", "mhz_per_cpu");
  const std::string governor = context_text(run, "governor"), build = context_text(run, "build_type");
  if (!governor.empty()) context["cpu_scaling_enabled"] = governor != "performance";
  context["caches"] = Json::array();
  const auto load = run.context.find("load_1m");
  context["load_avg"] = Json::array();
  if (load != run.context.end() && load->is_number()) context["load_avg"].push_back(*load);
  if (!build.empty()) context["library_build_type"] = build == "Release" ? "release" : "debug";
  copy("edgebench_version", "edgebench_version");
  return context;
}

class GoogleBenchmarkReporter final : public Reporter {
 public:
  std::string_view format() const override { return "google-benchmark"; }
  std::string_view file_name() const override { return "benchmark.json"; }
  Result<std::string> render(const Run& run) const override {
    Json benchmarks = Json::array();
    for (std::size_t i = 0; i < run.records.size(); ++i)
      append_entries(benchmarks, {i, entry_name(run.records[i])}, run.records[i]);
    const Json json = {{"context", benchmark_context(run)}, {"benchmarks", std::move(benchmarks)}};
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
  }
};

}  // namespace

std::unique_ptr<Reporter> make_google_benchmark_reporter() {
  return std::make_unique<GoogleBenchmarkReporter>();
}

}  // namespace eb
