#include "harness/run/measure.h"

#include <cmath>

#include "harness/stats/latency_log.h"
#include "tests/harness/run/measure_fixture.h"

namespace eb {
namespace {

using test::kMs;
using test::wanted;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Measure : public test::MeasureFixture {};

TEST_F(Measure, OpensThenJudgesThenMeasures) {
  job_.scenarios.push_back(wanted("offline"));
  measure_all();
  EXPECT_THAT(events_, ElementsAre("open", "quality", "measure single-stream", "record single-stream",
                                   "measure offline", "record offline"));
}

TEST_F(Measure, BeginAndEndAreSaidAroundTheWindowAndWithinIt) {
  std::vector<std::int64_t> told_ns;
  const auto tell = [&](std::string_view scenario) {
    EXPECT_EQ(scenario, "single-stream");
    told_ns.push_back(clock_.now_ns());
  };
  const Listener listener{[](std::string_view) {},
                          [&](const RunRecord& record) {
                            ASSERT_EQ(told_ns.size(), 2u);
                            EXPECT_DOUBLE_EQ(record.window_s.value_or(0),
                                             static_cast<double>(told_ns[1] - told_ns[0]) * 1e-9);
                          },
                          tell, tell};
  measure(job_, parts_, clock_, listener);
}

TEST_F(Measure, WhatTheDeviceAndItsCacheSayIsInTheRecord) {
  driver_.devices = std::vector<Device>{{.id = "0", .kind = "cpu", .unranked_reasons = {"software device"}}};
  driver_.model.cache = "cold";
  const RunRecord r = measure_one();
  EXPECT_EQ(r.cache, "cold");
  EXPECT_THAT(r.unranked_reasons, ElementsAre("software device"));
}

TEST_F(Measure, ABatchIsFixedWhereTheBackendNeedsFixedShapes) {
  task_.info.batch_dim = "n";
  measure_one();
  EXPECT_EQ(driver_.opened.dims.count("n"), 0u);
  driver_.needs_fixed_shapes = true;
  measure_one();
  EXPECT_EQ(driver_.opened.dims.at("n"), 1);
  job_.dims["n"] = 4;
  measure_one();
  EXPECT_EQ(driver_.opened.dims.at("n"), 4) << "the user's word counts more";
}

TEST_F(Measure, ARecordHoldsWhatWasMeasured) {
  const RunRecord r = measure_one();
  EXPECT_EQ(r.status, RunStatus::ok) << r.reason;
  EXPECT_EQ(r.workload, "vision/fake");
  EXPECT_EQ(r.task, "fake-task");
  EXPECT_EQ(r.licence, "MIT");
  EXPECT_EQ(r.variant_of, "vision/real");
  EXPECT_EQ(r.device_name, "Fake 9000");
  EXPECT_EQ(r.device_kind, "cpu");
  EXPECT_EQ(r.driver, "fake driver 1.2");
  EXPECT_EQ(r.runtime, "Fake Runtime 1.2");
  EXPECT_EQ(r.compute_precision, "fp32");
  EXPECT_EQ(r.threads, 3);
  EXPECT_EQ(r.open_ms, 7);
  EXPECT_EQ(r.first_inference_ms, 1);
  EXPECT_EQ(r.quality, 0.9);
  EXPECT_EQ(r.quality_metric, "accuracy");
  EXPECT_EQ(r.quality_target, 0.8);
  EXPECT_EQ(r.quality_basis, "ground-truth");
  EXPECT_EQ(r.model_sha256, sha256_hex("the model"));
  EXPECT_EQ(r.model_mb, 9e-6);
  EXPECT_EQ(r.data_sha256, "abc");
  EXPECT_EQ(r.queries, 50);
  EXPECT_EQ(r.samples, 50);
  EXPECT_DOUBLE_EQ(r.window_s.value(), 0.05);
  EXPECT_EQ(r.batch, 1);
  EXPECT_EQ(r.concurrency, 1);
  EXPECT_DOUBLE_EQ(r.gops_per_sample.value(), 0.002);
  EXPECT_EQ(r.placement_macs, 1);
  EXPECT_EQ(r.placement_evidence, "assigned");
  EXPECT_EQ(r.placement, "FakeProvider 4 nodes, 100.0 % of MACs");
  EXPECT_THAT(r.unranked_reasons, IsEmpty());
  EXPECT_THAT(r.warnings, IsEmpty());
}

TEST_F(Measure, RawLatenciesAreInTheirFile) {
  const RunRecord r = measure_one();
  EXPECT_THAT(r.raw_files, ElementsAre("single-stream.lat"));
  const auto log = LatencyLog::from_bytes(tree_.read("single-stream.lat"), "raw");
  ASSERT_TRUE(log) << log.error().message;
  EXPECT_EQ(log->count(), 50u);
  EXPECT_THAT(log->first_ns(), Each(Eq(kMs)));
}

TEST_F(Measure, NoRawFileIsWrittenUnlessAsked) {
  job_.scenarios[0].raw_file.clear();
  EXPECT_EQ(measure_one().status, RunStatus::ok);
  EXPECT_EQ(tree_.count(), 1u);
}

TEST_F(Measure, ARawFileThatCannotBeWrittenOrIsOutsideFailsItsScenario) {
  job_.raw_folder = tree_ / "missing";
  EXPECT_EQ(measure_one().status, RunStatus::failed);
  job_.raw_folder = tree_.root();
  const std::string escaped = tree_.root().filename().string() + "-escaped.lat";
  job_.scenarios[0].raw_file = "../" + escaped;
  const RunRecord r = measure_one();
  EXPECT_EQ(r.status, RunStatus::failed);
  EXPECT_FALSE(std::filesystem::exists(tree_.root().parent_path() / escaped));
}

TEST_F(Measure, OptionsReachTheSessionAndTheUsersDimensionsWin) {
  task_.info.dims = {{"width", 320}, {"height", 200}};
  job_.dims = {{"width", 640}};
  job_.threads = 5;
  job_.placement.is_strict = true;
  measure_one();
  EXPECT_EQ(driver_.opened.model, task_.info.models["fp32"].path);
  EXPECT_EQ(driver_.opened.device_id, "0");
  EXPECT_EQ(driver_.opened.threads, 5);
  EXPECT_TRUE(driver_.opened.is_strict);
  EXPECT_EQ(driver_.opened.dims, (std::map<std::string, std::int64_t>{{"height", 200}, {"width", 640}}));
}

TEST_F(Measure, AMissingModelIsUnavailableWithTheRemedy) {
  std::filesystem::remove(tree_ / "model.onnx");
  expect_failure(RunStatus::unavailable, "model.onnx is not there; run scripts/fetch");
}

TEST_F(Measure, AModelOfAnotherHashIsRefused) {
  tree_.write("model.onnx", "another model");
  expect_failure(RunStatus::failed, sha256_hex("another model"));
  task_.info.models["fp32"].sha256.clear();
  EXPECT_EQ(measure_one().status, RunStatus::ok) << "a user's model has no hash to meet";
}

TEST_F(Measure, APrecisionThatIsNotThereIsUnsupported) {
  job_.precision = "int8";
  expect_failure(RunStatus::unsupported, "vision/fake has no int8 model");
}

TEST_F(Measure, ADeviceThatIsNotThereIsUnavailable) {
  job_.device = "7";
  expect_failure(RunStatus::unavailable, "backend fake has no device '7'");
}

TEST_F(Measure, EveryPartThatFailsGivesItsStatusAndReason) {
  driver_.open_fails = Error{ErrorKind::unsupported, "operator Frobnicate is unknown"};
  expect_failure(RunStatus::unsupported, "operator Frobnicate is unknown");
  driver_.open_fails = Error{ErrorKind::out_of_memory, "no room"};
  expect_failure(RunStatus::out_of_memory, "no room");
  driver_.open_fails = Error{ErrorKind::fallback, "a node would be the CPU's"};
  expect_failure(RunStatus::fallback, "a node would be the CPU's");
  driver_.open_fails.reset();
  driver_.work = Error{ErrorKind::device, "no profile"};
  expect_failure(RunStatus::failed, "no profile");
  driver_.work = OperationCount{};
  driver_.devices = Error{ErrorKind::unavailable, "no driver"};
  expect_failure(RunStatus::unavailable, "no driver");
  parts_.make_backend = [](const std::string& name) -> Result<std::unique_ptr<Backend>> {
    return Error{ErrorKind::not_found, "there is no backend " + name};
  };
  expect_failure(RunStatus::failed, "there is no backend fake");
  parts_.make_workload = [](const Job&) -> Result<std::unique_ptr<Workload>> {
    return Error{ErrorKind::unavailable, "samples are not there"};
  };
  expect_failure(RunStatus::unavailable, "samples are not there");
}

TEST_F(Measure, AFreeDimensionIsExplained) {
  driver_.model.inputs = {{"x", DType::f32, {1, -1}, {"", "length"}}};
  expect_failure(RunStatus::failed, "--dim length=N");
}

TEST_F(Measure, AFailureOfTheFirstRunIsOneOfOpening) {
  driver_.model.fails_at = 0;
  expect_failure(RunStatus::failed, "the fake device is gone");
  EXPECT_THAT(events_, ElementsAre("open", "record single-stream"));
}

TEST_F(Measure, ASampleThatCannotBeLoadedFailsTheCell) {
  task_.load_fails_at = 0;
  expect_failure(RunStatus::failed, "a picture is missing");
  task_.load_fails_at = 9;
  expect_failure(RunStatus::failed, "a picture is missing");
}

TEST_F(Measure, AJudgeThatCannotReadTheAnswerFailsTheCell) {
  task_.judge_fails_at = 3;
  expect_failure(RunStatus::failed, "the answer has a wrong shape");
  task_.judge_fails_at.reset();
  task_.grade = Error{ErrorKind::invalid, "nothing to grade"};
  expect_failure(RunStatus::failed, "nothing to grade");
}

TEST_F(Measure, BelowTheTargetIsWrongAndHasNoTimes) {
  task_.grade = 0.7999;
  expect_failure(RunStatus::wrong, "accuracy is 0.7999, the target is at least 0.8");
  EXPECT_THAT(events_, ElementsAre("open", "quality", "record single-stream"));
  const RunRecord r = measure_one();
  EXPECT_EQ(r.quality, 0.7999);
  EXPECT_FALSE(r.first_inference_ms);
}

TEST_F(Measure, JustTheTargetIsEnough) {
  task_.grade = 0.8;
  EXPECT_EQ(measure_one().status, RunStatus::ok);
}

TEST_F(Measure, AnswersAreHeldToTheTargetOfThePrecisionTheyWereComputedIn) {
  task_.info.targets = {{"fp32", 0.9}, {"fp16", 0.5}};
  task_.grade = 0.85;
  expect_failure(RunStatus::wrong, "accuracy is 0.85, the target is at least 0.9");
  EXPECT_EQ(measure_one().quality_target, 0.9);
}

TEST_F(Measure, ForAnErrorRateLowerIsBetter) {
  task_.info.lower_is_better = true;
  task_.grade = 0.81;
  expect_failure(RunStatus::wrong, "accuracy is 0.81, the target is at most 0.8");
  task_.grade = 0.1;
  EXPECT_EQ(measure_one().status, RunStatus::ok);
}

TEST_F(Measure, AQualityThatIsNoNumberIsWrongBothWays) {
  task_.grade = std::nan("");
  expect_failure(RunStatus::wrong, "accuracy is nan");
  task_.info.lower_is_better = true;
  expect_failure(RunStatus::wrong, "accuracy is nan");
}

TEST_F(Measure, JudgesEverySampleInOrderWithTheStateOfItsStream) {
  const auto placement = driver_.model.placement;
  driver_.model = test::counting_model();
  driver_.model.clock = &clock_;
  driver_.model.placement = placement;
  task_.info.state = {{"stateN", "state"}};
  task_.samples = 6;
  task_.stream_length = 3;
  EXPECT_EQ(measure_one().status, RunStatus::ok);
  EXPECT_THAT(task_.judged, ElementsAre(0, 2, 4, 3, 5, 7)) << "sample + position in its stream";
}

TEST_F(Measure, TooLittleOnTheDeviceIsAFallbackAndNotJudged) {
  driver_.model.placement = Placement{
      {{"FakeProvider", 9, 949'999}, {"CPU", 1, 50'001}}, "FakeProvider", 0.9, 0.949999, "assigned"};
  expect_failure(RunStatus::fallback, "of the work is on FakeProvider, less than 95 %");
  EXPECT_THAT(events_, ElementsAre("open", "record single-stream"));
  job_.placement.gate_percent = 90;
  EXPECT_EQ(measure_one().status, RunStatus::ok) << "the job's gate is the one that counts";
}

TEST_F(Measure, DoubtOfThePlacementIsAReasonNotToRank) {
  driver_.model.placement->evidence = "assigned";
  driver_.model.placement->doubt = "it may not";
  driver_.model.provider_options = "mode=burst";
  const RunRecord r = measure_one();
  EXPECT_EQ(r.status, RunStatus::ok);
  EXPECT_THAT(r.unranked_reasons, ElementsAre("weak placement evidence: it may not"));
  EXPECT_EQ(r.provider_options, "mode=burst");
}

TEST_F(Measure, APlacementThatIsNotKnownIsAReasonNotToRank) {
  driver_.model.placement = Error{ErrorKind::unsupported, "too old to tell"};
  const RunRecord r = measure_one();
  EXPECT_EQ(r.status, RunStatus::ok);
  EXPECT_EQ(r.placement_evidence, "");
  EXPECT_THAT(r.unranked_reasons, ElementsAre("too old to tell"));
}

TEST_F(Measure, WhereNodesWentIsToldOnRequest) {
  driver_.model.placement->table = {{"n", "Conv", "FakeProvider", 1e6, ""}};
  driver_.time_share = 0.25;
  EXPECT_FALSE(measure_one().placement_time);
  EXPECT_THAT(nodes_, IsEmpty());
  job_.placement.tells_nodes = true;
  EXPECT_EQ(measure_one().placement_time, 0.25);
  ASSERT_EQ(nodes_.size(), 1u);
  EXPECT_EQ(nodes_[0].name, "n");
  driver_.time_share = Error{ErrorKind::device, "the device takes one session"};
  const RunRecord untimed = measure_one();
  EXPECT_FALSE(untimed.placement_time);
  EXPECT_THAT(untimed.warnings,
              ElementsAre("placement_time could not be measured: the device takes one session"));
  driver_.time_share = Error{ErrorKind::unsupported, "nobody knows"};
  driver_.model.placement->table.resize(20'001);
  EXPECT_THAT(measure_one().warnings, ElementsAre("the table of nodes ends after 20000 of 20001"));
}

TEST_F(Measure, WorkThatIsNotCountedLeavesTopsOut) {
  driver_.work = OperationCount{{{"n", "Conv", 1e6}}, {"Einsum"}};
  const RunRecord r = measure_one();
  EXPECT_FALSE(r.gops_per_sample);
  EXPECT_THAT(r.warnings, ElementsAre(HasSubstr("operator Einsum")));
}

TEST_F(Measure, OtherDataThanThePinnedAreMeasuredButNotRanked) {
  task_.data_sha256 = "other";
  const RunRecord r = measure_one();
  EXPECT_EQ(r.status, RunStatus::ok);
  EXPECT_EQ(r.data_sha256, "other");
  EXPECT_THAT(r.unranked_reasons, ElementsAre(HasSubstr("sample set differs")));
}

TEST_F(Measure, AUsersModelMakesNoClaimOfQuality) {
  task_.has_judge = false;
  task_.info.is_user_model = true;
  task_.info.data_sha256.clear();
  const RunRecord r = measure_one();
  EXPECT_EQ(r.status, RunStatus::ok);
  EXPECT_FALSE(r.quality);
  EXPECT_EQ(r.quality_metric, "");
  EXPECT_THAT(r.unranked_reasons, ElementsAre("a user's model"));
  EXPECT_THAT(events_, ElementsAre("open", "measure single-stream", "record single-stream"));
}

TEST_F(Measure, WithoutScenariosQualityAndPlacementAreAll) {
  job_.scenarios.clear();
  const RunRecord r = measure_one();
  EXPECT_EQ(r.status, RunStatus::ok);
  EXPECT_EQ(r.scenario, "");
  EXPECT_EQ(r.quality, 0.9);
  EXPECT_FALSE(r.window_s);
  EXPECT_THAT(events_, ElementsAre("open", "quality", "record "));
}

TEST_F(Measure, AScenarioThatFailsLeavesTheOthersAlone) {
  job_.scenarios = {wanted("no-such"), wanted("single-stream")};
  const auto records = measure_all();
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[0].status, RunStatus::failed);
  EXPECT_EQ(records[0].scenario, "no-such");
  EXPECT_EQ(records[1].status, RunStatus::ok) << records[1].reason;
  EXPECT_EQ(records[1].queries, 50);
}

TEST_F(Measure, AFailureOfOpeningIsToldForEveryScenario) {
  job_.scenarios.push_back(wanted("offline"));
  driver_.open_fails = Error{ErrorKind::unsupported, "no"};
  const auto records = measure_all();
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[1].status, RunStatus::unsupported);
  EXPECT_EQ(records[1].scenario, "offline");
}

TEST_F(Measure, AnErrorInTheWindowFailsTheScenario) {
  driver_.model.fails_at = 1 + 16 + 200 + 20;  // first run, judging, warming up, then in the window
  const RunRecord r = measure_one();
  EXPECT_EQ(r.status, RunStatus::failed);
  EXPECT_EQ(r.reason, "the fake device is gone");
  EXPECT_FALSE(r.queries);
  EXPECT_FALSE(std::filesystem::exists(tree_ / "single-stream.lat"));
}

TEST_F(Measure, ListDevicesTellsEveryBackendAndItsError) {
  parts_.make_backend = [this](const std::string& name) -> Result<std::unique_ptr<Backend>> {
    if (name == "broken") return Error{ErrorKind::unavailable, "no driver; install one"};
    return std::unique_ptr<Backend>(std::make_unique<test::FakeBackend>(driver_));
  };
  const auto list = list_devices({"fake", "broken"}, parts_);
  ASSERT_EQ(list.size(), 2u);
  EXPECT_EQ(list[0]["backend"], "fake");
  EXPECT_EQ(list[0]["devices"][0]["name"], "Fake 9000");
  EXPECT_EQ(list[0]["facts"]["runtime"], "Fake Runtime 1.2");
  EXPECT_FALSE(list[0].contains("error"));
  EXPECT_EQ(list[1]["backend"], "broken");
  EXPECT_TRUE(list[1]["devices"].empty());
  EXPECT_EQ(list[1]["error"]["status"], "unavailable");
  EXPECT_EQ(list[1]["error"]["message"], "no driver; install one");
}

}  // namespace
}  // namespace eb
