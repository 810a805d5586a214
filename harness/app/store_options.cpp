#include "harness/app/store_options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "results/store/store.h"

namespace eb {
namespace {

constexpr const char* kImportNotes = R"(
A run is known by the SHA-256 of what it says, so that importing it again changes nothing. Runs are stored whole or not
at all, also if the machine loses its power.

Examples:
  edgebench import results/runs/*
  edgebench import board-7/run.json --db lab.db
  edgebench import results/runs/* --db postgres://lab@db.example/edgebench     (password: ~/.pgpass or PGPASSWORD)

Exit code: 0 all runs are in the store, 1 the store failed, 2 a run cannot be read or bad usage.)";

constexpr const char* kQueryNotes = R"(
A condition is FIELD OP VALUE with one of = != < <= > >= ~ in between, in quotes or as three words; all must hold.
~ is "contains", whatever the case of letters. A text that a record does not have is empty; a number that it does not
have fits no condition, and comes last in any order.

Fields: those of edgebench list fields, and run_id, received_at, machine, started_at (of the run), trust (unverified,
reproduced, audited). Quick are workload, task, backend, device_kind, precision, scenario, tier, status, ranked,
power_scope, trust, device_name, machine, and the order of latency_p50_ms, throughput_sps, effective_tops,
energy_per_sample_mj; the others are looked up record by record.

Examples:
  edgebench query --where status=ok --where 'latency_p50_ms<=5' --order-by latency_p50_ms
  edgebench query --where device_name '~' adreno precision = int8 --order-by throughput_sps --descending --limit 10
  edgebench query --where status!=ok --fields workload,device_name,status,reason --format csv
  edgebench query --where trust=audited --format json

Exit code: 0, also if nothing fits; 1 the store failed; 2 bad usage.)";

constexpr const char* kBackupNotes = R"(
The copy is whole and as of now, while others read and write. It is a store itself.

Examples:
  edgebench backup --out lab-backup.db
  edgebench backup --db lab.db --out /mnt/backup/lab.db

Exit code: 0 the copy is there, 1 it could not be made, 2 bad usage.)";

void add_db(CLI::App& app, std::string& db) {
  app.add_option("--db", db,
                 fmt::format("The store: a file of SQLite, or postgres://...  [{}]", kDefaultStore))
      ->type_name("FILE|URL");
}

}  // namespace

void declare_import(CLI::App& app, ImportCommand& command) {
  app.add_option("runs", command.runs, "Folders of runs, run.json files or journals")
      ->required()
      ->type_name("RUN...");
  add_db(app, command.db);
  app.footer(kImportNotes);
}

void declare_query(CLI::App& app, QueryCommand& command) {
  add_db(app, command.db);
  app.add_option("--where", command.where, "A condition on records; repeatable")->type_name("FIELD OP VALUE");
  app.add_option("--fields", command.fields, "What to show of each record  [the usual]")
      ->delimiter(',')
      ->type_name("FIELD,...");
  app.add_option("--order-by", command.order_by, "A field, or id: the order of arrival  [id]")
      ->type_name("FIELD");
  app.add_flag("--descending", command.is_descending, "The largest first");
  app.add_option("--limit", command.limit, "At most this many records  [100]")
      ->check(CLI::Range(std::int64_t{1}, kMostRecords))
      ->type_name("N");
  app.add_option("--format", command.format, "table, json or csv  [table]")
      ->check(CLI::IsMember({"table", "json", "csv"}));
  app.footer(kQueryNotes);
}

void declare_backup(CLI::App& app, BackupCommand& command) {
  add_db(app, command.db);
  app.add_option("--out", command.out, "The copy, which must not be there yet")
      ->required()
      ->type_name("FILE");
  app.footer(kBackupNotes);
}

}  // namespace eb
