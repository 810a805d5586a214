#include "harness/run/sampled_answers.h"

#include <gtest/gtest.h>

#include "harness/run/loading.h"
#include "tests/support/fake_parts.h"
#include "tests/support/tree.h"

namespace eb {
namespace {

using test::FakeBinding;
using test::FakeModel;
using test::FakeSession;
using test::FakeWorkload;
using test::problem;

// y = x + 1; the book holds the answers to samples 0 to 15.
class SampledAnswers : public ::testing::Test {
 protected:
  SampledAnswers() {
    model_.compute = [this](FakeBinding& binding) {
      const auto x = binding.inputs[0].as<float>();
      const auto y = binding.outs[0].as<float>();
      for (std::size_t i = 0; i < y.size(); ++i) y[i] = runs_ < lies_from_ ? x[i] + 1 : 7;
      ++runs_;
    };
    const TensorSpec spec{"y", DType::f32, {1, 2}};
    for (std::size_t sample = 0; sample < 16; ++sample) {
      std::vector<float> y(2, static_cast<float>(sample) + 1);
      book_.add(sample, std::vector<Tensor>{{&spec, std::as_writable_bytes(std::span(y))}});
    }
  }

  // Whether anything was compared in a window of so many runs.
  bool compare(std::size_t runs, Difference& difference, std::int64_t batch = 1,
               std::size_t expected_runs = 64) {
    FakeSession session(model_);
    auto lanes = load_lanes(FakeWorkload(task_), session, {.batch = batch});
    EXPECT_EQ(problem(lanes), "");
    AnswerSampler sampler(expected_runs, 3);
    (*lanes)[0].observer = &sampler;
    test::FakeClock clock;
    const auto scenario = make_scenario("single-stream", {.min_queries = runs, .min_duration_ns = 0});
    EXPECT_EQ(problem(drive_queries(**scenario, session, (*lanes)[0], clock, runs)), "");
    return sampler.compare((*lanes)[0], book_, difference);
  }

  FakeModel model_;
  test::FakeTask task_;
  AnswerBook book_;
  std::size_t runs_ = 0, lies_from_ = 1'000'000;
};

TEST_F(SampledAnswers, OfAnHonestWindowAreThoseOfTheBook) {
  for (const std::size_t runs : {1u, 64u, 5000u}) {
    Difference difference;
    EXPECT_TRUE(compare(runs, difference, 1, runs));
    EXPECT_TRUE(difference.is_none());
  }
}

TEST_F(SampledAnswers, ShowALieHoweverLateItBegins) {
  lies_from_ = 900;
  Difference difference;
  EXPECT_TRUE(compare(1000, difference, 1, 1000));
  EXPECT_LT(difference.worst_sqnr_db(), 20);
}

TEST_F(SampledAnswers, AreFoundInAWindowThatIsLongerThanExpected) {
  Difference difference;
  EXPECT_TRUE(compare(10'000, difference, 1, 10));
  EXPECT_TRUE(difference.is_none());
}

TEST_F(SampledAnswers, ABatchIsTakenApart) {
  model_.inputs = {{"x", DType::f32, {-1, 2}, {"n", ""}}};
  model_.outputs = {{"y", DType::f32, {-1, 2}, {"n", ""}}};
  Difference difference;
  EXPECT_TRUE(compare(64, difference, 8));
  EXPECT_TRUE(difference.is_none());
}

TEST_F(SampledAnswers, ABatchWhoseAnswersCannotBeToldApartIsNotCompared) {
  model_.inputs = {{"x", DType::f32, {-1, 2}, {"n", ""}}};
  Difference difference;
  EXPECT_FALSE(compare(64, difference, 8)) << "one answer for eight samples";
}

TEST_F(SampledAnswers, WithoutABookNothingIsCompared) {
  book_ = {};
  Difference difference;
  EXPECT_FALSE(compare(64, difference));
}

}  // namespace
}  // namespace eb
