#include <gtest/gtest.h>

#include <map>
#include <mutex>
#include <thread>

#include "harness/run/drive.h"
#include "tests/support/fake_session.h"

namespace eb {
namespace {

using test::FakeBinding;
using test::FakeClock;
using test::FakeModel;
using test::FakeSession;

constexpr std::int64_t kMs = 1'000'000;

std::vector<LoadedLane> lanes_of(Session& session, std::size_t count, const WorkloadInfo& info = {}) {
  std::vector<LoadedLane> lanes;
  for (std::size_t i = 0; i < count; ++i) {
    lanes.push_back({*Lane::create(info, session, 3, 1), {1, 0, 0}});
    for (std::size_t slot = 0; slot < 3; ++slot)
      lanes.back().lane.inputs(slot)[0].as<float>()[0] = static_cast<float>(10 * i + slot);
  }
  return lanes;
}

Result<Window> drive(FakeModel model, std::size_t lane_count, std::size_t threads, std::uint64_t queries,
                     FakeClock& clock) {
  model.clock = &clock;
  FakeSession session(model);
  auto lanes = lanes_of(session, lane_count);
  const auto scenario = *make_scenario("multi-stream", {.min_queries = queries, .min_duration_ns = 0});
  auto window = drive_groups(*scenario, session, lanes, threads, {clock, queries});
  if (window) {
    EXPECT_EQ(session.runs, queries * lane_count);
  }
  return window;
}

TEST(DriveGroups, TheLatencyOfAQueryIsThatOfItsLastSample) {
  FakeClock clock;
  FakeModel model;
  model.cost_ns = [](std::uint64_t run) { return run / 8 % 2 == 0 ? kMs : 3 * kMs; };
  const auto window = drive(model, 8, 1, 4, clock);
  ASSERT_TRUE(window);
  const auto latencies = window->latencies.first_ns();
  EXPECT_EQ(std::vector<std::int64_t>(latencies.begin(), latencies.end()),
            (std::vector<std::int64_t>{8 * kMs, 24 * kMs, 8 * kMs, 24 * kMs}));
  EXPECT_EQ(window->queries, 4u);
  EXPECT_EQ(window->samples, 32u);
  EXPECT_EQ(window->duration_ns, 64 * kMs);
}

TEST(DriveGroups, EveryThreadHasItsLanesAndEveryLaneItsOrder) {
  for (const std::size_t threads : {1u, 2u, 4u, 8u, 20u}) {
    FakeClock clock;
    FakeModel model;
    std::mutex mutex;
    std::map<int, std::vector<int>> slots_of_lane;
    std::map<std::thread::id, int> runs_of_thread;
    model.compute = [&](FakeBinding& b) {
      const int value = static_cast<int>(b.inputs[0].as<float>()[0]);
      const std::lock_guard lock(mutex);
      slots_of_lane[value / 10].push_back(value % 10);
      ++runs_of_thread[std::this_thread::get_id()];
    };
    ASSERT_TRUE(drive(model, 8, threads, 300, clock)) << threads;
    EXPECT_EQ(runs_of_thread.size(), std::min<std::size_t>(threads, 8));
    ASSERT_EQ(slots_of_lane.size(), 8u);
    for (const auto& [lane, slots] : slots_of_lane) {
      ASSERT_EQ(slots.size(), 300u);
      for (std::size_t i = 0; i < slots.size(); ++i) ASSERT_EQ(slots[i], static_cast<int>(i % 3)) << lane;
    }
  }
}

TEST(DriveGroups, StateStaysInItsLane) {
  FakeClock clock;
  FakeModel model = test::counting_model();
  const auto count = model.compute;
  std::mutex mutex;
  std::map<int, std::vector<float>> answers;
  model.compute = [&](FakeBinding& b) {
    const std::lock_guard lock(mutex);
    count(b);
    answers[static_cast<int>(b.inputs[0].as<float>()[0]) / 10].push_back(b.outs[0].as<float>()[0]);
  };
  model.clock = &clock;
  FakeSession session(model);
  WorkloadInfo info;
  info.state = {{"stateN", "state"}};
  auto lanes = lanes_of(session, 2, info);
  const auto scenario = *make_scenario("multi-stream", {.min_queries = 4, .min_duration_ns = 0});
  ASSERT_TRUE(drive_groups(*scenario, session, lanes, 2, {clock, 4}));
  EXPECT_EQ(answers[0], (std::vector<float>{0, 2, 4, 0})) << "x + runs of this stream so far";
  EXPECT_EQ(answers[1], (std::vector<float>{10, 12, 14, 10}));
}

TEST(DriveGroups, AnErrorOfAnyThreadEndsTheWindow) {
  for (const std::size_t threads : {1u, 4u}) {
    FakeClock clock;
    FakeModel model;
    model.fails_at = 21;
    const auto window = drive(model, 8, threads, 1000, clock);
    ASSERT_FALSE(window);
    EXPECT_EQ(window.error().message, "the fake device is gone");
  }
}

}  // namespace
}  // namespace eb
