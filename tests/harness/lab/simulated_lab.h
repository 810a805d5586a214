#pragma once
// A lab of boards that there are not, on a clock that a test moves. What happens on a board outlives the
// driver, as it would: a test kills a driver by letting go of it, and gives the next one the same boards.
#include <fmt/format.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "harness/lab/scheduler.h"
#include "tests/support/fake_clock.h"

namespace eb::lab::test {

inline constexpr std::int64_t kSecond = 1'000'000'000;

// What ails a board.
enum class Ill : std::uint8_t {
  no,
  dead,       // cannot be reached
  flaky,      // every third attempt ends with a board that has gone
  slow,       // ten times as long
  hangs,      // a run never ends
  breaks,     // every first attempt of a job ends with a bad run
  lies,       // fetches what is not the run of the job
  is_wrong,   // refuses the job's options
  goes_away,  // dies in the middle of its second run
};

class Boards {
 public:
  struct Done {
    int starts = 0;  // that took effect
    bool is_fetched = false, is_cancelled = false;
  };

  int starts() const {
    int all = 0;
    for (const auto& [attempt, done] : attempts) all += done.starts;
    return all;
  }

  explicit Boards(eb::test::FakeClock& time) : clock(time) {}

  Ill ill(const Attempt& attempt) const {
    const auto at = ills.find(attempt.board->id);
    return at == ills.end() ? Ill::no : at->second;
  }
  static std::string key(const Attempt& attempt) {
    return fmt::format("{}#{}", attempt.job->id, attempt.number);
  }

  eb::test::FakeClock& clock;
  std::map<std::string, Ill> ills{};          // by board
  std::map<std::string, Done> attempts{};     // by job and number
  std::map<std::string, int> runs{};          // by board
  std::map<std::string, std::string> busy{};  // by board: whose run is on it
  std::vector<std::string> power_cycles{};
  std::size_t most_at_once = 0;
};

// What one driver has of them.
class SimulatedEngine final : public Engine {
 public:
  explicit SimulatedEngine(Boards& boards) : boards_(boards) {}

  void push(const Attempt& attempt) override {
    const auto busy = boards_.busy.find(attempt.board->id);
    if (busy != boards_.busy.end() && busy->second != Boards::key(attempt)) {
      // What this very driver has begun and not ended.
      overlaps += static_cast<int>(begun_.count(busy->second));
      boards_.busy.erase(busy);
    }
    begin(attempt, 5);
  }
  void start(const Attempt& attempt) override {
    Boards::Done& done = boards_.attempts[Boards::key(attempt)];
    const auto busy = boards_.busy.find(attempt.board->id);
    overlaps += busy != boards_.busy.end() && busy->second != Boards::key(attempt);
    if (done.starts == 0) {
      ++done.starts;
      ++boards_.runs[attempt.board->id];
      boards_.busy[attempt.board->id] = Boards::key(attempt);
      boards_.most_at_once = std::max(boards_.most_at_once, boards_.busy.size());
    }
    begun_.insert(Boards::key(attempt));
    begin(attempt, boards_.ill(attempt) == Ill::slow ? 600 : 60);
  }
  void fetch(const Attempt& attempt) override {
    boards_.busy.erase(attempt.board->id);
    boards_.attempts[Boards::key(attempt)].is_fetched = true;
    begin(attempt, 2);
  }
  Progress poll(const Attempt& attempt) override {
    const Step& step = steps_.at(attempt.board->id);
    const bool is_running = step.seconds >= 60, is_over = boards_.clock.now_ns() >= step.end_ns;
    const int runs = boards_.runs[attempt.board->id];
    switch (boards_.ill(attempt)) {
      case Ill::dead:
        return {Progress::What::board_failed, "no route to host"};
      case Ill::flaky:
        if (is_running && attempt.number % 3 == 1) return {Progress::What::board_failed, "connection lost"};
        break;
      case Ill::goes_away:
        if (runs > 2 || (is_running && runs == 2)) return {Progress::What::board_failed, "connection lost"};
        break;
      case Ill::hangs:
        if (is_running) return {};
        break;
      case Ill::breaks:
        if (is_running && attempt.number == 1) return {Progress::What::job_failed, "signal 11"};
        break;
      case Ill::is_wrong:
        if (is_running) return {Progress::What::job_is_wrong, "there is no workload x"};
        break;
      default:
        break;
    }
    return {is_over ? Progress::What::done : Progress::What::working, ""};
  }
  void cancel(const Attempt& attempt) override {
    boards_.attempts[Boards::key(attempt)].is_cancelled = true;
    const auto busy = boards_.busy.find(attempt.board->id);
    if (busy != boards_.busy.end() && busy->second == Boards::key(attempt)) boards_.busy.erase(busy);
  }
  void power_cycle(const Board& board) override { boards_.power_cycles.push_back(board.id); }

  int overlaps = 0;  // runs on a board that has another one

 private:
  struct Step {
    int seconds = 0;
    std::int64_t end_ns = 0;
  };
  void begin(const Attempt& attempt, int seconds) {
    steps_[attempt.board->id] = {seconds, boards_.clock.now_ns() + seconds * kSecond};
  }

  Boards& boards_;
  std::map<std::string, Step> steps_{};
  std::set<std::string> begun_{};
};

// Keeps what it is told, as a file would, and kills the driver at a write that the test names.
class MemoryLedger final : public Ledger {
 public:
  enum class Kill : std::uint8_t { never, before, after };

  explicit MemoryLedger(const Work& work)
      : kept{std::vector<JobStatus>(work.jobs.size()),
             std::vector<BoardStatus>(work.inventory.boards.size())} {}

  Status write(std::span<const Change> changes, std::span<const JobStatus> jobs,
               std::span<const BoardStatus> boards) override {
    ++writes;
    const bool is_killed = kill != Kill::never && writes == kill_at;
    const Error killed{ErrorKind::io, "killed"};
    if (is_killed && kill == Kill::before) return killed;
    for (const Change& change : changes) {
      ++transitions;
      if (change.of == Change::Of::board) {
        kept.boards[change.place] = boards[change.place];
        continue;
      }
      if (jobs[change.place].state == JobState::done) ++done_counts[change.place];
      kept.jobs[change.place] = jobs[change.place];
    }
    if (is_killed) return killed;
    return Done{};
  }

  Standing kept;
  std::map<std::size_t, int> done_counts{};  // how often a job became done
  std::size_t writes = 0, transitions = 0, kill_at = 0;
  Kill kill = Kill::never;
};

// A plan and its boards, all of class "sim".
struct Lab {
  Work work{};
  eb::test::FakeClock clock{};
  Boards boards{clock};

  Lab(std::size_t board_count, int repeats) {
    for (std::size_t i = 0; i < board_count; ++i)
      work.inventory.boards.push_back({.id = fmt::format("b{}", i)});
    work.plan.jobs.push_back({.id = "j"});
    work.plan.jobs[0].repeats = repeats;
    work.attempts_folder = "/attempts";
    work.jobs = *jobs_of(work.plan, work.inventory);
  }

  Verify verify() {
    return [this](const Attempt& attempt) -> Result<Verified> {
      const auto at = boards.attempts.find(Boards::key(attempt));
      if (at == boards.attempts.end() || !at->second.is_fetched)
        return Error{ErrorKind::internal, "verified before it was fetched"};
      if (boards.ill(attempt) == Ill::lies) return Error{ErrorKind::invalid, "run.json is another job's"};
      return Verified{.run_sha256 = "sha of " + attempt.job->id, .records = 3, .records_ok = 2};
    };
  }

  // Until all is over or the ledger kills the driver. How many rounds it took.
  std::size_t drive(MemoryLedger& ledger, SimulatedEngine& engine) {
    Scheduler scheduler(work, ledger.kept, engine, verify(), ledger, clock);
    std::size_t rounds = 0;
    for (; !scheduler.is_finished() && rounds < 1'000'000; ++rounds) {
      const auto changed = scheduler.tick();
      if (!changed) return rounds;
      if (!*changed) clock.advance(kSecond);
    }
    return rounds;
  }
};

}  // namespace eb::lab::test
