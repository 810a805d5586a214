#include "workloads/speech/notes.h"

#include <gmock/gmock.h>

#include <limits>
#include <vector>

namespace eb {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
using Notes = std::vector<Note>;

TEST(FindNotes, EachPeakOfAKeyIsOneByKeyAndTime) {
  const auto notes = find_notes(std::vector<float>{0, 0, 0, 0.9F, 0.2F, 0, 0.1F, 0, 0.3F, 0.4F, 0, 0}, 2, 10);
  ASSERT_EQ(notes.size(), 4U);
  EXPECT_EQ(notes[0].key, 0U);
  EXPECT_DOUBLE_EQ(notes[0].onset_ms, 20);
  EXPECT_EQ(notes[0].chance, 0.2F);
  EXPECT_DOUBLE_EQ(notes[1].onset_ms, 40);
  EXPECT_EQ(notes[2].key, 1U);
  EXPECT_DOUBLE_EQ(notes[2].onset_ms, 10);
  EXPECT_DOUBLE_EQ(notes[3].onset_ms, 40);
}

TEST(FindNotes, OfALevelPeakTheFirstStepCounts) {
  const auto notes = find_notes(std::vector<float>{0, 0.5F, 0.5F, 0}, 1, 10);
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_DOUBLE_EQ(notes[0].onset_ms, 10);
}

TEST(FindNotes, NeitherEndIsAPeakAndNumbersMustBeNumbers) {
  EXPECT_THAT(find_notes(std::vector<float>{1, 0, 0, 1}, 1, 10), IsEmpty());
  EXPECT_THAT(find_notes(std::vector<float>{0, kNan, 0}, 1, 10), IsEmpty());
  EXPECT_THAT(find_notes(std::vector<float>{0, 1}, 1, 10), IsEmpty());
  EXPECT_THAT(find_notes({}, 1, 10), IsEmpty());
}

std::vector<bool> hits(const Notes& found, const Notes& truth) {
  std::vector<bool> hits;
  for (const Match& match : match_notes(found, truth, 50)) hits.push_back(match.is_hit);
  return hits;
}

TEST(MatchNotes, KeyAndOnsetMustBeRight) {
  const Notes truth = {{.key = 1, .onset_ms = 100}, {.key = 2, .onset_ms = 100}};
  EXPECT_THAT(hits(truth, truth), ElementsAre(true, true));
  EXPECT_THAT(hits({{.key = 2, .onset_ms = 150}}, truth), ElementsAre(true));
  EXPECT_THAT(hits({{.key = 2, .onset_ms = 151}}, truth), ElementsAre(false));
  EXPECT_THAT(hits({{.key = 3, .onset_ms = 100}}, truth), ElementsAre(false));
  EXPECT_THAT(hits({}, truth), IsEmpty());
}

TEST(MatchNotes, ANoteIsHitOnceByTheMostLikely) {
  const Notes truth = {{.key = 1, .onset_ms = 100}};
  const Notes twice = {{.key = 1, .onset_ms = 80, .chance = 0.2F},
                       {.key = 1, .onset_ms = 140, .chance = 0.7F}};
  const auto matches = match_notes(twice, truth, 50);
  ASSERT_EQ(matches.size(), 2U);
  EXPECT_EQ(matches[0].score, 0.7F);
  EXPECT_TRUE(matches[0].is_hit);
  EXPECT_FALSE(matches[1].is_hit);
}

TEST(MatchNotes, TheNearestIsTaken) {
  const Notes truth = {{.key = 1, .onset_ms = 100}, {.key = 1, .onset_ms = 160}};
  const Notes found = {{.key = 1, .onset_ms = 140, .chance = 0.9F},
                       {.key = 1, .onset_ms = 60, .chance = 0.1F}};
  EXPECT_THAT(hits(found, truth), ElementsAre(true, true));
}

}  // namespace
}  // namespace eb
