#include "harness/run/loading.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <thread>

#include "tests/support/fake_parts.h"
#include "tests/support/tree.h"

namespace eb {
namespace {

using test::FakeModel;
using test::FakeSession;
using test::FakeTask;
using test::FakeWorkload;
using test::problem;

FakeModel batched_model() {
  FakeModel model;
  model.inputs = {{"x", DType::f32, {-1, 2}, {"n", ""}}};
  model.outputs = {{"y", DType::f32, {-1, 2}, {"n", ""}}};
  return model;
}

std::vector<LoadedLane> lanes_of(FakeTask& task, Session& session, const Load& load) {
  auto lanes = load_lanes(FakeWorkload(task), session, load);
  EXPECT_EQ(problem(lanes), "");
  return lanes ? *std::move(lanes) : std::vector<LoadedLane>{};
}

// The first element of each slot's first input: the samples, since sample k is full of k.
std::vector<int> samples_of(const LoadedLane& lane) {
  std::vector<int> samples;
  for (std::size_t slot = 0; slot < lane.lane.slots(); ++slot)
    samples.push_back(static_cast<int>(lane.lane.inputs(slot)[0].as<float>()[0]));
  return samples;
}

Load load_of(FakeTask& task, const Session& session, std::string_view scenario, int streams = 1) {
  return choose_load(FakeWorkload(task), session, **make_scenario(scenario, {}), streams);
}

TEST(ChooseLoad, QueriesComeOneByOne) {
  FakeTask task;
  task.info.batch_dim = "n";
  FakeModel model = batched_model();
  model.in_flight = 64;
  const FakeSession session(model);
  const Load load = load_of(task, session, "single-stream");
  EXPECT_EQ(load.batch, 1);
  EXPECT_EQ(load.lanes, 1u);
}

TEST(ChooseLoad, ABlockIsBatchedWhereTheGraphAndTheManifestSaySo) {
  FakeTask task;
  const FakeSession session(batched_model());
  EXPECT_EQ(load_of(task, session, "offline").batch, 1) << "the manifest names no batch dimension";
  task.info.batch_dim = "n";
  const Load load = load_of(task, session, "offline");
  EXPECT_EQ(load.batch, 8);
  EXPECT_EQ(load.lanes, 1u);
  task.info.state = {{"a", "b"}};
  EXPECT_EQ(load_of(task, session, "offline").batch, 1) << "streams cannot share a run";
  task.info.state.clear();
  const FakeSession fixed{FakeModel{}};
  EXPECT_EQ(load_of(task, fixed, "offline").batch, 1) << "the graph has no free dimension";
}

TEST(ChooseLoad, ABlockWithoutBatchesUsesThreadsUpToWhatBothAllow) {
  FakeTask task;
  FakeModel model;
  const auto threads = std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, 16);
  for (const int in_flight : {1, 2, 64}) {
    model.in_flight = in_flight;
    const FakeSession session(model);
    EXPECT_EQ(load_of(task, session, "offline").lanes,
              std::min<std::size_t>(static_cast<std::size_t>(in_flight), threads));
  }
}

TEST(ChooseLoad, AQueryOfSeveralSamplesIsABatchWhereItCanBe) {
  FakeTask task;
  task.info.batch_dim = "n";
  const Load load = load_of(task, FakeSession(batched_model()), "multi-stream");
  EXPECT_EQ(load.batch, 8);
  EXPECT_EQ(load.lanes, 1u);
  EXPECT_EQ(load.threads, 1u);
}

TEST(ChooseLoad, ElseEachSampleOfAQueryHasALane) {
  FakeTask task;
  FakeModel model;
  const auto processors = std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, 16);
  for (const int in_flight : {1, 2, 3, 64}) {
    model.in_flight = in_flight;
    const Load load = load_of(task, FakeSession(model), "multi-stream");
    EXPECT_EQ(load.batch, 1);
    EXPECT_EQ(load.lanes, 8u);
    EXPECT_LE(load.threads, std::min(static_cast<std::size_t>(in_flight), processors));
    EXPECT_EQ(load.lanes % load.threads, 0u) << "no thread is idle at the end";
  }
}

TEST(ChooseLoad, ScheduledQueriesHaveAsManyWorkersAsAskedForAndAllowed) {
  FakeTask task;
  task.info.batch_dim = "n";
  FakeModel model = batched_model();
  for (const char* scenario : {"server", "paced"})
    for (const int in_flight : {1, 3, 64}) {
      model.in_flight = in_flight;
      const Load load = load_of(task, FakeSession(model), scenario, 5);
      EXPECT_EQ(load.batch, 1);
      EXPECT_EQ(load.lanes, static_cast<std::size_t>(std::min(5, in_flight)));
      EXPECT_EQ(load.threads, load.lanes);
    }
}

TEST(LoadLanes, DealSamplesInTurn) {
  FakeTask task;
  task.samples = 7;
  FakeSession session{FakeModel{}};
  const auto lanes = lanes_of(task, session, {.lanes = 3});
  ASSERT_EQ(lanes.size(), 3u);
  EXPECT_EQ(samples_of(lanes[0]), (std::vector<int>{0, 3, 6}));
  EXPECT_EQ(samples_of(lanes[1]), (std::vector<int>{1, 4}));
  EXPECT_EQ(samples_of(lanes[2]), (std::vector<int>{2, 5}));
  EXPECT_EQ(lanes[0].starts_stream, std::vector<char>(3, 1));
}

TEST(LoadLanes, DealStreamsWhole) {
  FakeTask task;
  task.samples = 8;
  task.stream_length = 3;
  FakeSession session{FakeModel{}};
  const auto lanes = lanes_of(task, session, {.lanes = 2});
  EXPECT_EQ(samples_of(lanes[0]), (std::vector<int>{0, 1, 2, 6, 7}));
  EXPECT_EQ(samples_of(lanes[1]), (std::vector<int>{3, 4, 5}));
  EXPECT_EQ(lanes[0].starts_stream, (std::vector<char>{1, 0, 0, 1, 0}));
}

TEST(LoadLanes, WithFewerStreamsThanLanesTheFirstIsRepeated) {
  for (const std::size_t samples : {1u, 2u, 3u}) {
    FakeTask task;
    task.samples = samples;
    task.stream_length = 3;
    FakeSession session{FakeModel{}};
    const auto lanes = lanes_of(task, session, {.lanes = 16});
    ASSERT_EQ(lanes.size(), 16u);
    std::vector<int> all(samples);
    std::iota(all.begin(), all.end(), 0);
    for (const LoadedLane& lane : lanes) EXPECT_EQ(samples_of(lane), all);
  }
}

TEST(LoadLanes, ABatchIsFilledElementByElement) {
  FakeTask task;
  task.samples = 8;
  FakeSession session(batched_model());
  const auto lanes = lanes_of(task, session, {.batch = 4});
  ASSERT_EQ(lanes.size(), 1u);
  ASSERT_EQ(lanes[0].lane.slots(), 2u);
  EXPECT_EQ(lanes[0].batch, 4);
  const auto x = lanes[0].lane.inputs(1)[0].as<float>();
  EXPECT_EQ(std::vector<float>(x.begin(), x.end()), (std::vector<float>{4, 4, 5, 5, 6, 6, 7, 7}));
}

TEST(LoadLanes, TheLastBatchIsFilledUpWithTheFirstSamples) {
  for (const std::size_t samples : {1u, 2u, 3u, 5u, 7u, 9u}) {
    FakeTask task;
    task.samples = samples;
    FakeSession session(batched_model());
    const auto lanes = lanes_of(task, session, {.batch = 4});
    ASSERT_EQ(lanes[0].lane.slots(), (samples + 3) / 4);
    for (std::size_t i = 0; i < lanes[0].lane.slots() * 4; ++i) {
      const float value = lanes[0].lane.inputs(i / 4)[0].as<float>()[2 * (i % 4)];
      EXPECT_EQ(value, static_cast<float>(i % samples)) << samples << " samples, element " << i;
    }
  }
}

TEST(LoadLanes, NoMoreSamplesAreHeldThanAThousandAndTwentyFour) {
  FakeTask task;
  task.samples = 3000;
  FakeSession session{FakeModel{}};
  EXPECT_EQ(lanes_of(task, session, {})[0].lane.slots(), 1024u);
}

TEST(LoadLanes, NoMoreSamplesAreHeldThanFitButAtLeastOneALane) {
  FakeTask task;
  task.samples = 50;
  FakeModel model;
  model.inputs = {{"x", DType::f32, {1, 16 << 20}}};  // 64 MiB
  FakeSession session(model);
  EXPECT_EQ(lanes_of(task, session, {})[0].lane.slots(), 4u);
  task.samples = 1;
  EXPECT_EQ(lanes_of(task, session, {.lanes = 2}).size(), 2u);
}

TEST(LoadLanes, ASampleThatCannotBeLoadedIsAnError) {
  FakeTask task;
  task.load_fails_at = 2;
  FakeSession session{FakeModel{}};
  EXPECT_EQ(problem(load_lanes(FakeWorkload(task), session, {})), "a picture is missing");
}

TEST(LeastTraffic, TheModelIsSharedByABatchAndTensorsAreNot) {
  const test::Tree tree;
  const auto model = tree.write("m.onnx", std::string(4000, 'm'));
  FakeTask task;
  task.info.batch_dim = "n";
  FakeSession session(batched_model());
  auto one = lanes_of(task, session, {.batch = 1, .lanes = 1});
  auto four = lanes_of(task, session, {.batch = 4, .lanes = 1});
  ASSERT_FALSE(one.empty() || four.empty());
  EXPECT_DOUBLE_EQ(least_traffic_bytes(model, one[0].lane, 1), 4000 + 8 + 8);
  EXPECT_DOUBLE_EQ(least_traffic_bytes(model, four[0].lane, 4), 1000 + 8 + 8);
  EXPECT_DOUBLE_EQ(least_traffic_bytes(tree / "none", one[0].lane, 1), 16);
}

}  // namespace
}  // namespace eb
