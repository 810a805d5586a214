// What isolation costs a cell: from the spawn of a child to its first answer, with a job that opens no
// backend. It should be below 150 ms. EDGEBENCH_PROGRAM: the program.
#include <benchmark/benchmark.h>

#include <cstdlib>

#include "harness/base/process.h"
#include "harness/run/job.h"

namespace {

constexpr std::chrono::seconds kPatience{30};

void spawn_to_ready(benchmark::State& state) {
  const char* program = std::getenv("EDGEBENCH_PROGRAM");
  if (!program) return state.SkipWithError("set EDGEBENCH_PROGRAM to the program edgebench");
  // Asks for the devices of a backend that nobody knows: the child reads its job, looks at the host, and
  // answers.
  const std::string job = to_text(eb::Job{.backend = "nobody's"});
  for (auto _ : state) {
    const auto child = eb::Process::start({program, {"child"}, eb::environment_of({"PATH", "HOME"}), job});
    if (!child) return state.SkipWithError(child.error().message.c_str());
    std::string line;
    const auto event = (*child)->next_line(line, kPatience);
    state.PauseTiming();
    if (event != eb::Process::Event::line || eb::hear(line).what != eb::Said::What::devices)
      return state.SkipWithError("the child gave no answer");
    (*child)->wait(kPatience);
    state.ResumeTiming();
  }
}
BENCHMARK(spawn_to_ready)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
