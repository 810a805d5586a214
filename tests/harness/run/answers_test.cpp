#include "harness/run/answers.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/support/fake_parts.h"
#include "tests/support/tree.h"

namespace eb {
namespace {

double sqnr_db(const Numbers& expected, const Numbers& answers) {
  Difference difference;
  difference.add(expected, answers);
  return difference.sqnr_db();
}

TEST(Difference, IsTheRatioOfSignalToNoise) {
  EXPECT_NEAR(sqnr_db({3, 4}, {3, 4.5}), 20, 1e-9);
  EXPECT_EQ(sqnr_db({3, 4}, {3, 4}), kMostDb);
  EXPECT_EQ(sqnr_db({0, 0}, {0, 1}), -kMostDb);
}

TEST(Difference, AddsUpOverAnswers) {
  Difference difference;
  EXPECT_TRUE(difference.is_none());
  difference.add({1, 2}, {1, 2});
  EXPECT_TRUE(difference.is_none());
  difference.add({2}, {1});
  EXPECT_FALSE(difference.is_none());
  EXPECT_NEAR(difference.sqnr_db(), 10 * std::log10(9), 1e-9);
}

TEST(Difference, OneLieAmongManyTruthsShows) {
  Difference difference;
  for (int i = 0; i < 99; ++i) difference.add({10, 10}, {10, 10});
  difference.add({10, 10}, {0, 10});
  EXPECT_NEAR(difference.sqnr_db(), 10 * std::log10(200), 1e-9);
  EXPECT_NEAR(difference.worst_sqnr_db(), 10 * std::log10(2), 1e-9);
}

TEST(Difference, AnAnswerOfNextToNothingMayHaveSomeNoise) {
  Difference difference;
  for (int i = 0; i < 9; ++i) difference.add({10}, {10});
  difference.add({1e-6}, {2e-6});
  EXPECT_GT(difference.worst_sqnr_db(), 100);
}

TEST(Difference, AnswersOfAnotherLengthAreTheWorst) {
  EXPECT_EQ(sqnr_db({1, 2}, {1}), -kMostDb);
  Difference difference;
  difference.add({1, 2}, {1});
  difference.add({1, 2}, {1, 2});
  EXPECT_EQ(difference.sqnr_db(), -kMostDb);
  EXPECT_FALSE(difference.cosine());
}

TEST(Difference, WhatIsNoNumberOnBothSidesIsTheSame) {
  const double nan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();
  EXPECT_EQ(sqnr_db({nan, inf, 1}, {nan, inf, 1}), kMostDb);
  EXPECT_EQ(sqnr_db({1, 1}, {nan, 1}), -kMostDb);
  Difference difference;
  difference.add({1}, {nan});
  difference.add({1}, {1});
  EXPECT_EQ(difference.worst_sqnr_db(), -kMostDb);
}

TEST(NumbersOf, AreThoseOfAllOutputsOrNone) {
  const TensorSpec bytes{"a", DType::i8, {2}}, halves{"b", DType::f16, {1}};
  std::int8_t numbers[] = {-3, 4};
  std::uint16_t half[] = {0x3c00};
  const Tensor first{&bytes, std::as_writable_bytes(std::span(numbers))};
  const Tensor second{&halves, std::as_writable_bytes(std::span(half))};
  EXPECT_EQ(numbers_of(std::vector{first, first}), (Numbers{-3, 4, -3, 4}));
  EXPECT_FALSE(numbers_of(std::vector{first, second}));
}

TEST(AnswerBook, KnowsWhatItWasTold) {
  const TensorSpec spec{"a", DType::i8, {2}};
  std::int8_t numbers[] = {-3, 4};
  AnswerBook book;
  book.add(5, std::vector<Tensor>{{&spec, std::as_writable_bytes(std::span(numbers))}});
  ASSERT_TRUE(book.find(5));
  EXPECT_EQ(*book.find(5), (Numbers{-3, 4}));
  EXPECT_FALSE(book.find(4));
}

TEST(SampleRunner, EveryLoadIsTheStartOfAStream) {
  test::FakeTask task;
  task.info.state = {{"stateN", "state"}};
  test::FakeSession session(test::counting_model());
  const test::FakeWorkload workload(task);
  auto runner = SampleRunner::create(workload, session);
  ASSERT_EQ(test::problem(runner), "");
  for (const std::size_t sample : {3u, 3u, 4u}) {
    EXPECT_EQ(test::problem(runner->load(sample)), "");
    const auto answers = runner->answers();
    ASSERT_TRUE(answers && *answers);
    EXPECT_EQ((*answers)->front(), static_cast<double>(sample)) << "plus a state of zero";
  }
}

}  // namespace
}  // namespace eb
