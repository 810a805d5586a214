#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "harness/app/commands.h"
#include "harness/app/store_options.h"
#include "harness/base/clock.h"
#include "harness/base/parallel.h"
#include "harness/base/process.h"
#include "harness/run/journal.h"
#include "results/store/store.h"

namespace eb {
namespace {

constexpr std::size_t kRunsAtOnce = 16;         // read together, before the first of them is stored
constexpr std::size_t kRecordsAtOnce = 10'000;  // in one transaction: a commit waits for the disk

// Runs that wait to be stored together, and what was said of those before.
class Importer {
 public:
  explicit Importer(Store& store) : store_(store) {}

  Status take(const std::filesystem::path& path, Run run) {
    records_ += run.records.size();
    paths_.push_back(path);
    waiting_.push_back({.run = std::move(run), .received_at = utc_timestamp(), .source = "import"});
    return records_ < kRecordsAtOnce ? Status(Done{}) : flush();
  }

  Status flush() {
    EB_GET(const auto added, store_.add(waiting_));
    for (std::size_t i = 0; i < added.size(); ++i) {
      const auto records = waiting_[i].run.records.size();
      fmt::print("{}  {}  {:>4} records  {}\n", added[i].was_known ? "known" : "new  ",
                 added[i].run_id.substr(0, 12), records, paths_[i].string());
      ++(added[i].was_known ? known_ : fresh_);
      if (!added[i].was_known) fresh_records_ += records;
    }
    std::fflush(stdout);  // what is said to be there is there
    waiting_.clear();
    paths_.clear();
    records_ = 0;
    return Done{};
  }

  void print_total() const {
    fmt::print("{} runs with {} records are new, {} were known\n", fresh_, fresh_records_, known_);
  }

 private:
  Store& store_;
  std::vector<NewRun> waiting_{};
  std::vector<std::filesystem::path> paths_{};
  std::size_t records_ = 0, fresh_ = 0, fresh_records_ = 0, known_ = 0;
};

std::vector<Result<Run>> read_all(std::span<const std::filesystem::path> paths) {
  std::vector<Result<Run>> runs(paths.size(), Run());
  for_each_in_parallel(paths.size(), [&](std::size_t i) { runs[i] = read_run(paths[i]); });
  return runs;
}

// Whether more is to come than is there, as far as the number of runs tells.
bool is_worth_new_indexes(const ImportCommand& command, Store& store) {
  constexpr std::size_t kManyRuns = 200;
  constexpr std::int64_t kRecordsARun = 50;
  if (command.runs.size() < kManyRuns) return false;
  const auto there = store.count({});
  return there && *there < static_cast<std::int64_t>(command.runs.size()) * kRecordsARun;
}

}  // namespace

int import_command(const ImportCommand& command) {
  watch_for_interrupt();
  const auto store = open_store(command.db, StoreUse::write);
  if (!store) return complain(store.error().within("--db").message, exit_failed);
  Importer importer(**store);
  const bool is_bulk = is_worth_new_indexes(command, **store);
  if (is_bulk)
    if (const auto done = (*store)->begin_bulk(); !done) return complain(done.error().message, exit_failed);
  bool all_readable = true;
  for (auto rest = std::span(command.runs); !rest.empty() && !was_interrupted();) {
    const auto paths = rest.first(std::min(rest.size(), kRunsAtOnce));
    rest = rest.subspan(paths.size());
    auto runs = read_all(paths);
    for (std::size_t i = 0; i < runs.size(); ++i) {
      if (!runs[i]) {
        complain(runs[i].error().message, exit_usage);
        all_readable = false;
      } else if (const auto taken = importer.take(paths[i], *std::move(runs[i])); !taken) {
        return complain(taken.error().message, exit_failed);
      }
    }
  }
  if (const auto done = importer.flush(); !done) return complain(done.error().message, exit_failed);
  if (is_bulk)
    if (const auto done = (*store)->end_bulk(); !done) return complain(done.error().message, exit_failed);
  importer.print_total();
  if (was_interrupted()) return exit_interrupted;
  return all_readable ? exit_ok : exit_usage;
}

int backup_command(const BackupCommand& command) {
  const auto store = open_store(command.db, StoreUse::read);
  if (!store) return complain(store.error().within("--db").message, exit_failed);
  const auto done = (*store)->backup(command.out);
  if (!done)
    return complain(done.error().message, done.error().kind == ErrorKind::invalid ? exit_usage : exit_failed);
  fmt::print("{}\n", command.out.string());
  return exit_ok;
}

}  // namespace eb
