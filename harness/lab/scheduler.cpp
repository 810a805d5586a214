#include "harness/lab/scheduler.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace eb::lab {
namespace {

constexpr double kTransferLimitS = 1800;  // a bundle of 200 MB at 1 Mbit/s
constexpr double kLongestWaitS = 24 * 3600;

// The wait before another try after the `failures`th failure.
double doubled_wait_s(double first_s, int failures) {
  return std::min(kLongestWaitS, first_s * std::exp2(std::min(failures - 1, 30)));
}

double cycle_s(const Board& board) {
  return board.power_switch ? board.power_switch->off_s + board.power_switch->boot_s : 0;
}

}  // namespace

std::vector<Change> retry_failed(Standing& standing) {
  std::vector<Change> changes;
  for (std::size_t i = 0; i < standing.jobs.size(); ++i) {
    JobStatus& job = standing.jobs[i];
    if (job.state != JobState::failed) continue;
    job.state = JobState::queued;
    job.failures = 0;
    changes.push_back({Change::Of::job, i});
  }
  for (std::size_t i = 0; i < standing.boards.size(); ++i) {
    if (standing.boards[i].state != BoardState::quarantined) continue;
    standing.boards[i] = {};
    changes.push_back({Change::Of::board, i});
  }
  return changes;
}

Scheduler::Scheduler(const Work& work, Standing standing, Engine& engine, Verify verify, Ledger& ledger,
                     Clock& clock)
    : work_(work),
      standing_(std::move(standing)),
      engine_(engine),
      verify_(std::move(verify)),
      ledger_(ledger),
      clock_(clock),
      now_ns_(clock.now_ns()),
      not_before_ns_(work.jobs.size(), now_ns_),
      queues_(work.inventory.boards.size()) {
  for (BoardQueue& queue : queues_) queue.ready_ns = now_ns_;
  // Another driver's waits are over, and what it left occupied is so by a job that is under way.
  for (BoardStatus& board : standing_.boards)
    if (board.state != BoardState::quarantined) board.state = BoardState::available;
  for (std::size_t i = 0; i < work_.jobs.size(); ++i) {
    if (is_over(standing_.jobs[i].state)) continue;
    ++open_jobs_;
    queues_[work_.jobs[i].board].open.push_back(i);
    if (!is_active(standing_.jobs[i].state)) continue;
    standing_.boards[work_.jobs[i].board].state = BoardState::occupied;
    active_.push_back(make_active(i));
    active_.back().must_begin_again = true;
  }
}

Scheduler::Active Scheduler::make_active(std::size_t job) const {
  const Job& one = work_.jobs[job];
  Active active;
  active.attempt = {
      .job = &one,
      .planned = &work_.plan.jobs[one.planned],
      .board = &work_.inventory.boards[one.board],
      .number = standing_.jobs[job].attempt,
      .folder = work_.attempts_folder / one.id / fmt::format("{}", standing_.jobs[job].attempt)};
  active.job = job;
  active.step_began_ns = now_ns_;
  return active;
}

std::int64_t Scheduler::after_s(double seconds) const {
  return now_ns_ + static_cast<std::int64_t>(seconds * 1e9);
}

Result<bool> Scheduler::tick() {
  now_ns_ = clock_.now_ns();
  changes_.clear();
  to_do_.clear();
  wake_boards();
  for (Active& active : active_) advance(active);
  std::erase_if(active_, [&](const Active& one) { return !is_active(standing_.jobs[one.job].state); });
  claim();
  if (!changes_.empty()) EB_OK(ledger_.write(changes_, standing_.jobs, standing_.boards));
  for (const auto& action : to_do_) action();
  return !changes_.empty();
}

void Scheduler::wake_boards() {
  for (std::size_t i = 0; i < queues_.size(); ++i) {
    if (standing_.boards[i].state != BoardState::offline || queues_[i].ready_ns > now_ns_) continue;
    standing_.boards[i].state = BoardState::available;
    changed_board(i);
  }
}

void Scheduler::advance(Active& active) {
  const JobState state = standing_.jobs[active.job].state;
  if (state == JobState::claimed) return enter(active, JobState::pushing, &Engine::push);
  if (state == JobState::verifying) return verify(active);
  if (std::exchange(active.must_begin_again, false)) {
    const Step step = state == JobState::pushing   ? &Engine::push
                      : state == JobState::running ? &Engine::start
                                                   : &Engine::fetch;
    to_do_.push_back([this, step, attempt = active.attempt] { (engine_.*step)(attempt); });
    return;
  }
  judge(active, engine_.poll(active.attempt));
}

double Scheduler::limit_s(const Active& active) const {
  return standing_.jobs[active.job].state == JobState::running ? active.attempt.planned->time_limit_s
                                                               : kTransferLimitS;
}

void Scheduler::judge(Active& active, const Progress& progress) {
  const JobState state = standing_.jobs[active.job].state;
  switch (progress.what) {
    case Progress::What::working: {
      const double limit = limit_s(active);
      if (static_cast<double>(now_ns_ - active.step_began_ns) <= limit * 1e9) return;
      if (state == JobState::running)
        return fail_job(active, fmt::format("it took longer than its time_limit_s of {:g}", limit), true);
      return fail_board(active, fmt::format("{} took longer than {:g} s", name_of(state), limit));
    }
    case Progress::What::done:
      if (state == JobState::pushing) return enter(active, JobState::running, &Engine::start);
      if (state == JobState::running) return enter(active, JobState::fetching, &Engine::fetch);
      return enter(active, JobState::verifying, nullptr);
    case Progress::What::board_failed:
      return fail_board(active, progress.reason);
    case Progress::What::job_failed:
      return fail_job(active, progress.reason, true);
    case Progress::What::job_is_wrong:
      return fail_job(active, progress.reason, false);
  }
}

void Scheduler::enter(Active& active, JobState state, Step step) {
  standing_.jobs[active.job].state = state;
  active.step_began_ns = now_ns_;
  active.must_begin_again = false;
  changed_job(active.job);
  if (step) to_do_.push_back([this, step, attempt = active.attempt] { (engine_.*step)(attempt); });
}

void Scheduler::verify(Active& active) {
  const auto verified = verify_(active.attempt);
  if (!verified) return fail_job(active, verified.error().message, true);
  JobStatus& job = standing_.jobs[active.job];
  job.run_sha256 = verified->run_sha256;
  job.records = verified->records;
  job.records_ok = verified->records_ok;
  job.reason.clear();
  end(active.job, JobState::done);
  release(work_.jobs[active.job].board);
}

void Scheduler::end(std::size_t job, JobState state) {
  standing_.jobs[job].state = state;
  changed_job(job);
  --open_jobs_;
  std::erase(queues_[work_.jobs[job].board].open, job);
}

// The board has answered, and is there for the next job once it has cooled down.
void Scheduler::release(std::size_t board) {
  standing_.boards[board] = {};
  queues_[board].ready_ns = after_s(work_.inventory.boards[board].cool_down_s);
  changed_board(board);
}

void Scheduler::fail_job(Active& active, const std::string& reason, bool may_try_again) {
  to_do_.push_back([this, attempt = active.attempt] { engine_.cancel(attempt); });
  JobStatus& job = standing_.jobs[active.job];
  ++job.failures;
  job.reason = reason;
  release(work_.jobs[active.job].board);
  const PlannedJob& planned = *active.attempt.planned;
  if (!may_try_again || job.failures > planned.retries) return end(active.job, JobState::failed);
  job.state = JobState::queued;
  // In a later round, so that each has one transition of a job at most.
  not_before_ns_[active.job] = after_s(doubled_wait_s(planned.retry_wait_s, job.failures)) + 1;
  changed_job(active.job);
}

void Scheduler::fail_board(Active& active, const std::string& reason) {
  to_do_.push_back([this, attempt = active.attempt] { engine_.cancel(attempt); });
  const std::size_t place = work_.jobs[active.job].board;
  BoardStatus& board = standing_.boards[place];
  ++board.failures;
  board.reason = reason;
  changed_board(place);
  if (board.failures >= work_.plan.board_failures) return quarantine(place);
  standing_.jobs[active.job].state = JobState::queued;
  standing_.jobs[active.job].reason = reason;
  changed_job(active.job);
  const Board& its = work_.inventory.boards[place];
  board.state = BoardState::offline;
  queues_[place].ready_ns =
      after_s(std::max(cycle_s(its), doubled_wait_s(work_.plan.board_wait_s, board.failures)));
  if (its.power_switch) to_do_.push_back([this, &its] { engine_.power_cycle(its); });
}

void Scheduler::quarantine(std::size_t place) {
  BoardStatus& board = standing_.boards[place];
  board.state = BoardState::quarantined;
  const std::string why = fmt::format("board {} is quarantined after {} failures: {}",
                                      work_.inventory.boards[place].id, board.failures, board.reason);
  for (const std::size_t open : std::vector<std::size_t>(queues_[place].open)) {
    standing_.jobs[open].reason = why;
    end(open, JobState::failed);
  }
}

std::optional<std::size_t> Scheduler::next_job(std::size_t board) const {
  for (const std::size_t job : queues_[board].open)
    if (not_before_ns_[job] <= now_ns_) return job;
  return std::nullopt;
}

// Goes on behind the board that was claimed last, so that with fewer places than boards all have their turn.
void Scheduler::claim() {
  const std::size_t count = queues_.size();
  for (std::size_t i = 0, first = next_board_; i < count; ++i) {
    if (active_.size() >= static_cast<std::size_t>(work_.plan.boards_at_once)) return;
    const std::size_t board = (first + i) % count;
    if (standing_.boards[board].state != BoardState::available || queues_[board].ready_ns > now_ns_) continue;
    const auto job = next_job(board);
    if (!job) continue;
    standing_.jobs[*job].state = JobState::claimed;
    ++standing_.jobs[*job].attempt;
    standing_.boards[board].state = BoardState::occupied;
    changed_job(*job);
    changed_board(board);
    active_.push_back(make_active(*job));
    next_board_ = (board + 1) % count;
  }
}

}  // namespace eb::lab
