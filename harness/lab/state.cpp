#include "harness/lab/state.h"

#include <algorithm>
#include <array>

namespace eb::lab {
namespace {

constexpr std::array<std::string_view, 8> kJobStates{"queued",   "claimed",   "pushing", "running",
                                                     "fetching", "verifying", "done",    "failed"};
constexpr std::array<std::string_view, 4> kBoardStates{"available", "occupied", "offline", "quarantined"};

template <class State, std::size_t N>
std::optional<State> from_name(const std::array<std::string_view, N>& names, std::string_view name) {
  const auto at = std::find(names.begin(), names.end(), name);
  if (at == names.end()) return std::nullopt;
  return static_cast<State>(at - names.begin());
}

}  // namespace

std::string_view name_of(JobState state) {
  return kJobStates.at(static_cast<std::size_t>(state));
}

std::string_view name_of(BoardState state) {
  return kBoardStates.at(static_cast<std::size_t>(state));
}

std::optional<JobState> job_state_from_name(std::string_view name) {
  return from_name<JobState>(kJobStates, name);
}

std::optional<BoardState> board_state_from_name(std::string_view name) {
  return from_name<BoardState>(kBoardStates, name);
}

}  // namespace eb::lab
