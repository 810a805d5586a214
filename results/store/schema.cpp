#include "results/store/schema.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "harness/base/files.h"

namespace eb {
namespace {

// One script a version; a new one is added, an old one never changed. The lists of fields are those of
// version 1: other lists need a script that moves what is there.
constexpr const char* kScripts[] = {R"(
CREATE TABLE runs (
  id {assigned_id}, run_id {text} NOT NULL UNIQUE, received_at {text} NOT NULL, source {text} NOT NULL,
  key_id {text} NOT NULL, delete_token_hash {text} NOT NULL, trust {text} NOT NULL, machine {text} NOT NULL,
  started_at {text} NOT NULL, context {json} NOT NULL);
CREATE INDEX runs_machine ON runs {equality} (machine);
CREATE TABLE bundles (run bigint NOT NULL PRIMARY KEY, bytes {bytes} NOT NULL);
CREATE TABLE kinds (id {assigned_id}, key {text} NOT NULL UNIQUE, trust {text} NOT NULL, {kind_columns});
CREATE TABLE records (
  id {given_id}, run bigint NOT NULL, kind bigint NOT NULL, device_name {text} NOT NULL, {measure_columns});
CREATE INDEX records_run ON records (run);
{indexes}
CREATE TABLE payloads (record {given_id}, json {json} NOT NULL);
CREATE TABLE tokens (
  hash {text} NOT NULL PRIMARY KEY, name {text} NOT NULL, scopes {text} NOT NULL, created_at {text} NOT NULL);
CREATE TABLE state (next_record bigint NOT NULL, view_hash {text} NOT NULL);
INSERT INTO state VALUES (1, '');
)",
                                    R"(
{json_as_text}
{drop_indexes}
CREATE INDEX kinds_task ON kinds {equality} (task);
CREATE INDEX kinds_workload ON kinds {equality} (workload);
)"};
constexpr int kNewest = static_cast<int>(std::size(kScripts));

struct Index {
  std::string name, on;  // "records_kind", "(kind)"
};

// Of records, but for the one that is filled in order.
std::vector<Index> indexes_of(const Dialect& dialect) {
  // With the measures in it, an index puts the few of some kinds in order alone: each is on a page of its
  // own.
  std::vector<Index> indexes = {
      {"records_kind", fmt::format("(kind, {}, id)", fmt::join(kMeasureFields, ", "))},
      {"records_device", fmt::format("{} (device_name)", dialect.equality)}};
  // With the kind in it, an index answers a filter alone; `id` makes pages follow one another.
  for (const auto field : kMeasureFields)
    indexes.push_back(
        {fmt::format("records_{}", field), fmt::format("({0}, kind, id) WHERE {0} IS NOT NULL", field)});
  return indexes;
}

std::string index_sql(const Dialect& dialect) {
  std::string sql;
  for (const Index& index : indexes_of(dialect))
    sql += fmt::format("CREATE INDEX {} ON records {};\n", index.name, index.on);
  return sql;
}

std::string drop_indexes_sql(const Dialect& dialect) {
  std::string sql;
  for (const Index& index : indexes_of(dialect)) sql += fmt::format("DROP INDEX IF EXISTS {};\n", index.name);
  return sql;
}

std::string filled(const char* script, const Dialect& d) {
  std::string kinds, measures;
  for (const auto field : kKindFields)
    kinds += fmt::format("{}{} {} NOT NULL", kinds.empty() ? "" : ", ", field, d.text);
  for (const auto field : kMeasureFields)
    measures += fmt::format("{}{} double precision", measures.empty() ? "" : ", ", field);
  return fmt::format(fmt::runtime(script), fmt::arg("assigned_id", d.assigned_id),
                     fmt::arg("given_id", d.given_id), fmt::arg("text", d.text), fmt::arg("bytes", d.bytes),
                     fmt::arg("json", d.json), fmt::arg("json_as_text", d.json_as_text),
                     fmt::arg("equality", d.equality), fmt::arg("kind_columns", kinds),
                     fmt::arg("measure_columns", measures), fmt::arg("indexes", index_sql(d)),
                     fmt::arg("drop_indexes", drop_indexes_sql(d)));
}

// `results`: every field of every record as a column, for other programs.
std::string view_sql(const Dialect& dialect) {
  std::string columns;
  for (const auto name : column_names())
    columns += fmt::format(", {} AS {}", find_column(name, dialect)->sql, name);
  for (const Field& field : fields())
    if (!find_column(field.name, dialect))
      columns +=
          fmt::format(", {} AS {}", fmt::format(fmt::runtime(dialect.json_list), field.name), field.name);
  return fmt::format(
      "CREATE VIEW results AS SELECT r.id AS id{} FROM records r JOIN kinds k ON k.id = r.kind JOIN runs u "
      "ON "
      "u.id = r.run JOIN payloads p ON p.record = r.id",
      columns);
}

// Newer or older fields make another view; nothing else depends on it.
Status renew_view(Database& database) {
  const std::string view = view_sql(database.dialect()), hash = sha256_hex(view);
  EB_GET(const Rows state, database.query({.text = "SELECT view_hash FROM state"}));
  if (!state.empty() && state[0][0] == hash) return Done{};
  return database.transaction([&]() -> Status {
    EB_OK(database.script("DROP VIEW IF EXISTS results; " + view));
    Sql update{.text = "UPDATE state SET view_hash = $1", .values = {std::string_view(hash)}};
    if (const auto done = database.query(update); !done) return done.error();
    return Done{};
  });
}

// Another process may be at it, too: so the version is read again by whom it is its turn.
Status run_scripts(Database& database) {
  return database.transaction([&]() -> Status {
    EB_GET(const int version, database.schema_version());
    if (version >= kNewest) return Done{};
    EB_OK(database.set_schema_version(kNewest));
    for (int i = version; i < kNewest; ++i) EB_OK(database.script(filled(kScripts[i], database.dialect())));
    return Done{};
  });
}

Column column_of_field(const Field& field, const Dialect& dialect) {
  Column column{.place = Column::Place::payload, .field = &field};
  if (std::holds_alternative<RunRecord::Number RunRecord::*>(field.member))
    column.type = Column::Type::number;
  if (std::holds_alternative<RunRecord::Count RunRecord::*>(field.member)) column.type = Column::Type::count;
  if (std::find(kKindFields.begin(), kKindFields.end(), field.name) != kKindFields.end()) {
    column.place = Column::Place::kind;
    column.sql = fmt::format("k.{}", field.name);
  } else if (std::find(kMeasureFields.begin(), kMeasureFields.end(), field.name) != kMeasureFields.end()) {
    column.place = Column::Place::record;
    column.sql = fmt::format("r.{}", field.name);
    column.is_measure = true;
  } else if (field.name == "device_name") {
    column.place = Column::Place::record;
    column.sql = "r.device_name";
    column.is_key = true;
  } else {
    const auto form = column.type == Column::Type::text ? dialect.json_text : dialect.json_number;
    column.sql = fmt::format(fmt::runtime(form), field.name);
  }
  return column;
}

struct OfRun {
  std::string_view name, sql;
  Column::Place place;
  bool is_key;
};
constexpr OfRun kOfRuns[] = {{"run_id", "u.run_id", Column::Place::run, true},
                             {"received_at", "u.received_at", Column::Place::run, false},
                             {"machine", "u.machine", Column::Place::run, true},
                             {"started_at", "u.started_at", Column::Place::run, false},
                             {"trust", "k.trust", Column::Place::kind, false}};

bool is_single(const Field& field) {
  return !std::holds_alternative<RunRecord::Texts RunRecord::*>(field.member) &&
         !std::holds_alternative<std::vector<double> RunRecord::*>(field.member);
}

}  // namespace

std::optional<Column> find_column(std::string_view name, const Dialect& dialect) {
  for (const OfRun& of_run : kOfRuns) {
    if (of_run.name == name)
      return Column{.place = of_run.place, .sql = std::string(of_run.sql), .is_key = of_run.is_key};
  }
  const Field* field = find_field(name);
  if (field == nullptr || !is_single(*field)) return std::nullopt;
  return column_of_field(*field, dialect);
}

std::vector<std::string_view> column_names() {
  std::vector<std::string_view> names;
  for (const OfRun& of_run : kOfRuns) names.push_back(of_run.name);
  for (const Field& field : fields()) {
    if (is_single(field) && std::find(names.begin(), names.end(), field.name) == names.end())
      names.push_back(field.name);
  }
  return names;
}

Status drop_indexes(Database& database) {
  return database.transaction([&] { return database.script(drop_indexes_sql(database.dialect())); });
}

// Another process may have made them meanwhile.
Status make_indexes(Database& database) {
  const auto are_there = [&]() -> Result<bool> {
    const auto count = fmt::format(fmt::runtime(database.dialect().count_index),
                                   indexes_of(database.dialect()).front().name);  // all or none
    EB_GET(const Rows rows, database.query({.text = count}));
    return rows.at(0).at(0) != "0";
  };
  EB_GET(const bool are_known, are_there());
  if (are_known) return Done{};
  EB_OK(database.transaction([&]() -> Status {
    EB_GET(const bool are_made, are_there());
    if (are_made) return Done{};
    return database.script(index_sql(database.dialect()).append(database.dialect().look_at_all));
  }));
  const std::string settle(database.dialect().settle);
  return settle.empty() ? Status(Done{}) : database.script(settle);
}

Status migrate(Database& database, StoreUse use) {
  EB_GET(const int version, database.schema_version());
  if (version > kNewest)
    return database.error(
        ErrorKind::invalid,
        fmt::format("its schema is {}, this edgebench knows {}; use a newer one", version, kNewest));
  if (use == StoreUse::read && version == 0)
    return database.error(ErrorKind::not_found, "it is empty; edgebench import fills it");
  if (use == StoreUse::read && version < kNewest)
    return database.error(ErrorKind::invalid,
                          "it is of an older edgebench; edgebench import brings it up to date");
  if (use == StoreUse::read) return Done{};
  if (version < kNewest) EB_OK(run_scripts(database));
  EB_OK(make_indexes(database));
  return renew_view(database);
}

}  // namespace eb
