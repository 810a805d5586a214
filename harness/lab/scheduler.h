#pragma once
// Which board does what next. A state machine over a clock and an engine: it reads no file, starts no process
// and has no thread. A transition is in the ledger before the engine is told of it, so that a driver that is
// killed at any moment leaves nothing that the next one does not know; that one begins the steps under way
// again.
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/base/clock.h"
#include "harness/lab/engine.h"
#include "harness/lab/state.h"

namespace eb::lab {

// What is to be done; borrowed by the scheduler.
struct Work {
  Plan plan{};
  Inventory inventory{};
  std::vector<Job> jobs{};
  std::filesystem::path attempts_folder{};  // of what is fetched, before it is verified
};

// Where everything stands, one entry for each of the jobs and boards of the work.
struct Standing {
  std::vector<JobStatus> jobs{};
  std::vector<BoardStatus> boards{};
};

// What a verified run has.
struct Verified {
  std::string run_sha256{};
  std::int64_t records = 0, records_ok = 0;
};
using Verify = std::function<Result<Verified>(const Attempt&)>;

// Failed jobs are queued again, and quarantined boards are given another chance. What has changed.
std::vector<Change> retry_failed(Standing& standing);

class Scheduler {
 public:
  // `standing`: all queued and available, or as a ledger has kept it.
  Scheduler(const Work& work, Standing standing, Engine& engine, Verify verify, Ledger& ledger, Clock& clock);

  // One round: looks at the steps under way and begins what can begin. Whether anything has changed: then the
  // next round is due at once. An error is the ledger's; the lab has to stop then.
  Result<bool> tick();
  bool is_finished() const { return open_jobs_ == 0; }

  const Standing& standing() const { return standing_; }
  // Of the last round.
  std::span<const Change> changes() const { return changes_; }

 private:
  struct Active {
    Attempt attempt{};
    std::size_t job = 0;
    std::int64_t step_began_ns = 0;
    bool must_begin_again = false;
  };
  struct BoardQueue {
    std::vector<std::size_t> open{};  // jobs that are not over, in the order of the plan
    std::int64_t ready_ns = 0;
  };
  using Step = void (Engine::*)(const Attempt&);

  Active make_active(std::size_t job) const;
  void wake_boards();
  void advance(Active& active);
  void judge(Active& active, const Progress& progress);
  void verify(Active& active);
  void enter(Active& active, JobState state, Step step);
  void fail_board(Active& active, const std::string& reason);
  void fail_job(Active& active, const std::string& reason, bool may_try_again);
  void quarantine(std::size_t board);
  void release(std::size_t board);
  void end(std::size_t job, JobState state);
  void claim();
  std::optional<std::size_t> next_job(std::size_t board) const;
  double limit_s(const Active& active) const;

  void changed_job(std::size_t place) { changes_.push_back({Change::Of::job, place}); }
  void changed_board(std::size_t place) { changes_.push_back({Change::Of::board, place}); }
  std::int64_t after_s(double seconds) const;

  const Work& work_;
  Standing standing_;
  Engine& engine_;
  Verify verify_;
  Ledger& ledger_;
  Clock& clock_;
  std::int64_t now_ns_ = 0;
  std::vector<std::int64_t> not_before_ns_;  // of each job
  std::vector<BoardQueue> queues_;           // of each board
  std::vector<Active> active_;
  std::vector<Change> changes_;
  std::vector<std::function<void()>> to_do_;  // once the ledger has the changes
  std::size_t open_jobs_ = 0, next_board_ = 0;
};

}  // namespace eb::lab
