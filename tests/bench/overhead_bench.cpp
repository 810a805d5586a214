// What edgebench itself adds to a query: the timed loop around a session that does nothing.
#include <benchmark/benchmark.h>

#include "harness/run/drive.h"

namespace {

void null_session_query(benchmark::State& state) {
  const auto clock = eb::make_steady_clock();
  constexpr std::uint64_t kQueries = 200'000;
  double sum_ns = 0;
  for (auto _ : state) {
    const auto overhead_ns = eb::measure_overhead_ns(*clock, kQueries);
    if (!overhead_ns) {
      state.SkipWithError(overhead_ns.error().message.c_str());
      return;
    }
    sum_ns += *overhead_ns;
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kQueries));
  state.counters["ns_per_query"] = benchmark::Counter(sum_ns, benchmark::Counter::kAvgIterations);
}
BENCHMARK(null_session_query)->Unit(benchmark::kMillisecond);

// The floor of any harness: two reads of the clock.
void two_clock_reads(benchmark::State& state) {
  const auto clock = eb::make_steady_clock();
  for (auto _ : state) benchmark::DoNotOptimize(clock->now_ns() - clock->now_ns());
}
BENCHMARK(two_clock_reads);

// Up to a million latencies as they are, then a histogram.
void latency_log_add(benchmark::State& state) {
  eb::LatencyLog log;
  log.reserve(static_cast<std::size_t>(state.range(0)));
  std::int64_t latency_ns = 0;
  for (auto _ : state) log.add(latency_ns = (latency_ns * 7 + 1) & 0xfffff);
}
BENCHMARK(latency_log_add)->Arg(1'000'000);

}  // namespace
