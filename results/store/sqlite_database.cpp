// A store in one file: SQLite with a write-ahead log that is on the disk at every commit.
#include <fmt/format.h>
#include <sqlite3.h>

#include <system_error>
#include <unordered_map>

#include "results/store/database.h"

namespace eb {
namespace {

constexpr int kApplicationId = 0x65646762;  // "edgb": in the file's head, for file(1) and for us
constexpr std::size_t kMostStatements = 200;

constexpr Dialect kDialect = {.assigned_id = "integer PRIMARY KEY",
                              .given_id = "integer PRIMARY KEY",
                              .text = "text",
                              .bytes = "blob",
                              .json = "text",
                              .json_as_text = "",
                              .equality = "",
                              .json_text = "coalesce(json_extract(p.json, '$.{}'), '')",
                              .json_number = "json_extract(p.json, '$.{}')",
                              .json_list = "coalesce(json_extract(p.json, '$.{}'), '')",
                              .contains = "instr(lower({0}), lower({1})) > 0",
                              .in_list = "{0} IN (SELECT value FROM json_each({1}))",
                              .elements = "SELECT value FROM json_each({})",
                              .list_open = "[",
                              .list_close = "]",
                              .count_index = "SELECT count(*) FROM sqlite_schema WHERE name = '{}'",
                              .look_at_all = "",
                              .settle = ""};

struct CloseDatabase {
  void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
};
struct EndStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Handle = std::unique_ptr<sqlite3, CloseDatabase>;
using Statement = std::unique_ptr<sqlite3_stmt, EndStatement>;

struct Bind {
  sqlite3_stmt* statement;
  int place;
  int operator()(std::monostate) const { return sqlite3_bind_null(statement, place); }
  int operator()(std::int64_t value) const { return sqlite3_bind_int64(statement, place, value); }
  int operator()(double value) const { return sqlite3_bind_double(statement, place, value); }
  // The statement is done before the text is gone. An empty view may have no address, which would be NULL.
  int operator()(std::string_view text) const {
    return sqlite3_bind_text64(statement, place, text.empty() ? "" : text.data(), text.size(), SQLITE_STATIC,
                               SQLITE_UTF8);
  }
  int operator()(Bytes b) const {
    return sqlite3_bind_blob64(statement, place, b.bytes.empty() ? "" : b.bytes.data(), b.bytes.size(),
                               SQLITE_STATIC);
  }
};

std::string cell_text(sqlite3_stmt* statement, int column) {
  const void* bytes = sqlite3_column_type(statement, column) == SQLITE_BLOB
                          ? sqlite3_column_blob(statement, column)
                          : sqlite3_column_text(statement, column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
  return bytes == nullptr ? std::string() : std::string(static_cast<const char*>(bytes), size);
}

class SqliteDatabase final : public Database {
 public:
  SqliteDatabase(Handle handle, std::filesystem::path file)
      : handle_(std::move(handle)), file_(std::move(file)) {}

  const Dialect& dialect() const override { return kDialect; }
  Error error(ErrorKind kind, std::string_view what) const override {
    return {kind, fmt::format("the database {}: {}", file_.string(), what)};
  }
  Result<int> schema_version() override;
  Status set_schema_version(int version) override;
  Status script(const std::string& statements) override;
  Result<Rows> query(const Sql& sql) override;
  Status append(const std::string& table, const std::vector<std::string>& columns,
                std::span<const Value> values) override;
  Status transaction(const std::function<Status()>& body) override;
  Status backup(const std::filesystem::path& file) override;

 private:
  Error error(int code) const;
  Result<sqlite3_stmt*> prepared(const std::string& sql);
  Status bind(sqlite3_stmt* statement, std::span<const Value> values) const;
  Result<int> pragma(const char* name);

  Handle handle_;
  std::filesystem::path file_;
  std::unordered_map<std::string, Statement> statements_;
};

Error sqlite_error(int code, const std::filesystem::path& file, const char* detail) {
  const auto say = [&](ErrorKind kind, std::string_view what) {
    return Error{kind, fmt::format("the database {}: {}", file.string(), what)};
  };
  switch (code & 0xff) {
    case SQLITE_FULL:
      return say(ErrorKind::io, "the disk is full");
    case SQLITE_READONLY:
      return say(ErrorKind::io, "it may not be written; look at the rights of the file and of its folder");
    case SQLITE_CANTOPEN:
      return say(ErrorKind::io, "it cannot be opened; look at the rights of the file and of its folder");
    case SQLITE_NOTADB:
      return say(ErrorKind::invalid, "this file is no SQLite database");
    case SQLITE_CORRUPT:
      return say(ErrorKind::invalid, "the file is damaged; take a backup, or import the runs into a new one");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return say(ErrorKind::timeout, "another program holds it for too long; try again when that is done");
    case SQLITE_NOMEM:
      return say(ErrorKind::out_of_memory, "there is not enough memory");
    case SQLITE_TOOBIG:
      return say(ErrorKind::invalid, "a text or a bundle is too large for it");
    default:
      return say(ErrorKind::io, detail);
  }
}

Error SqliteDatabase::error(int code) const {
  return sqlite_error(code, file_, sqlite3_errmsg(handle_.get()));
}

Result<sqlite3_stmt*> SqliteDatabase::prepared(const std::string& sql) {
  const auto known = statements_.find(sql);
  if (known != statements_.end()) return known->second.get();
  if (statements_.size() >= kMostStatements) statements_.clear();
  sqlite3_stmt* made = nullptr;
  const int code = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &made, nullptr);
  Statement statement(made);
  if (code != SQLITE_OK) return error(code);
  return statements_.emplace(sql, std::move(statement)).first->second.get();
}

Status SqliteDatabase::bind(sqlite3_stmt* statement, std::span<const Value> values) const {
  for (std::size_t i = 0; i < values.size(); ++i) {
    // By name: SQLite numbers places in the order in which the text has them.
    const int place = sqlite3_bind_parameter_index(statement, fmt::format("${}", i + 1).c_str());
    if (place == 0) continue;
    if (const int code = std::visit(Bind{statement, place}, values[i]); code != SQLITE_OK) return error(code);
  }
  return Done{};
}

Result<Rows> SqliteDatabase::query(const Sql& sql) {
  EB_GET(sqlite3_stmt* const statement, prepared(sql.text));
  const auto bound = bind(statement, sql.values);
  Rows rows;
  int code = SQLITE_DONE;
  while (bound && (code = sqlite3_step(statement)) == SQLITE_ROW) {
    auto& row = rows.emplace_back();
    for (int i = 0; i < sqlite3_column_count(statement); ++i) row.push_back(cell_text(statement, i));
  }
  Result<Rows> result = std::move(rows);
  if (!bound) result = bound.error();
  if (code != SQLITE_DONE) result = error(code);
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
  return result;
}

Status SqliteDatabase::append(const std::string& table, const std::vector<std::string>& columns,
                              std::span<const Value> values) {
  std::string places;
  for (std::size_t i = 0; i < columns.size(); ++i) places += i == 0 ? "?" : ",?";
  EB_GET(sqlite3_stmt* const statement,
         prepared(fmt::format("INSERT INTO {} ({}) VALUES ({})", table, fmt::join(columns, ","), places)));
  for (std::size_t row = 0; row < values.size(); row += columns.size()) {
    int code = SQLITE_OK;
    for (std::size_t i = 0; i < columns.size() && code == SQLITE_OK; ++i)
      code = std::visit(Bind{statement, static_cast<int>(i) + 1}, values[row + i]);
    if (code == SQLITE_OK) code = sqlite3_step(statement);
    const Status status = code == SQLITE_DONE ? Status(Done{}) : error(code);
    sqlite3_reset(statement);
    if (!status) return status.error();
  }
  sqlite3_clear_bindings(statement);
  return Done{};
}

Status SqliteDatabase::script(const std::string& statements) {
  const int code = sqlite3_exec(handle_.get(), statements.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return error(code);
  return Done{};
}

Status SqliteDatabase::transaction(const std::function<Status()>& body) {
  EB_OK(script("BEGIN IMMEDIATE"));
  Status done = body();
  if (done) done = script("COMMIT");
  // Some errors have ended it already; the first one is what is said.
  if (!done && sqlite3_get_autocommit(handle_.get()) == 0)
    sqlite3_exec(handle_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
  return done;
}

Result<int> SqliteDatabase::pragma(const char* name) {
  EB_GET(const Rows rows, query({.text = fmt::format("PRAGMA {}", name)}));
  return std::atoi(rows.at(0).at(0).c_str());
}

Result<int> SqliteDatabase::schema_version() {
  // The tables first: whoever makes them at this moment sets both numbers with them.
  EB_GET(const Rows tables, query({.text = "SELECT count(*) FROM sqlite_schema"}));
  EB_GET(const int application, pragma("application_id"));
  EB_GET(const int version, pragma("user_version"));
  if (application == kApplicationId) return version;
  if (tables[0][0] != "0") return error(ErrorKind::invalid, "it is of another program; name another file");
  return 0;
}

Status SqliteDatabase::set_schema_version(int version) {
  return script(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}", kApplicationId, version));
}

// Copies all pages as of now into `target`, which is made.
Status copy_pages(sqlite3* source, const std::filesystem::path& source_file,
                  const std::filesystem::path& target) {
  sqlite3* opened = nullptr;
  int code = sqlite3_open_v2(target.c_str(), &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
  const Handle copy(opened);
  if (code != SQLITE_OK) return sqlite_error(code, target, sqlite3_errstr(code));
  sqlite3_backup* backup = sqlite3_backup_init(copy.get(), "main", source, "main");
  if (backup == nullptr) return sqlite_error(SQLITE_ERROR, target, sqlite3_errmsg(copy.get()));
  code = sqlite3_backup_step(backup, -1);  // in one step, so that writers do not make it start again
  const int end = sqlite3_backup_finish(backup);
  if (code != SQLITE_DONE && (code & 0xff) != SQLITE_FULL && (code & 0xff) != SQLITE_IOERR)
    return sqlite_error(code, source_file, sqlite3_errstr(code));
  if (code != SQLITE_DONE || end != SQLITE_OK)
    return sqlite_error(code == SQLITE_DONE ? end : code, target, sqlite3_errstr(code));
  return Done{};
}

Status SqliteDatabase::backup(const std::filesystem::path& file) {
  std::error_code code;
  if (std::filesystem::exists(file, code))
    return Error{ErrorKind::invalid, fmt::format("{} is there already; name another file", file.string())};
  auto part = file;
  part += ".part";
  std::filesystem::remove(part, code);  // of a backup that was killed
  auto done = copy_pages(handle_.get(), file_, part);
  if (done) {
    std::filesystem::rename(part, file, code);
    if (code) done = Error{ErrorKind::io, fmt::format("cannot name {}: {}", file.string(), code.message())};
  }
  if (!done) std::filesystem::remove(part, code);
  return done;
}

// Pages of 8 KiB hold two payloads each; the log is written back every 64 MB instead of every 4.
constexpr const char* kForWriting =
    "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; "
    "PRAGMA wal_autocheckpoint = 8192; PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -131072; ";
constexpr const char* kForBoth =
    "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY; ";
constexpr const char* kForReading = "PRAGMA query_only = ON; PRAGMA cache_size = -65536; ";

}  // namespace

Result<std::unique_ptr<Database>> open_sqlite(const std::filesystem::path& file, StoreUse use,
                                              int busy_timeout_ms) {
  std::error_code code;
  const bool may_write = use == StoreUse::write;
  if (!may_write && !std::filesystem::exists(file, code))
    return Error{ErrorKind::not_found,
                 fmt::format("there is no database {}; edgebench import makes one", file.string())};
  if (may_write && file.has_parent_path()) std::filesystem::create_directories(file.parent_path(), code);
  sqlite3* opened = nullptr;
  const int flags = may_write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READWRITE;
  const int problem = sqlite3_open_v2(file.c_str(), &opened, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  Handle handle(opened);
  if (problem != SQLITE_OK) return sqlite_error(problem, file, sqlite3_errstr(problem));
  sqlite3_extended_result_codes(opened, 1);
  sqlite3_busy_timeout(opened, busy_timeout_ms);
  sqlite3_db_config(opened, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  auto database = std::make_unique<SqliteDatabase>(std::move(handle), file);
  // Before the mode of another program's file is changed.
  if (const auto version = database->schema_version(); !version) return version.error();
  // SQLite does not wait by itself for others that change the mode at the same time.
  constexpr int kWaitMs = 10;
  const std::string mode = std::string(kForBoth) + (may_write ? kForWriting : kForReading);
  auto done = database->script(mode);
  for (int ms = 0; !done && done.error().kind == ErrorKind::timeout && ms < busy_timeout_ms; ms += kWaitMs) {
    sqlite3_sleep(kWaitMs);
    done = database->script(mode);
  }
  if (!done) return done.error();
  return std::unique_ptr<Database>(std::move(database));
}

}  // namespace eb
