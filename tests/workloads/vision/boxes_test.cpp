#include "workloads/vision/boxes.h"

#include <gmock/gmock.h>

#include <limits>

namespace eb {
namespace {

constexpr Box kUnit{.x0 = 0, .y0 = 0, .x1 = 10, .y1 = 10};

Box moved(float x, float y) {
  return {.x0 = x, .y0 = y, .x1 = x + 10, .y1 = y + 10};
}

double precision(std::vector<Match> matches, std::size_t truth_count) {
  const auto value = average_precision(std::move(matches), truth_count);
  EXPECT_TRUE(value);
  return value ? *value : -1;
}

TEST(Overlap, OfABoxWithItselfIsOne) {
  EXPECT_DOUBLE_EQ(overlap(kUnit, kUnit), 1);
}

TEST(Overlap, IsSharedOverCovered) {
  EXPECT_DOUBLE_EQ(overlap(kUnit, moved(5, 0)), 50.0 / 150.0);
  EXPECT_DOUBLE_EQ(overlap(kUnit, moved(5, 5)), 25.0 / 175.0);
  EXPECT_DOUBLE_EQ(overlap(kUnit, {.x0 = 2, .y0 = 2, .x1 = 4, .y1 = 4}), 0.04);
}

TEST(Overlap, OfBoxesThatTouchOrAreEmptyIsZero) {
  EXPECT_EQ(overlap(kUnit, moved(10, 0)), 0);
  EXPECT_EQ(overlap(kUnit, moved(50, 50)), 0);
  EXPECT_EQ(overlap(kUnit, {.x0 = 5, .y0 = 5, .x1 = 5, .y1 = 9}), 0);
  EXPECT_EQ(overlap(kUnit, {.x0 = 9, .y0 = 9, .x1 = 1, .y1 = 1}), 0);  // inside out
  EXPECT_EQ(overlap({}, {}), 0);
}

TEST(SuppressOverlaps, KeepsTheBestOfAHeap) {
  const auto kept = suppress_overlaps({{moved(1, 0), 0.5F}, {kUnit, 0.9F}, {moved(0, 1), 0.7F}}, 0.3);
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_EQ(kept[0].score, 0.9F);
}

TEST(SuppressOverlaps, KeepsWhatOverlapsOnlyTheSuppressed) {
  // The middle one overlaps both others by a third, and those do not touch.
  const auto kept = suppress_overlaps({{kUnit, 0.9F}, {moved(5, 0), 0.8F}, {moved(10, 0), 0.7F}}, 0.3);
  ASSERT_EQ(kept.size(), 2u);
  EXPECT_EQ(kept[1].score, 0.7F);
}

TEST(SuppressOverlaps, TheLimitItselfIsAllowed) {
  EXPECT_EQ(suppress_overlaps({{kUnit, 0.9F}, {moved(5, 0), 0.8F}}, 50.0 / 150.0).size(), 2u);
}

TEST(SuppressOverlaps, OfNothingIsNothing) {
  EXPECT_TRUE(suppress_overlaps({}, 0.3).empty());
}

TEST(MatchBoxes, HitsEachTrueBoxOnce) {
  const std::vector<ScoredBox> found = {{kUnit, 0.9F}, {moved(1, 0), 0.8F}, {moved(40, 0), 0.7F}};
  const std::vector<Box> truth = {kUnit, moved(42, 0)};
  const auto matches = match_boxes(found, truth, 0.5);
  ASSERT_EQ(matches.size(), 3u);
  EXPECT_TRUE(matches[0].is_hit);
  EXPECT_FALSE(matches[1].is_hit);  // a second answer for the same face
  EXPECT_TRUE(matches[2].is_hit);
  EXPECT_EQ(matches[2].score, 0.7F);
}

TEST(MatchBoxes, HalfOverlapCountsAndLessDoesNot) {
  const std::vector<Box> truth = {kUnit};
  const std::vector<ScoredBox> half = {{{.x0 = 0, .y0 = 0, .x1 = 10, .y1 = 5}, 1}};
  const std::vector<ScoredBox> less = {{{.x0 = 0, .y0 = 0, .x1 = 10, .y1 = 4.9F}, 1}};
  EXPECT_TRUE(match_boxes(half, truth, 0.5)[0].is_hit);
  EXPECT_FALSE(match_boxes(less, truth, 0.5)[0].is_hit);
}

TEST(MatchBoxes, EverythingInAnEmptySceneIsAMiss) {
  const std::vector<ScoredBox> found = {{kUnit, 0.9F}};
  const auto matches = match_boxes(found, {}, 0.5);
  ASSERT_EQ(matches.size(), 1u);
  EXPECT_FALSE(matches[0].is_hit);
  EXPECT_FALSE(match_boxes(found, {}, 0)[0].is_hit);
}

TEST(AveragePrecision, OfAPerfectAnswerIsOne) {
  EXPECT_DOUBLE_EQ(precision({{0.2F, true}, {0.9F, true}}, 2), 1);
}

TEST(AveragePrecision, OfNoAnswerIsZero) {
  EXPECT_EQ(precision({}, 3), 0);
}

TEST(AveragePrecision, MissingFacesLimitIt) {
  EXPECT_DOUBLE_EQ(precision({{0.9F, true}}, 4), 0.25);
}

TEST(AveragePrecision, MissesBelowAllHitsCostNothing) {
  EXPECT_DOUBLE_EQ(precision({{0.9F, true}, {0.5F, false}, {0.4F, false}}, 1), 1);
}

TEST(AveragePrecision, WorkedExample) {
  // By falling score: hit, miss, hit, miss, hit of four faces. Precision at the hits is 1, 2/3 and 3/5; the
  // fourth face is never found.
  const std::vector<Match> matches = {{0.5F, true}, {0.9F, true}, {0.8F, false}, {0.7F, true}, {0.6F, false}};
  EXPECT_DOUBLE_EQ(precision(matches, 4), (1.0 + 2.0 / 3.0 + 3.0 / 5.0) / 4.0);
}

TEST(AveragePrecision, TakesTheEnvelope) {
  // Miss, hit, hit: precision 0, 1/2, 2/3; the first hit counts as 2/3, the best at its recall or beyond.
  EXPECT_DOUBLE_EQ(precision({{0.9F, false}, {0.8F, true}, {0.7F, true}}, 2), 2.0 / 3.0);
}

TEST(AveragePrecision, NeedsSomethingToFind) {
  const auto value = average_precision({{0.9F, false}}, 0);
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().kind, ErrorKind::invalid);
}

}  // namespace
}  // namespace eb
