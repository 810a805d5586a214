#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/results/compare/runs.h"

namespace eb {
namespace {

using namespace test;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Run run_of(std::vector<RunRecord> records) {
  return named("", std::move(records)).run;
}

const Score* find(const std::vector<Score>& scores, const std::string& device, const std::string& task = "") {
  for (const Score& score : scores)
    if (score.device == device && score.task == task) return &score;
  ADD_FAILURE() << device << " " << task << " has no score";
  return nullptr;
}

const Run kReference = run_of({cell("vision/a", {8, 8.1, 7.9}), cell("speech/b", {2, 2.02, 1.98})});

TEST(Score, TheReferenceItselfHas1000) {
  const auto scores = score_run(kReference, kReference);
  ASSERT_EQ(scores.size(), 3u) << "of all, and of each task";
  const Score* all = find(scores, "cpu:0");
  EXPECT_NEAR(all->value, 1000, 1e-9);
  EXPECT_EQ(all->cells, 2u);
  EXPECT_THAT(all->missing, IsEmpty());
  ASSERT_TRUE(all->interval);
  EXPECT_LT(all->interval->low, 1000);
  EXPECT_GT(all->interval->high, 1000);
}

TEST(Score, IsTheGeometricMean) {
  const auto scores =
      score_run(run_of({cell("vision/a", {4, 4.1, 3.9}), cell("speech/b", {0.25, 0.26, 0.24})}), kReference);
  EXPECT_NEAR(find(scores, "cpu:0")->value, 4000, 1e-6) << "sqrt(2 * 8)";
  EXPECT_NEAR(find(scores, "cpu:0", "a")->value, 2000, 1e-6);
  EXPECT_NEAR(find(scores, "cpu:0", "b")->value, 8000, 1e-6);
}

TEST(Score, WhatRanBesideSomethingElseDoesNotCount) {
  RunRecord beside = cell("vision/a", {80, 80, 80});
  beside.beside = "speech/b@cpu";
  const auto scores = score_run(
      run_of({cell("vision/a", {8, 8.1, 7.9}), cell("speech/b", {2, 2.02, 1.98}), beside}), kReference);
  EXPECT_NEAR(find(scores, "cpu:0")->value, 1000, 1e-9);
}

TEST(Score, IsPartialWithoutAWorkloadOrWithAFailedOne) {
  RunRecord crashed = cell("speech/b", {1, 1, 1});
  crashed.status = RunStatus::crashed;
  const auto failed = score_run(run_of({cell("vision/a", {4, 4, 4}), crashed}), kReference);
  EXPECT_THAT(find(failed, "cpu:0")->missing, ElementsAre("speech/b (crashed)"));
  const auto absent = score_run(run_of({cell("vision/a", {4, 4, 4})}), kReference);
  EXPECT_THAT(find(absent, "cpu:0")->missing, ElementsAre("speech/b"));
  EXPECT_NEAR(find(absent, "cpu:0")->value, 2000, 1e-9);
}

TEST(Score, EveryDeviceHasItsOwnAndIsMeasuredByTheReferencesFastest) {
  RunRecord gpu = cell("vision/a", {2, 2, 2});
  gpu.backend = "vulkan";
  const eb::Run reference = run_of({cell("vision/a", {8, 8, 8}), gpu});
  const auto scores = score_run(reference, reference);
  EXPECT_NEAR(find(scores, "cpu:0")->value, 250, 1e-9);
  EXPECT_NEAR(find(scores, "vulkan:0")->value, 1000, 1e-9);
}

TEST(Score, ScenariosAndPrecisionsAreNotMixed) {
  RunRecord int8 = cell("vision/a", {4, 4, 4}), offline = cell("vision/a", {});
  int8.precision = "int8";
  offline.scenario = "offline";
  set_throughputs(offline, {50, 50, 50});
  const eb::Run all = run_of({cell("vision/a", {8, 8, 8}), int8, offline});
  for (const Score& score : score_run(all, all)) {
    EXPECT_NEAR(score.value, 1000, 1e-9) << score.precision << " " << score.scenario;
    EXPECT_EQ(score.cells, 1u);
    EXPECT_THAT(score.missing, IsEmpty());
  }
  EXPECT_EQ(score_run(all, all).size(), 6u);
}

TEST(Score, WithoutLaunchesEnoughThereIsNoIntervalAndWithoutAnythingNoScore) {
  const auto scores = score_run(run_of({cell("vision/a", {4}), cell("speech/b", {1})}), kReference);
  EXPECT_FALSE(find(scores, "cpu:0")->interval);
  EXPECT_THAT(score_run(run_of({cell("user/mine", {4, 4, 4})}), kReference), IsEmpty());
  EXPECT_THAT(score_run(run_of({}), kReference), IsEmpty());
  EXPECT_THAT(score_run(kReference, run_of({})), IsEmpty());
}

}  // namespace
}  // namespace eb
