#include "harness/lab/state.h"

#include <gtest/gtest.h>

namespace eb::lab {
namespace {

TEST(LabState, NamesOfStatesReadBack) {
  for (int i = 0; i <= static_cast<int>(JobState::failed); ++i) {
    const auto state = static_cast<JobState>(i);
    EXPECT_EQ(job_state_from_name(name_of(state)), state);
  }
  for (int i = 0; i <= static_cast<int>(BoardState::quarantined); ++i) {
    const auto state = static_cast<BoardState>(i);
    EXPECT_EQ(board_state_from_name(name_of(state)), state);
  }
  EXPECT_EQ(name_of(JobState::verifying), "verifying");
  EXPECT_EQ(name_of(BoardState::quarantined), "quarantined");
  EXPECT_FALSE(job_state_from_name("splendid"));
  EXPECT_FALSE(board_state_from_name(""));
}

TEST(LabState, ABoardIsAtWorkForAJobThatIsNeitherQueuedNorOver) {
  for (int i = 0; i <= static_cast<int>(JobState::failed); ++i) {
    const auto state = static_cast<JobState>(i);
    const bool is_queued = state == JobState::queued;
    EXPECT_EQ(is_queued + is_active(state) + is_over(state), 1) << name_of(state);
  }
}

}  // namespace
}  // namespace eb::lab
