// How late a worker wakes up for a query: arrivals at a fixed rate, a session that does nothing. Arguments:
// queries a second, for how many microseconds a wait may end in looking at the clock, and whether timers are
// punctual. The counters are the median and the 99th percentile of the lag.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "harness/base/clock.h"
#include "harness/base/timer_slack.h"

namespace {

void wake_lag(benchmark::State& state) {
  const auto clock = eb::make_steady_clock();
  const std::int64_t gap_ns = 1'000'000'000 / state.range(0);
  const std::int64_t spin_ns = state.range(1) * 1000;
  std::optional<eb::PunctualTimers> punctual;
  if (state.range(2) != 0) punctual.emplace();
  std::vector<std::int64_t> lags_ns;
  std::int64_t due_ns = clock->now_ns();
  for (auto _ : state) {
    due_ns = std::max(due_ns + gap_ns, clock->now_ns() + gap_ns / 2);  // of an idle worker
    clock->wait_until_ns(due_ns, spin_ns);
    lags_ns.push_back(clock->now_ns() - due_ns);
  }
  std::sort(lags_ns.begin(), lags_ns.end());
  const auto quantile_us = [&](std::size_t percent) {
    return static_cast<double>(lags_ns[(lags_ns.size() - 1) * percent / 100]) * 1e-3;
  };
  state.counters["lag_p50_us"] = quantile_us(50);
  state.counters["lag_p99_us"] = quantile_us(99);
}
BENCHMARK(wake_lag)
    ->ArgNames({"rate", "spin_us", "punctual"})
    ->Args({10'000, 0, 0})
    ->Args({10'000, 0, 1})
    ->Args({10'000, 200, 1})
    ->Args({30, 0, 0})
    ->Args({30, 0, 1})
    ->Args({30, 200, 1})
    ->UseRealTime();

}  // namespace
