#include "harness/lab/ledger.h"

#include <fmt/format.h>

#include <charconv>
#include <unordered_map>

#include "harness/base/files.h"
#include "results/store/database.h"

namespace eb::lab {
namespace {

// Far above the versions of a store, which such a file is not: neither takes the other for an older one of
// its own.
constexpr int kSchemaVersion = 1'000'001;
constexpr int kBusyMs = 500;

constexpr const char* kTables = R"(
CREATE TABLE lab (plan_sha256 text NOT NULL);
CREATE TABLE jobs (job text PRIMARY KEY, place integer NOT NULL, state text NOT NULL, attempt integer NOT NULL,
  failures integer NOT NULL, reason text NOT NULL, run_sha256 text NOT NULL, records integer NOT NULL,
  records_ok integer NOT NULL) WITHOUT ROWID;
CREATE TABLE boards (board text PRIMARY KEY, state text NOT NULL, failures integer NOT NULL, reason text NOT NULL)
  WITHOUT ROWID;
CREATE TABLE history (id integer PRIMARY KEY, at text NOT NULL, job text, attempt integer, board text NOT NULL,
  state text NOT NULL, reason text NOT NULL);
)";

std::int64_t number(const std::string& text) {
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// What makes a ledger that of this work: jobs and all that is asked of each. Addresses of boards may change.
std::string fingerprint(const Work& work) {
  std::string text;
  for (const PlannedJob& job : work.plan.jobs) {
    text += job.id;
    for (const std::string& argument : job.arguments) text += "\n " + argument;
    text += '\n';
  }
  for (const Job& job : work.jobs) text += job.id + '\n';
  return sha256_hex(text);
}

class SqlLedger final : public FileLedger {
 public:
  SqlLedger(std::unique_ptr<Database> database, const Work& work, std::string (*now)())
      : database_(std::move(database)), work_(work), now_(now) {}

  Status open();
  const Standing& standing() const override { return standing_; }
  Status write(std::span<const Change> changes, std::span<const JobStatus> jobs,
               std::span<const BoardStatus> boards) override;

 private:
  Status make();
  Status check();
  Status load();
  Error damaged(std::string_view what) const {
    return database_->error(ErrorKind::invalid, fmt::format("{}; name another --out", what));
  }
  Status put_job(std::size_t place, const JobStatus& job);
  Status put_board(std::size_t place, const BoardStatus& board);
  Status note(const Change& change, const JobStatus* job, const BoardStatus* board, const std::string& at);

  std::unique_ptr<Database> database_;
  const Work& work_;
  std::string (*now_)();
  Standing standing_;
};

Status SqlLedger::open() {
  // Held until the driver ends, however it ends.
  EB_OK(database_->script("PRAGMA locking_mode = EXCLUSIVE"));
  const auto opened = database_->transaction([this]() -> Status {
    EB_GET(const int version, database_->schema_version());
    if (version == 0) return make();
    if (version != kSchemaVersion)
      return damaged("it is not the ledger of a lab, or that of a newer edgebench");
    return check();
  });
  if (!opened) return opened.error();
  return load();
}

Status SqlLedger::make() {
  EB_OK(database_->script(kTables));
  EB_OK(database_->set_schema_version(kSchemaVersion));
  const std::string plan = fingerprint(work_);
  const Value values[] = {std::string_view(plan)};
  EB_OK(database_->append("lab", {"plan_sha256"}, values));
  for (std::size_t i = 0; i < work_.jobs.size(); ++i) EB_OK(put_job(i, {}));
  for (std::size_t i = 0; i < work_.inventory.boards.size(); ++i) EB_OK(put_board(i, {}));
  return Done{};
}

Status SqlLedger::check() {
  EB_GET(const Rows rows, database_->query({.text = "SELECT plan_sha256 FROM lab", .values = {}}));
  if (rows.size() == 1 && rows[0][0] == fingerprint(work_)) return Done{};
  return damaged("it belongs to another plan, or to other boards");
}

Status SqlLedger::load() {
  standing_ = {.jobs = std::vector<JobStatus>(work_.jobs.size()),
               .boards = std::vector<BoardStatus>(work_.inventory.boards.size())};
  EB_GET(const Rows jobs,
         database_->query({.text = "SELECT place, state, attempt, failures, reason, run_sha256, "
                                   "records, records_ok FROM jobs",
                           .values = {}}));
  for (const auto& row : jobs) {
    const auto place = static_cast<std::size_t>(number(row[0]));
    const auto state = job_state_from_name(row[1]);
    if (place >= standing_.jobs.size() || !state) return damaged("a job in it is not one of this edgebench");
    standing_.jobs[place] = {.state = *state,
                             .attempt = static_cast<int>(number(row[2])),
                             .failures = static_cast<int>(number(row[3])),
                             .reason = row[4],
                             .run_sha256 = row[5],
                             .records = number(row[6]),
                             .records_ok = number(row[7])};
  }
  EB_GET(const Rows boards,
         database_->query({.text = "SELECT board, state, failures, reason FROM boards", .values = {}}));
  std::unordered_map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < work_.inventory.boards.size(); ++i) places[work_.inventory.boards[i].id] = i;
  for (const auto& row : boards) {
    const auto at = places.find(row[0]);
    const auto state = board_state_from_name(row[1]);
    if (!state) return damaged("a board in it has no state of this edgebench");
    if (at == places.end()) continue;  // no longer in the inventory, and of no job
    standing_.boards[at->second] = {*state, static_cast<int>(number(row[2])), row[3]};
  }
  return Done{};
}

Status SqlLedger::put_job(std::size_t place, const JobStatus& job) {
  Sql sql;
  sql.text = fmt::format("INSERT OR REPLACE INTO jobs VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {})",
                         sql.bind(std::string_view(work_.jobs[place].id)),
                         sql.bind(static_cast<std::int64_t>(place)), sql.bind(name_of(job.state)),
                         sql.bind(std::int64_t{job.attempt}), sql.bind(std::int64_t{job.failures}),
                         sql.bind(std::string_view(job.reason)), sql.bind(std::string_view(job.run_sha256)),
                         sql.bind(job.records), sql.bind(job.records_ok));
  EB_OK(database_->query(sql));
  return Done{};
}

Status SqlLedger::put_board(std::size_t place, const BoardStatus& board) {
  Sql sql;
  sql.text = fmt::format("INSERT OR REPLACE INTO boards VALUES ({}, {}, {}, {})",
                         sql.bind(std::string_view(work_.inventory.boards[place].id)),
                         sql.bind(name_of(board.state)), sql.bind(std::int64_t{board.failures}),
                         sql.bind(std::string_view(board.reason)));
  EB_OK(database_->query(sql));
  return Done{};
}

Status SqlLedger::note(const Change& change, const JobStatus* job, const BoardStatus* board,
                       const std::string& at) {
  const std::size_t place = job ? work_.jobs[change.place].board : change.place;
  const Value none;
  const Value values[] = {std::string_view(at),
                          job ? Value(std::string_view(work_.jobs[change.place].id)) : none,
                          job ? Value(std::int64_t{job->attempt}) : none,
                          std::string_view(work_.inventory.boards[place].id),
                          job ? name_of(job->state) : name_of(board->state),
                          std::string_view(job ? job->reason : board->reason)};
  return database_->append("history", {"at", "job", "attempt", "board", "state", "reason"}, values);
}

Status SqlLedger::write(std::span<const Change> changes, std::span<const JobStatus> jobs,
                        std::span<const BoardStatus> boards) {
  const std::string at = now_();
  return database_->transaction([&]() -> Status {
    for (const Change& change : changes) {
      const JobStatus* job = change.of == Change::Of::job ? &jobs[change.place] : nullptr;
      const BoardStatus* board = job ? nullptr : &boards[change.place];
      EB_OK(job ? put_job(change.place, *job) : put_board(change.place, *board));
      EB_OK(note(change, job, board, at));
    }
    return Done{};
  });
}

}  // namespace

Result<std::unique_ptr<FileLedger>> open_ledger(const std::filesystem::path& file, const Work& work,
                                                std::string (*now)()) {
  const auto busy = [&](const Error& error) {
    if (error.kind != ErrorKind::timeout) return error;
    return Error{ErrorKind::timeout,
                 fmt::format("another edgebench lab is at work on {}; name another --out", file.string())};
  };
  auto database = open_sqlite(file, StoreUse::write, kBusyMs);
  if (!database) return busy(database.error());
  auto ledger = std::make_unique<SqlLedger>(*std::move(database), work, now);
  if (const auto opened = ledger->open(); !opened) return busy(opened.error());
  return std::unique_ptr<FileLedger>(std::move(ledger));
}

}  // namespace eb::lab
