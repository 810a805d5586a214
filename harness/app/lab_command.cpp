#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "harness/app/child_environment.h"
#include "harness/app/commands.h"
#include "harness/app/lab_options.h"
#include "harness/base/files.h"
#include "harness/base/process.h"
#include "harness/lab/ledger.h"
#include "harness/lab/local_engine.h"
#include "harness/lab/verify.h"

namespace eb {
namespace {

constexpr std::chrono::milliseconds kLook{50};  // between two looks at what is under way

struct LabEnd {
  std::size_t done = 0, failed = 0;
  bool was_interrupted = false;
};

Result<lab::Work> read_work(const LabCommand& command) {
  lab::Work work;
  EB_GET(work.inventory, lab::read_inventory(command.inventory));
  EB_GET(work.plan, lab::read_plan(command.plan));
  auto jobs = lab::jobs_of(work.plan, work.inventory);
  if (!jobs) return jobs.error().within(command.plan.string());
  work.jobs = *std::move(jobs);
  work.attempts_folder = std::filesystem::absolute(command.out) / "attempts";
  return work;
}

Result<std::unique_ptr<lab::Engine>> make_engine(const LabCommand& command, const lab::Work& work) {
  if (work.inventory.boards.size() != 1)
    return Error{ErrorKind::invalid,
                 fmt::format("{}: --engine local has one board, this machine; the inventory has {}",
                             command.inventory.string(), work.inventory.boards.size())};
  EB_GET(auto program, this_program_again());
  return lab::make_local_engine(
      {.program = std::move(program), .arguments = {kLabJobArgument}, .environment = child_environment()});
}

void say(const lab::Work& work, const lab::Standing& standing, const lab::Change& change) {
  if (change.of == lab::Change::Of::board) {
    const lab::BoardStatus& board = standing.boards[change.place];
    if (board.state == lab::BoardState::quarantined || board.state == lab::BoardState::offline)
      fmt::print("board {}  {}  {}\n", work.inventory.boards[change.place].id, name_of(board.state),
                 board.reason);
    return;
  }
  const lab::JobStatus& job = standing.jobs[change.place];
  const std::string& id = work.jobs[change.place].id;
  if (job.state == lab::JobState::running) fmt::print("{}  attempt {}\n", id, job.attempt);
  if (job.state == lab::JobState::done)
    fmt::print("{}  done  {} of {} cells ok\n", id, job.records_ok, job.records);
  if (job.state == lab::JobState::failed || (job.state == lab::JobState::queued && !job.reason.empty()))
    fmt::print("{}  {}  {}\n", id, job.state == lab::JobState::failed ? "failed" : "will be tried again",
               job.reason);
}

LabEnd end_of(const lab::Standing& standing) {
  LabEnd end;
  for (const lab::JobStatus& job : standing.jobs) {
    if (job.state == lab::JobState::done) ++end.done;
    if (job.state == lab::JobState::failed) ++end.failed;
  }
  return end;
}

Result<LabEnd> run_lab(const LabCommand& command) {
  EB_GET(const lab::Work work, read_work(command));
  EB_GET(const auto engine, make_engine(command, work));
  auto writable = make_writable_folder(command.out);
  if (!writable) return writable.error().within("--out");
  EB_GET(const auto ledger, lab::open_ledger(command.out / "lab.db", work, utc_timestamp));
  lab::Standing standing = ledger->standing();
  if (command.retries_failed) {
    const auto changes = lab::retry_failed(standing);
    EB_OK(ledger->write(changes, standing.jobs, standing.boards));
  }
  const auto clock = make_steady_clock();
  const auto verify = [runs = command.out / "runs"](const lab::Attempt& attempt) {
    return lab::verify_run(attempt, runs);
  };
  lab::Scheduler scheduler(work, std::move(standing), *engine, verify, *ledger, *clock);
  while (!scheduler.is_finished() && !was_interrupted()) {
    EB_GET(const bool has_changed, scheduler.tick());
    for (const lab::Change& change : scheduler.changes()) say(work, scheduler.standing(), change);
    std::fflush(stdout);
    if (!has_changed) clock->wait_until_ns(clock->now_ns() + std::chrono::nanoseconds(kLook).count());
  }
  LabEnd end = end_of(scheduler.standing());
  end.was_interrupted = !scheduler.is_finished();
  return end;
}

}  // namespace

int lab_command(const LabCommand& command) {
  watch_for_interrupt();
  const auto end = run_lab(command);
  if (!end)
    return complain(end.error().message, end.error().kind == ErrorKind::invalid ? exit_usage : exit_failed);
  if (end->was_interrupted)
    return complain("interrupted; the same command goes on with the lab", exit_interrupted);
  fmt::print("{} jobs done, {} failed\n", end->done, end->failed);
  return end->failed == 0 ? exit_ok : exit_failed;
}

}  // namespace eb
