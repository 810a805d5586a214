#include "harness/run/drive.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <mutex>
#include <new>
#include <set>
#include <thread>

#include "tests/support/fake_session.h"
#include "tests/support/sanitizer.h"
#include "tests/support/tree.h"

namespace {
std::atomic<std::uint64_t> allocations{0};
}

#if !EB_HAS_SANITIZER
// Counts what the whole test program allocates, to see that the timed loop does not. Not inlined: GCC 12
// would take the pair of new and free for a mistake.
[[gnu::noinline]] void* operator new(std::size_t bytes) {
  ++allocations;
  if (void* memory = std::malloc(bytes > 0 ? bytes : 1)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
#endif

namespace eb {
namespace {

using test::FakeBinding;
using test::FakeClock;
using test::FakeModel;
using test::FakeSession;
using test::problem;

constexpr std::int64_t kMs = 1'000'000;

std::unique_ptr<Scenario> scenario(std::string_view name, std::uint64_t queries,
                                   std::int64_t duration_ns = 0) {
  return *make_scenario(name, {.min_queries = queries, .min_duration_ns = duration_ns});
}

LoadedLane loaded(Session& session, std::size_t slots, std::int64_t batch = 1,
                  const WorkloadInfo& info = {}) {
  return {*Lane::create(info, session, slots, batch), std::vector<char>(slots, 1), batch};
}

std::vector<std::int64_t> latencies(const Window& window) {
  return {window.latencies.first_ns().begin(), window.latencies.first_ns().end()};
}

TEST(DriveQueries, LatenciesAreWhatTheSessionTook) {
  FakeClock clock;
  FakeModel model;
  model.clock = &clock;
  model.cost_ns = [](std::uint64_t run) { return static_cast<std::int64_t>(run + 1) * kMs; };
  FakeSession session(model);
  LoadedLane lane = loaded(session, 2);
  const auto stream = scenario("single-stream", 4);
  const auto window = drive_queries(*stream, session, lane, clock, 10);
  ASSERT_TRUE(window) << window.error().message;
  EXPECT_EQ(latencies(*window), (std::vector<std::int64_t>{1 * kMs, 2 * kMs, 3 * kMs, 4 * kMs}));
  EXPECT_EQ(window->queries, 4u);
  EXPECT_EQ(window->samples, 4u);
  EXPECT_EQ(window->duration_ns, 10 * kMs);
  EXPECT_TRUE(clock.waits_ns.empty());
}

TEST(DriveQueries, GoesOnUntilQueriesAndTimeAreEnough) {
  FakeClock clock;
  FakeModel model;
  model.clock = &clock;
  FakeSession session(model);
  LoadedLane lane = loaded(session, 3);
  const auto by_time = scenario("single-stream", 5, 20 * kMs);
  const auto window = drive_queries(*by_time, session, lane, clock, 1);
  ASSERT_TRUE(window);
  EXPECT_EQ(window->queries, 20u);
  EXPECT_EQ(window->duration_ns, 20 * kMs);
  const auto by_count = scenario("single-stream", 30, 20 * kMs);
  EXPECT_EQ(drive_queries(*by_count, session, lane, clock, 1)->queries, 30u);
}

TEST(DriveQueries, AnErrorInTheMiddleEndsTheWindow) {
  FakeClock clock;
  FakeModel model;
  model.clock = &clock;
  model.fails_at = 7;
  FakeSession session(model);
  LoadedLane lane = loaded(session, 2);
  const auto stream = scenario("single-stream", 100);
  const auto window = drive_queries(*stream, session, lane, clock, 100);
  ASSERT_FALSE(window);
  EXPECT_EQ(window.error().message, "the fake device is gone");
  EXPECT_EQ(session.runs, 8u);
}

TEST(DriveQueries, WalksTheSlotsRoundAndRoundAndStartsStreamsWhereTheyStart) {
  FakeClock clock;
  FakeModel model = test::counting_model();
  model.clock = &clock;
  std::vector<float> answers;
  const auto count = model.compute;
  model.compute = [&](FakeBinding& b) {
    count(b);
    answers.push_back(b.outs[0].as<float>()[0]);
  };
  FakeSession session(model);
  WorkloadInfo info;
  info.state = {{"stateN", "state"}};
  LoadedLane lane = loaded(session, 3, 1, info);
  lane.starts_stream = {1, 0, 1};
  for (std::size_t slot = 0; slot < 3; ++slot)
    lane.lane.inputs(slot)[0].as<float>()[0] = static_cast<float>(10 * slot);
  const auto stream = scenario("single-stream", 7);
  ASSERT_TRUE(drive_queries(*stream, session, lane, clock, 7));
  EXPECT_EQ(answers, (std::vector<float>{0, 11, 20, 0, 11, 20, 0}));
}

TEST(DriveQueries, SamplesAreQueriesTimesBatch) {
  FakeClock clock;
  FakeModel model;
  model.clock = &clock;
  FakeSession session(model);
  LoadedLane lane = loaded(session, 1, 4);
  const auto stream = scenario("single-stream", 5);
  EXPECT_EQ(drive_queries(*stream, session, lane, clock, 5)->samples, 20u);
}

TEST(Drive, SaysOnceASecondThatRunsGoOn) {
  FakeClock clock;
  FakeModel model;
  model.clock = &clock;
  model.cost_ns = [](std::uint64_t) { return 400 * kMs; };
  FakeSession session(model);
  std::vector<LoadedLane> lanes;
  lanes.push_back(loaded(session, 1));
  std::vector<std::int64_t> said_ms;
  const std::int64_t begin_ns = clock.now_ns();
  Pulse pulse([&](bool) { said_ms.push_back((clock.now_ns() - begin_ns) / kMs); });
  pulse.begin(begin_ns);
  ASSERT_TRUE(drive_queries(*scenario("single-stream", 7), session, lanes[0], clock, 7, pulse));
  EXPECT_EQ(said_ms, (std::vector<std::int64_t>{0, 1200, 2400}));
  ASSERT_TRUE(drive_block(*scenario("offline", 3), session, lanes, clock, pulse));
  EXPECT_EQ(said_ms.back(), 3200) << "the last word was that of the begin";
}

TEST(DriveQueries, TheTimedLoopAllocatesNothing) {
  if (EB_HAS_SANITIZER) GTEST_SKIP() << "allocations are the sanitizer's";
  FakeClock clock;
  FakeModel model;
  model.clock = &clock;
  FakeSession session(model);
  LoadedLane lane = loaded(session, 4);
  const auto allocations_of = [&](std::uint64_t queries) {
    const auto stream = scenario("single-stream", queries);
    const std::uint64_t before = allocations;
    EXPECT_TRUE(drive_queries(*stream, session, lane, clock, 1));
    return allocations - before;
  };
  const std::uint64_t few = allocations_of(10);
  EXPECT_GT(few, 0u) << "nothing is counted";
  EXPECT_EQ(allocations_of(50'000), few);
}

struct BlockResult {
  std::uint64_t runs = 0;
  Result<Window> window = Window{};
};

BlockResult drive_lanes(std::size_t lane_count, std::uint64_t min_samples, std::int64_t batch = 1,
                        std::optional<std::uint64_t> fails_at = {}) {
  FakeClock clock;
  FakeModel model;
  model.clock = &clock;
  model.fails_at = fails_at;
  FakeSession session(model);
  std::vector<LoadedLane> lanes;
  for (std::size_t i = 0; i < lane_count; ++i) lanes.push_back(loaded(session, 3, batch));
  const auto offline = scenario("offline", min_samples);
  BlockResult result;
  result.window = drive_block(*offline, session, lanes, clock);
  result.runs = session.runs;
  return result;
}

TEST(DriveBlock, IssuesExactlyAsManyAsTheRuleAsksFor) {
  for (const std::size_t lanes : {1u, 2u, 5u})
    for (const std::uint64_t samples : {1u, 7u, 1000u}) {
      const auto result = drive_lanes(lanes, samples);
      ASSERT_TRUE(result.window) << result.window.error().message;
      EXPECT_EQ(result.runs, samples) << lanes << " lanes";
      EXPECT_EQ(result.window->samples, samples);
      EXPECT_EQ(result.window->queries, 1u);
      EXPECT_EQ(result.window->latencies.count(), 0u);
      EXPECT_EQ(result.window->duration_ns, static_cast<std::int64_t>(samples) * kMs);
    }
}

TEST(DriveBlock, CountsTheSamplesOfABatch) {
  const auto result = drive_lanes(1, 20, 8);
  ASSERT_TRUE(result.window);
  EXPECT_EQ(result.runs, 3u);
  EXPECT_EQ(result.window->samples, 24u);
}

TEST(DriveBlock, AnErrorOnOneLaneStopsAll) {
  for (const std::size_t lanes : {1u, 4u}) {
    const auto result = drive_lanes(lanes, 1'000'000, 1, 50);
    ASSERT_FALSE(result.window);
    EXPECT_EQ(result.window.error().message, "the fake device is gone");
    EXPECT_LE(result.runs, 50 + lanes) << "each lane may finish what it began";
  }
}

TEST(DriveBlock, EveryLaneRunsItsOwnSlotsOnAThreadOfItsOwn) {
  FakeClock clock;
  FakeModel model;
  model.clock = &clock;
  std::mutex mutex;
  std::map<float, std::set<std::thread::id>> threads_of_lane;
  model.compute = [&](FakeBinding& b) {
    const std::lock_guard lock(mutex);
    threads_of_lane[b.inputs[0].as<float>()[0]].insert(std::this_thread::get_id());
  };
  FakeSession session(model);
  std::vector<LoadedLane> lanes;
  for (int i = 0; i < 3; ++i) {
    lanes.push_back(loaded(session, 2));
    for (std::size_t slot = 0; slot < 2; ++slot)
      lanes.back().lane.inputs(slot)[0].as<float>()[0] = static_cast<float>(i);
  }
  const auto offline = scenario("offline", 3000);
  ASSERT_TRUE(drive_block(*offline, session, lanes, clock));
  for (const auto& [lane, threads] : threads_of_lane) EXPECT_EQ(threads.size(), 1u) << lane;
}

TEST(MeasureOverhead, IsTheTimeOfAQueryThatDoesNothing) {
  FakeClock still;
  EXPECT_EQ(*measure_overhead_ns(still, 1000), 0);
  const auto clock = make_steady_clock();
  const auto overhead_ns = measure_overhead_ns(*clock, 100'000);
  ASSERT_TRUE(overhead_ns);
  EXPECT_GT(*overhead_ns, 0);
  EXPECT_LT(*overhead_ns, 100'000) << "a tenth of a millisecond would spoil every measurement";
}

}  // namespace
}  // namespace eb
