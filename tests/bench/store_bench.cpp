// What a store with many records costs. Opt in: EDGEBENCH_BENCH_STORE names a database (a file or
// postgres://...), EDGEBENCH_BENCH_RECORDS how many records to fill it with (1,000,000); it is filled where
// it has fewer, which is measured as Import, and kept.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <random>

#include "results/store/store.h"

namespace eb {
namespace {

constexpr int kRecordsARun = 40, kRunsAtOnce = 250;

// A lab's record: about 2.5 kB of JSON, 101 quantiles among it.
RunRecord a_record(std::mt19937_64& random) {
  const auto any = [&](std::initializer_list<const char*> of) {
    return *(of.begin() + static_cast<std::ptrdiff_t>(random() % of.size()));
  };
  const auto skewed = [&](std::uint64_t most) { return std::min(random() % most, random() % most); };
  RunRecord record;
  const auto workload = skewed(20);
  record.workload = fmt::format("vision/workload-{}", workload);
  record.task = fmt::format("task-{}", workload % 8);
  record.backend = any({"cpu", "cpu", "vulkan", "opencl", "npu", "webgpu"});
  record.device_kind = record.backend == "cpu" ? "cpu" : record.backend == "npu" ? "npu" : "gpu";
  record.device_name = fmt::format("Fixture {} {}", record.device_kind, skewed(1000));
  record.device = "0";
  record.precision = any({"fp32", "fp16", "int8"});
  record.scenario = any({"single-stream", "single-stream", "offline", "server"});
  record.tier = any({"quick", "quick", "quick", "standard", "official"});
  record.power_scope = any({"", "", "package", "system", "rail"});
  record.driver = "fixture driver 1.2.3";
  record.runtime = "ONNX Runtime 1.30.0";
  record.command = "edgebench run --workloads vision/workload --backends cpu --tier quick";
  record.model_sha256 = record.data_sha256 = std::string(64, 'a');
  record.ranked = random() % 3 == 0;
  if (random() % 10 == 0) {
    record.status = RunStatus::unsupported;
    record.reason = "open session: the device has no such operator";
    return record;
  }
  const double ms = std::exp(std::normal_distribution<>(1, 1.5)(random));
  record.queries = record.samples = 612;
  record.latency_mean_ms = record.latency_p50_ms = ms;
  record.latency_p90_ms = ms * 1.1;
  record.latency_p99_ms = ms * 1.4;
  record.throughput_sps = 1000 / ms;
  record.effective_tops = 0.01 / ms;
  if (!record.power_scope.empty()) record.energy_per_sample_mj = ms * 4;
  for (int i = 0; i <= 100; ++i) record.latency_quantiles_ms.push_back(ms * (0.9 + 0.005 * i));
  return record;
}

std::vector<NewRun> some_runs(std::mt19937_64& random) {
  std::vector<NewRun> runs(kRunsAtOnce);
  for (NewRun& run : runs) {
    run.received_at = "2026-01-02T04:00:00Z";
    run.source = "import";
    run.run.context = {{"started_at", fmt::format("2026-01-02T03:04:00.{}Z", random())},
                       {"machine", fmt::format("board-{}", random() % 1000)}};
    for (int i = 0; i < kRecordsARun; ++i) run.run.records.push_back(a_record(random));
  }
  return runs;
}

std::unique_ptr<Store> opened(benchmark::State& state, StoreUse use) {
  const char* where = std::getenv("EDGEBENCH_BENCH_STORE");
  if (where == nullptr) {
    state.SkipWithError("set EDGEBENCH_BENCH_STORE to a database, such as /tmp/bench.db");
    return nullptr;
  }
  auto store = open_store(where, use);
  if (store) return *std::move(store);
  state.SkipWithError(store.error().message.c_str());
  return nullptr;
}

void import_runs(benchmark::State& state) {
  const auto store = opened(state, StoreUse::write);
  if (!store) return;
  const char* wanted = std::getenv("EDGEBENCH_BENCH_RECORDS");
  const std::int64_t most = wanted == nullptr ? 1'000'000 : std::atoll(wanted);
  std::int64_t there = *store->count({});
  std::mt19937_64 random(static_cast<std::uint64_t>(there));
  std::int64_t added = 0;
  for (auto _ : state) {
    double seconds = 0;
    const auto add_seconds = [&](const auto& work) {
      const auto start = std::chrono::steady_clock::now();
      const auto done = work();
      seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
      if (!done) state.SkipWithError(done.error().message.c_str());
      return static_cast<bool>(done);
    };
    // As the command does for a database that is small beside what comes.
    if (!add_seconds([&] { return store->begin_bulk(); })) return;
    for (; there < most; there += kRecordsARun * kRunsAtOnce, added += kRecordsARun * kRunsAtOnce) {
      const auto runs = some_runs(random);
      if (!add_seconds([&] { return store->add(runs); })) return;
    }
    if (!add_seconds([&] { return store->end_bulk(); })) return;
    state.SetIterationTime(seconds);
  }
  state.SetItemsProcessed(added);
}
BENCHMARK(import_runs)->Name("store/import")->Iterations(1)->UseManualTime()->Unit(benchmark::kSecond);

struct Case {
  const char* name;
  std::vector<const char*> where;
  const char* order_by;
  bool is_descending = false;
};
const Case kCases[] = {
    {"board", {"task=task-1", "precision=int8", "status=ok", "ranked=true"}, "latency_p50_ms"},
    {"workload", {"workload=vision/workload-3", "precision=fp32", "device_kind=gpu"}, "throughput_sps", true},
    {"everything", {}, "effective_tops", true},
    {"common", {"status=ok"}, "latency_p50_ms"},
    {"rare",
     {"workload=vision/workload-19", "tier=official", "power_scope=rail", "backend=npu", "ranked=true"},
     "energy_per_sample_mj"},
    {"no_workload",
     {"device_kind=npu", "tier=official", "power_scope=rail", "ranked=true"},
     "energy_per_sample_mj"},
    {"nothing", {"workload=no such", "status=ok"}, "latency_p50_ms"},
    {"device", {"device_name=Fixture npu 500"}, "started_at", true},
    {"slow_enough", {"task=task-1", "latency_p50_ms>=5"}, "latency_p50_ms"},
    {"newest", {}, "id", true},
    {"driver", {"workload=vision/workload-19", "driver~FIXTURE"}, "latency_p50_ms"},
};

void top_100(benchmark::State& state) {
  const auto store = opened(state, StoreUse::read);
  if (!store) return;
  const Case& asked = kCases[state.range(0)];
  RecordQuery query{.order_by = asked.order_by, .is_descending = asked.is_descending};
  for (const char* text : asked.where) query.where.push_back(*condition_from_text(text));
  std::size_t found = 0;
  for (auto _ : state) {
    const auto records = store->find(query);
    if (!records) return state.SkipWithError(records.error().message.c_str());
    found = records->size();
  }
  state.counters["found"] = static_cast<double>(found);
  state.SetLabel(asked.name);
}
BENCHMARK(top_100)
    ->Name("store/top_100")
    ->DenseRange(0, std::size(kCases) - 1)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

void values_of_a_page(benchmark::State& state) {
  const auto store = opened(state, StoreUse::read);
  if (!store) return;
  for (auto _ : state)
    benchmark::DoNotOptimize(store->values("workload", {*condition_from_text("status=ok")}, 100));
}
BENCHMARK(values_of_a_page)->Name("store/values")->Unit(benchmark::kMillisecond)->UseRealTime();

void count_all(benchmark::State& state) {
  const auto store = opened(state, StoreUse::read);
  if (!store) return;
  for (auto _ : state) benchmark::DoNotOptimize(store->count({*condition_from_text("status=ok")}));
}
BENCHMARK(count_all)->Name("store/count")->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace eb
