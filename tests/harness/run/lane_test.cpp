#include "harness/run/lane.h"

#include <gtest/gtest.h>

#include "tests/support/fake_session.h"
#include "tests/support/tree.h"

namespace eb {
namespace {

using test::counting_model;
using test::FakeModel;
using test::FakeSession;
using test::problem;

WorkloadInfo recurrent_info() {
  WorkloadInfo info;
  info.state = {{"stateN", "state"}};
  return info;
}

Lane lane_of(const WorkloadInfo& info, Session& session, std::size_t slots, std::int64_t batch = 1) {
  auto lane = Lane::create(info, session, slots, batch);
  if (!lane) throw std::runtime_error(lane.error().message);
  return *std::move(lane);
}

float run_and_read(Lane& lane, Session& session, std::size_t slot) {
  Binding& binding = lane.binding(slot);
  EXPECT_EQ(problem(session.run(binding)), "");
  const float y = binding.outputs()[0].as<float>()[0];
  lane.finish_run();
  return y;
}

TEST(Lane, HandsStateFromRunToRunAcrossSlots) {
  FakeSession session(counting_model());
  Lane lane = lane_of(recurrent_info(), session, 3);
  for (std::size_t slot = 0; slot < 3; ++slot)
    lane.inputs(slot)[0].as<float>()[0] = static_cast<float>(100 * slot);
  lane.start_stream();
  EXPECT_EQ(run_and_read(lane, session, 0), 0);
  EXPECT_EQ(run_and_read(lane, session, 1), 101);
  EXPECT_EQ(run_and_read(lane, session, 2), 202);
  EXPECT_EQ(run_and_read(lane, session, 0), 3);
  lane.start_stream();
  EXPECT_EQ(run_and_read(lane, session, 1), 100) << "a new stream starts from zero";
  EXPECT_EQ(run_and_read(lane, session, 1), 101);
  lane.start_stream();
  EXPECT_EQ(run_and_read(lane, session, 1), 100) << "after an odd and an even number of runs";
}

TEST(Lane, TheStateChangesPlacesWithoutACopy) {
  FakeSession session(counting_model());
  Lane lane = lane_of(recurrent_info(), session, 1);
  auto& first = static_cast<test::FakeBinding&>(lane.binding(0));
  lane.finish_run();
  auto& second = static_cast<test::FakeBinding&>(lane.binding(0));
  EXPECT_NE(&first, &second);
  EXPECT_EQ(first.outs[1].bytes.data(), second.inputs[1].bytes.data());
  EXPECT_EQ(second.outs[1].bytes.data(), first.inputs[1].bytes.data());
  EXPECT_NE(first.inputs[1].bytes.data(), first.outs[1].bytes.data());
  EXPECT_EQ(first.inputs[0].bytes.data(), second.inputs[0].bytes.data());
  EXPECT_EQ(first.outs[0].bytes.data(), second.outs[0].bytes.data());
}

TEST(Lane, WithoutStateHasOneBindingASlot) {
  FakeSession session({});
  Lane lane = lane_of({}, session, 2);
  Binding* before = &lane.binding(0);
  lane.finish_run();
  EXPECT_EQ(&lane.binding(0), before);
  EXPECT_NE(&lane.binding(1), before);
  EXPECT_EQ(lane.slots(), 2u);
}

TEST(Lane, InputsAreInTheModelsOrderWithStateAmongThem) {
  FakeModel model = counting_model();
  std::swap(model.inputs[0], model.inputs[1]);
  FakeSession session(std::move(model));
  const Lane lane = lane_of(recurrent_info(), session, 2);
  ASSERT_EQ(lane.inputs(1).size(), 2u);
  EXPECT_EQ(lane.inputs(1)[0].spec->name, "state");
  EXPECT_EQ(lane.inputs(1)[1].spec->name, "x");
  EXPECT_NE(lane.inputs(0)[1].bytes.data(), lane.inputs(1)[1].bytes.data()) << "each slot has its own input";
  EXPECT_EQ(lane.inputs(0)[0].bytes.data(), lane.inputs(1)[0].bytes.data()) << "all share the state";
}

TEST(Lane, AFreeFirstDimensionBecomesTheBatch) {
  FakeModel model;
  model.inputs = {{"x", DType::f32, {-1, 3}, {"batch", ""}}};
  model.outputs = {{"y", DType::f32, {-1, 2}, {"batch", ""}}};
  FakeSession session(std::move(model));
  Lane lane = lane_of({}, session, 1, 8);
  EXPECT_EQ(lane.inputs(0)[0].spec->shape, (std::vector<std::int64_t>{8, 3}));
  EXPECT_EQ(lane.binding(0).outputs()[0].bytes.size(), 8u * 2 * 4);
  EXPECT_EQ(lane.slot_bytes(), 8u * 3 * 4);
}

TEST(Lane, ThePriceOfASlotLeavesOutTheSharedState) {
  FakeSession session(counting_model());
  EXPECT_EQ(lane_of(recurrent_info(), session, 4).slot_bytes(), 8u);
}

TEST(Lane, AnOutputWhoseShapeOnlyARunTellsIsLeftToTheSession) {
  FakeModel model;
  model.outputs = {{"found", DType::f32, {2, -1}}, {"y", DType::f32, {1, 2}}};
  model.compute = [](test::FakeBinding& b) { b.allocate(0, "found", {2, 5})[9] = 7; };
  FakeSession session(std::move(model));
  Lane lane = lane_of({}, session, 1);
  EXPECT_TRUE(lane.binding(0).outputs()[0].bytes.empty());
  EXPECT_FALSE(lane.binding(0).outputs()[1].bytes.empty());
  ASSERT_TRUE(session.run(lane.binding(0)));
  EXPECT_EQ(lane.binding(0).outputs()[0].spec->shape, (std::vector<std::int64_t>{2, 5}));
  EXPECT_EQ(lane.binding(0).outputs()[0].as<float>()[9], 7);
}

TEST(Lane, StaysWholeWhenItMoves) {
  FakeSession session(counting_model());
  Lane lane = lane_of(recurrent_info(), session, 1);
  const std::byte* input = lane.inputs(0)[0].bytes.data();
  Lane moved = std::move(lane);
  EXPECT_EQ(moved.inputs(0)[0].bytes.data(), input);
  moved.start_stream();
  EXPECT_EQ(run_and_read(moved, session, 0), 0);
  EXPECT_EQ(run_and_read(moved, session, 0), 1);
}

TEST(Lane, AStatePairThatTheModelLacksIsAnErrorThatNamesIt) {
  FakeSession session(counting_model());
  for (const StatePair& pair : {StatePair{"stateN", "h"}, StatePair{"h", "state"}}) {
    WorkloadInfo info;
    info.state = {pair};
    const auto lane = Lane::create(info, session, 1, 1);
    ASSERT_FALSE(lane);
    EXPECT_EQ(lane.error().kind, ErrorKind::invalid);
    EXPECT_NE(lane.error().message.find(pair.output + " -> " + pair.input), std::string::npos)
        << lane.error().message;
  }
}

TEST(Lane, AnInputThatIsTooLargeIsAnError) {
  FakeModel model;
  model.inputs = {{"x", DType::f32, {1, 2'000'000'000, 3}}};
  FakeSession session(std::move(model));
  EXPECT_NE(problem(Lane::create({}, session, 1, 1)).find("'x'"), std::string::npos);
}

TEST(FixedSpecs, NameTheFreeDimensionAndTheOptionThatFixesIt) {
  const std::vector<TensorSpec> named = {{"ids", DType::i64, {1, -1}, {"", "sequence"}}};
  const auto error = fixed_specs(named, 1);
  ASSERT_FALSE(error);
  EXPECT_EQ(error.error().kind, ErrorKind::invalid);
  EXPECT_EQ(error.error().message,
            "dimension 'sequence' of input 'ids' is free; fix it with --dim sequence=N");
  const std::vector<TensorSpec> unnamed = {{"ids", DType::i64, {1, 2, -1}}};
  EXPECT_EQ(problem(fixed_specs(unnamed, 1)),
            "dimension 2 of input 'ids' is free and has no name; export the model with a fixed shape");
}

TEST(FixedSpecs, LeaveFixedShapesAndScalarsAlone) {
  const std::vector<TensorSpec> specs = {
      {"a", DType::f32, {}}, {"b", DType::f32, {4, 0}}, {"c", DType::f32, {-1}}};
  const auto fixed = fixed_specs(specs, 3);
  ASSERT_TRUE(fixed) << fixed.error().message;
  EXPECT_TRUE((*fixed)[0].shape.empty());
  EXPECT_EQ((*fixed)[1].shape, (std::vector<std::int64_t>{4, 0}));
  EXPECT_EQ((*fixed)[2].shape, (std::vector<std::int64_t>{3}));
}

}  // namespace
}  // namespace eb
