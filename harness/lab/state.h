#pragma once
// Where the jobs and boards of a lab stand, and the ledger that keeps it when the driver is killed.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "harness/base/result.h"

namespace eb::lab {

enum class JobState : std::uint8_t { queued, claimed, pushing, running, fetching, verifying, done, failed };
enum class BoardState : std::uint8_t { available, occupied, offline, quarantined };
std::string_view name_of(JobState state);
std::string_view name_of(BoardState state);
std::optional<JobState> job_state_from_name(std::string_view name);
std::optional<BoardState> board_state_from_name(std::string_view name);

inline bool is_over(JobState state) {
  return state == JobState::done || state == JobState::failed;
}
// A board is at work for it.
inline bool is_active(JobState state) {
  return state != JobState::queued && !is_over(state);
}

struct JobStatus {
  JobState state = JobState::queued;
  int attempt = 0;           // the number of the last one that began
  int failures = 0;          // attempts that failed by the job's own fault
  std::string reason{};      // of the last failure
  std::string run_sha256{};  // of its run.json, once it is done
  std::int64_t records = 0, records_ok = 0;
};

struct BoardStatus {
  BoardState state = BoardState::available;
  int failures = 0;  // one after the other
  std::string reason{};
};

// What has become of a job or a board, by its place in the lists of the lab.
struct Change {
  enum class Of : std::uint8_t { job, board };
  Of of = Of::job;
  std::size_t place = 0;
};

// Is told of every transition before it takes effect.
class Ledger {
 public:
  virtual ~Ledger() = default;
  // All of them or none, and on the disk when it returns. The lists are whole; `changes` are what differs.
  virtual Status write(std::span<const Change> changes, std::span<const JobStatus> jobs,
                       std::span<const BoardStatus> boards) = 0;
};

}  // namespace eb::lab
