#include "harness/run/layer_times.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/harness/run/measure_fixture.h"

namespace eb {
namespace {

using test::kMs;
using test::MeasureFixture;
using test::wanted;
using ::testing::ElementsAre;

RunRecord opened_in(double open_ms, double first_ms) {
  RunRecord record;
  record.open_ms = open_ms;
  record.first_inference_ms = first_ms;
  return record;
}

Job job_of(LayerTiming layers) {
  Job job;
  job.layers = layers;
  job.scenarios = {wanted("single-stream"), wanted("offline")};
  for (ScenarioJob& scenario : job.scenarios) scenario.rule.min_duration_ns = 500 * kMs;
  return job;
}

TEST(MayTimeLayers, UnaskedOnlyWhereItCostsATenthOfTheWindows) {
  const Job job = job_of(LayerTiming::if_cheap);  // windows of a second in sum
  EXPECT_TRUE(may_time_layers(job, opened_in(60, 10)));
  EXPECT_FALSE(may_time_layers(job, opened_in(61, 10)));
  EXPECT_FALSE(may_time_layers(job, opened_in(0, 26)));
  EXPECT_FALSE(may_time_layers(job, RunRecord{})) << "nobody knows what it would cost";
}

TEST(MayTimeLayers, WhoAsksGetsThemAtAnyPrice) {
  EXPECT_TRUE(may_time_layers(job_of(LayerTiming::on), opened_in(6000, 1000)));
  EXPECT_TRUE(may_time_layers(job_of(LayerTiming::on), RunRecord{}));
  EXPECT_FALSE(may_time_layers(job_of(LayerTiming::off), opened_in(1, 1)));
}

TEST(MayTimeLayers, AWrongAnswerHasNoTimes) {
  for (const RunStatus status : {RunStatus::wrong, RunStatus::rejected, RunStatus::failed}) {
    RunRecord record = opened_in(1, 1);
    record.status = status;
    EXPECT_FALSE(may_time_layers(job_of(LayerTiming::on), record)) << status_name(status);
  }
  RunRecord fallback = opened_in(1, 1);
  fallback.status = RunStatus::fallback;
  EXPECT_TRUE(may_time_layers(job_of(LayerTiming::on), fallback));
  EXPECT_FALSE(may_time_layers(job_of(LayerTiming::if_cheap), fallback));
}

class MeasureLayers : public MeasureFixture {
 protected:
  MeasureLayers() {
    LayerTimes times{.runs = 3, .run_us = 10};
    times.layers = {{"n", "Conv", "FakeProvider", 8}};
    driver_.layers = times;
    job_.layers = LayerTiming::on;
  }
};

TEST_F(MeasureLayers, ComeAfterTheLastRecord) {
  job_.scenarios = {wanted("single-stream"), wanted("offline")};
  measure_all();
  EXPECT_THAT(events_, ElementsAre("open", "quality", "measure single-stream", "record single-stream",
                                   "measure offline", "record offline", "layers", "layers of 3 runs"));
  EXPECT_EQ(driver_.timed.macs(), 1e6) << "the work of the model is known";
}

TEST_F(MeasureLayers, ComeAfterTheVerdictWithoutScenarios) {
  job_.scenarios.clear();
  measure_one();
  EXPECT_THAT(events_, ElementsAre("open", "quality", "record ", "layers", "layers of 3 runs"));
}

TEST_F(MeasureLayers, AreNotForACellThatFailed) {
  task_.grade = 0.1;
  EXPECT_EQ(measure_one().status, RunStatus::wrong);
  EXPECT_THAT(events_, ElementsAre("open", "quality", "record single-stream"));
  driver_.open_fails = Error{ErrorKind::unsupported, "no"};
  measure_one();
  EXPECT_THAT(events_, ElementsAre("open", "record single-stream"));
}

TEST_F(MeasureLayers, AreNotForWhoDoesNotWantThem) {
  job_.layers = LayerTiming::off;
  EXPECT_EQ(measure_one().status, RunStatus::ok);
  EXPECT_THAT(events_, ElementsAre("open", "quality", "measure single-stream", "record single-stream"));
}

TEST_F(MeasureLayers, AnErrorIsTheReason) {
  driver_.layers = Error{ErrorKind::unsupported, "the provider does not say"};
  EXPECT_EQ(measure_one().status, RunStatus::ok);
  EXPECT_EQ(events_.back(), "no layers: the provider does not say");
}

}  // namespace
}  // namespace eb
