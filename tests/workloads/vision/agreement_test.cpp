#include "workloads/vision/agreement.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace eb {
namespace {

using Answers = std::vector<std::vector<float>>;

std::optional<double> decibels(const Answers& references, const Answers& answers) {
  SignalToNoise ratio(references);
  for (std::size_t i = 0; i < answers.size(); ++i) ratio.add(references[i], answers[i]);
  return ratio.decibels();
}

const Answers kReferences = {{1, -1, 5}, {-1, 1, 5}};  // the last element never varies: a signal of 4 in all

TEST(SignalToNoise, IsTheRatioOfPowers) {
  EXPECT_NEAR(*decibels(kReferences, {{1.2F, -1, 5}, {-1, 1, 5}}), 20, 1e-5);
  EXPECT_NEAR(*decibels(kReferences, {{1.2F, -1.2F, 5}, {-1.2F, 1.2F, 5}}), 10 * std::log10(4 / 0.16), 1e-5);
}

TEST(SignalToNoise, IsTheSameInOtherUnits) {
  const Answers scaled = {{1024, -1024, 5120}, {-1024, 1024, 5120}};
  EXPECT_NEAR(*decibels(scaled, {{1024, -1024, 5376}, {-1024, 1024, 5120}}),
              *decibels(kReferences, {{1, -1, 5.25F}, {-1, 1, 5}}), 1e-9);
}

TEST(SignalToNoise, AnswersThatIgnoreTheirSampleAreNoBetterThanNothing) {
  EXPECT_NEAR(*decibels(kReferences, {{0, 0, 5}, {0, 0, 5}}), 0, 1e-9) << "the mean of the references";
  EXPECT_LT(*decibels(kReferences, {{1, -1, 5}, {1, -1, 5}}), 0) << "one of the references";
  EXPECT_LT(*decibels(kReferences, {{-1, 1, 5}, {1, -1, 5}}), 0) << "the right answers for the wrong samples";
}

TEST(SignalToNoise, StaysWithinItsBounds) {
  EXPECT_EQ(decibels(kReferences, kReferences), SignalToNoise::kBest);
  EXPECT_EQ(decibels(kReferences, {{1e30F, -1, 5}, {-1, 1, 5}}), SignalToNoise::kWorst);
  for (const float bad : {std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN()})
    EXPECT_EQ(decibels(kReferences, {{1, -1, bad}, {-1, 1, 5}}), SignalToNoise::kWorst);
}

TEST(SignalToNoise, NeedsSomethingThatVaries) {
  EXPECT_FALSE(decibels(kReferences, {}));
  EXPECT_FALSE(decibels({{1, 2}, {1, 2}}, {{1, 2}, {1, 2}}));
  EXPECT_FALSE(decibels({}, {}));
}

}  // namespace
}  // namespace eb
