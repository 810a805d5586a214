#include "harness/probes/crew.h"

#include <gtest/gtest.h>

#include <atomic>

#include "harness/probes/benchmark_batch.h"

namespace eb::probes {
namespace {

TEST(Crew, EveryThreadDoesEachTaskOnce) {
  const auto crew = make_crew(allowed_cpus());
  std::vector<std::atomic<int>> calls(static_cast<std::size_t>(crew->threads()));
  for (int i = 0; i < 20; ++i) crew->each([&](int thread) { ++calls[static_cast<std::size_t>(thread)]; });
  for (const auto& count : calls) EXPECT_EQ(count, 20);
}

TEST(Crew, ARoundHasARateAndAClock) {
  const auto crew = make_crew(allowed_cpus());
  std::atomic<int> calls = 0;
  for (int i = 0; i < 5; ++i) {
    const Round round = crew->round(1000, [&](int) { ++calls; });
    EXPECT_GT(round.rate, 0);
    EXPECT_GT(round.clock_ghz, 0);
    EXPECT_LT(round.clock_ghz, 20) << "additions were not in sequence";
  }
  EXPECT_EQ(calls, 5 * crew->threads());
}

TEST(Crew, OneThatNeverWorkedCanGo) {
  const auto crew = make_crew({allowed_cpus().front()});
  EXPECT_EQ(crew->threads(), 1);
}

TEST(BenchmarkBatch, DoesAsManyRoundsAsAsked) {
  int rounds = 0;
  for (int i = 0; i < 3; ++i)
    run_batch("a batch", 16, [&] {
      ++rounds;
      return 1e-6;
    });
  EXPECT_EQ(rounds, 48);
}

}  // namespace
}  // namespace eb::probes
