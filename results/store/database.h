#pragma once
// What the store asks of a database, so that its SQL is written once: statements with values apart from their
// text, rows in bulk, transactions, and the few words in which two databases differ. SQL comes from our own
// tables only; whatever a user says is a value.
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "harness/base/result.h"
#include "results/store/store.h"

namespace eb {

struct Bytes {
  std::string_view bytes{};
};
// Absent, a whole number, a number, a text (UTF-8 without NUL) or bytes. Texts are borrowed.
using Value = std::variant<std::monostate, std::int64_t, double, std::string_view, Bytes>;

// A statement of our own, with $1, $2 ... in the place of its values.
struct Sql {
  std::string text{};
  std::vector<Value> values{};

  // Takes a value and gives its place's name.
  std::string bind(Value value) {
    values.push_back(value);
    return "$" + std::to_string(values.size());
  }
};

// Every cell as text: numbers as they are printed, what is absent as "".
using Rows = std::vector<std::vector<std::string>>;

// Where databases differ. In templates, {} is a field's name or a piece of SQL, never a user's text.
struct Dialect {
  std::string_view assigned_id, given_id, text, bytes, json;  // types of columns
  std::string_view json_as_text;                       // statements of schema 2: no type that is checked
  std::string_view equality;                           // index for equality of texts of any length
  std::string_view json_text, json_number, json_list;  // a field of the column p.json
  std::string_view contains;                           // {0} has {1} within, without the case of ASCII
  std::string_view in_list;                            // {0} is one of the list {1}
  std::string_view elements;                           // the rows of the list {}
  std::string_view list_open, list_close;              // the list as a value
  std::string_view count_index;                        // how many indexes {} there are
  std::string_view look_at_all;                        // so that plans fit what is there now
  std::string_view settle;                             // so that indexes answer alone; in no transaction
};

// One connection, for one thread at a time. Every message names the database, without a password.
class Database {
 public:
  virtual ~Database() = default;
  virtual const Dialect& dialect() const = 0;
  // An error of this database; the sentence names it.
  virtual Error error(ErrorKind kind, std::string_view what) const = 0;
  // Of the tables; 0 where there are none.
  virtual Result<int> schema_version() = 0;
  virtual Status set_schema_version(int version) = 0;
  // Several statements without values.
  virtual Status script(const std::string& statements) = 0;
  virtual Result<Rows> query(const Sql& sql) = 0;
  // `values`: row after row, as many a row as columns.
  virtual Status append(const std::string& table, const std::vector<std::string>& columns,
                        std::span<const Value> values) = 0;
  // All of it or nothing, on the disk when it returns; one writer at a time, others wait.
  virtual Status transaction(const std::function<Status()>& body) = 0;
  virtual Status backup(const std::filesystem::path& file) = 0;
};

Result<std::unique_ptr<Database>> open_sqlite(const std::filesystem::path& file, StoreUse use,
                                              int busy_timeout_ms);
// Of kind `unavailable` where edgebench was built without libpqxx.
Result<std::unique_ptr<Database>> open_postgres(const std::string& url, StoreUse use);
// For messages: a URL without its password and its options.
std::string shown_url(std::string_view url);

// Brings the tables to the newest schema, or says why that cannot be.
Status migrate(Database& database, StoreUse use);
// Those that adding many records is faster without.
Status drop_indexes(Database& database);
Status make_indexes(Database& database);
std::unique_ptr<Store> make_sql_store(std::unique_ptr<Database> database);

}  // namespace eb
