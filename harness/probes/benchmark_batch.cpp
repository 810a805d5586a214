#include "harness/probes/benchmark_batch.h"

#include <benchmark/benchmark.h>

namespace eb::probes {
namespace {

// The rounds themselves are what we want, not a summary of them.
class Silent final : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context& /*context*/) override { return true; }
  void ReportRuns(const std::vector<Run>& /*runs*/) override {}
};

}  // namespace

void run_batch(const std::string& name, std::size_t count, const std::function<double()>& round) {
  benchmark::ClearRegisteredBenchmarks();
  benchmark::RegisterBenchmark(name.c_str(),
                               [&round](benchmark::State& state) {
                                 for (auto _ : state) state.SetIterationTime(round());
                               })
      ->UseManualTime()
      ->Iterations(static_cast<benchmark::IterationCount>(count));
  Silent silent;
  benchmark::RunSpecifiedBenchmarks(&silent, "all");
  benchmark::ClearRegisteredBenchmarks();
}

}  // namespace eb::probes
