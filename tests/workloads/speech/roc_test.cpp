#include "workloads/speech/roc.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace eb {
namespace {

double auc_of(const std::vector<float>& scores, const std::vector<std::uint8_t>& truth) {
  const auto auc = roc_auc(scores, truth);
  EXPECT_TRUE(auc);
  return auc ? *auc : -1;
}

TEST(RocAuc, PerfectAndReversed) {
  EXPECT_EQ(auc_of({0.1F, 0.2F, 0.8F, 0.9F}, {0, 0, 1, 1}), 1.0);
  EXPECT_EQ(auc_of({0.1F, 0.2F, 0.8F, 0.9F}, {1, 1, 0, 0}), 0.0);
}

// Of the six pairs (positives 0.4, 0.35 and 0.8 against negatives 0.1 and 0.4) the positive wins 4, and 0.4
// against 0.4 is a half: 4.5 / 6.
TEST(RocAuc, CountsATieAsHalf) {
  EXPECT_EQ(auc_of({0.1F, 0.4F, 0.35F, 0.4F, 0.8F}, {0, 0, 1, 1, 1}), 4.5 / 6);
}

// Positives 1, 1, 2 and negatives 1, 2, 2: pairs (1,1)=.5 twice, (1,2)=0 four times, (2,1)=1, (2,2)=.5 twice.
TEST(RocAuc, CountsTiesOfSeveral) {
  EXPECT_EQ(auc_of({1, 1, 2, 1, 2, 2}, {1, 1, 1, 0, 0, 0}), 3.0 / 9);
}

TEST(RocAuc, OneScoreForAllIsChance) {
  EXPECT_EQ(auc_of({5, 5, 5, 5, 5}, {1, 0, 0, 1, 0}), 0.5);
}

TEST(RocAuc, OrderOfSamplesDoesNotMatter) {
  EXPECT_EQ(auc_of({0.8F, 0.4F, 0.1F, 0.35F, 0.4F}, {1, 1, 0, 1, 0}), 4.5 / 6);
}

TEST(RocAuc, EqualsTheCountOverAllPairs) {
  std::vector<float> scores;
  std::vector<std::uint8_t> truth;
  std::uint32_t state = 12345;
  for (int i = 0; i < 300; ++i) {
    state = state * 1664525U + 1013904223U;
    scores.push_back(static_cast<float>((state >> 16U) % 40U));  // many ties
    truth.push_back((state >> 28U) % 3U == 0 ? 1 : 0);
  }
  double wins = 0;
  double pairs = 0;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    for (std::size_t k = 0; k < scores.size(); ++k) {
      if (truth[i] == 0 || truth[k] == 1) continue;
      pairs += 1;
      wins += scores[i] > scores[k] ? 1 : scores[i] == scores[k] ? 0.5 : 0;
    }
  }
  EXPECT_DOUBLE_EQ(auc_of(scores, truth), wins / pairs);
}

TEST(RocAuc, InfinityIsAScoreButNotANumberIsTheWorstAnswer) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  EXPECT_EQ(auc_of({-kInfinity, kInfinity}, {0, 1}), 1.0);
  EXPECT_EQ(auc_of({std::nanf(""), 0.5F}, {1, 0}), 0.0);
  EXPECT_EQ(auc_of({std::nanf(""), 0.5F}, {0, 1}), 0.0);
  EXPECT_EQ(auc_of({std::nanf(""), std::nanf("")}, {0, 1}), 0.0);
}

TEST(RocAuc, NeedsBothClasses) {
  const std::vector<float> scores = {0.1F, 0.2F};
  for (const std::vector<std::uint8_t>& truth : {std::vector<std::uint8_t>{0, 0}, {1, 1}}) {
    const auto auc = roc_auc(scores, truth);
    ASSERT_FALSE(auc);
    EXPECT_EQ(auc.error().kind, ErrorKind::invalid);
  }
  EXPECT_FALSE(roc_auc({}, {}));
}

TEST(RocAuc, ScoresAndTruthMustMatch) {
  const std::vector<float> scores = {0.1F, 0.2F};
  const std::vector<std::uint8_t> truth = {1};
  EXPECT_FALSE(roc_auc(scores, truth));
}

}  // namespace
}  // namespace eb
