#include "harness/run/cross_check.h"

#include <cmath>
#include <limits>

#include "tests/harness/run/measure_fixture.h"

namespace eb {
namespace {

using test::kMs;
using ::testing::Contains;
using ::testing::HasSubstr;

// Both compute y = x + `error`, and take processor time for it.
class CrossCheck : public test::MeasureFixture {
 protected:
  CrossCheck() {
    driver_.devices = std::vector<Device>{{"0", "Fake NPU", "npu", "1"}};
    cpu_.emplace();
    cpu_->model.clock = &clock_;
    let_answer(driver_, 0, 1);
    let_answer(*cpu_, 0, 10);
    task_.info.metric.clear();
    task_.has_judge = false;
  }

  void let_answer(test::FakeDriver& driver, float error, std::int64_t cpu_ms) {
    driver.model.compute = [this, error, cpu_ms](test::FakeBinding& binding) {
      clock_.work(cpu_ms * kMs);
      const auto x = binding.inputs[0].as<float>();
      const auto y = binding.outs[0].as<float>();
      for (std::size_t i = 0; i < y.size(); ++i) y[i] = x[i] + error;
    };
  }
};

TEST_F(CrossCheck, TheSameAnswersAndAnIdleHostAreFine) {
  const RunRecord record = measure_one();
  EXPECT_EQ(record.status, RunStatus::ok) << record.reason;
  EXPECT_EQ(record.output_sqnr_db, kMostDb);
  EXPECT_NEAR(record.output_cosine.value(), 1, 1e-12);
  EXPECT_DOUBLE_EQ(record.host_cpu_ms.value(), 1);
  EXPECT_DOUBLE_EQ(record.host_cpu_share.value(), 0.1);
}

TEST_F(CrossCheck, ADifferenceIsInDecibels) {
  let_answer(driver_, 0.01F, 1);
  const RunRecord record = measure_one();
  EXPECT_EQ(record.status, RunStatus::ok) << record.reason;
  // Samples 0 to 3, two elements each: their squares add up to 28, the errors' to 8 * 1e-4.
  EXPECT_NEAR(record.output_sqnr_db.value(), 10 * std::log10(28 / 8e-4), 1e-3);
}

TEST_F(CrossCheck, WrongAnswersHaveNoSpeed) {
  let_answer(driver_, 1, 1);
  expect_failure(RunStatus::wrong, "SQNR is 5.4 dB, less than 20");
}

TEST_F(CrossCheck, AnswersThatAreNoNumbersAreWrong) {
  let_answer(driver_, std::numeric_limits<float>::quiet_NaN(), 1);
  expect_failure(RunStatus::wrong, "SQNR is -200");
}

TEST_F(CrossCheck, WhereAJudgeDecidesADifferenceIsAFact) {
  task_.info.metric = "accuracy";
  task_.has_judge = true;
  let_answer(driver_, 1, 1);
  const RunRecord record = measure_one();
  EXPECT_EQ(record.status, RunStatus::ok) << record.reason;
  EXPECT_LT(record.output_sqnr_db.value(), 10);
}

TEST_F(CrossCheck, AModelThatAnswersAtRandomCannotBeCompared) {
  cpu_->model.compute = [calls = 0](test::FakeBinding& binding) mutable {
    for (float& y : binding.outs[0].as<float>()) y = static_cast<float>(++calls);
  };
  const RunRecord record = measure_one();
  EXPECT_EQ(record.status, RunStatus::ok) << record.reason;
  EXPECT_FALSE(record.output_sqnr_db);
  EXPECT_THAT(record.warnings, Contains(HasSubstr("could not be compared")));
}

TEST_F(CrossCheck, AHostThatWorksIsAFallback) {
  let_answer(driver_, 0, 6);
  expect_failure(RunStatus::fallback, "works 6 ms a run, 60 % of what the cpu backend needs");
}

TEST_F(CrossCheck, WhatAHypervisorTakesFromAFewRunsIsNotWorkOfTheHost) {
  driver_.model.compute = [this, answer = driver_.model.compute,
                           calls = 0](test::FakeBinding& binding) mutable {
    answer(binding);
    if (++calls % 7 == 0) clock_.work(99 * kMs);
  };
  const RunRecord record = measure_one();
  EXPECT_EQ(record.status, RunStatus::ok) << record.reason;
  EXPECT_DOUBLE_EQ(record.host_cpu_ms.value(), 1);
}

TEST_F(CrossCheck, ADeviceThatIsTheCpuMayUseIt) {
  driver_.devices = std::vector<Device>{{"0", "pocl", "cpu", "1"}};
  let_answer(driver_, 0, 20);
  const RunRecord record = measure_one();
  EXPECT_EQ(record.status, RunStatus::ok) << record.reason;
  EXPECT_DOUBLE_EQ(record.host_cpu_share.value(), 2);
}

TEST_F(CrossCheck, HandingARunOverIsNoFallback) {
  const auto work_us = [this](test::FakeDriver& driver, std::int64_t us) {
    driver.model.compute = [this, us](test::FakeBinding&) { clock_.work(us * kMs / 1000); };
  };
  work_us(*cpu_, 420);
  work_us(driver_, 300);
  EXPECT_EQ(measure_one().status, RunStatus::ok) << "0.15 ms of the 0.3 are the way there and back";
  work_us(driver_, 420);
  expect_failure(RunStatus::fallback, "the host's processor works 0.42 ms a run, 100 %");
}

TEST_F(CrossCheck, SmallModelsSayNothingOfTheHost) {
  cpu_->model.compute = [this](test::FakeBinding&) { clock_.work(kMs / 10); };
  driver_.model.compute = cpu_->model.compute;
  EXPECT_EQ(measure_one().status, RunStatus::ok);
}

TEST_F(CrossCheck, WithoutACpuBackendThereIsNothingToCompareWith) {
  cpu_.reset();
  const RunRecord record = measure_one();
  EXPECT_EQ(record.status, RunStatus::ok) << record.reason;
  EXPECT_FALSE(record.host_cpu_ms);
  EXPECT_FALSE(record.output_sqnr_db);
}

TEST_F(CrossCheck, TheCpuBackendIsNotComparedWithItself) {
  job_.backend = "cpu";
  EXPECT_FALSE(measure_one().output_sqnr_db);
}

}  // namespace
}  // namespace eb
