#include "results/store/sql_store.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <deque>
#include <future>
#include <map>

#include "harness/base/files.h"
#include "harness/base/json.h"
#include "harness/base/parallel.h"
#include "results/store/schema.h"

namespace eb {

// A run as it is stored, but for the ids that the database gives. Texts are borrowed from the run, or kept
// here.
struct SqlStore::PreparedRun {
  Status checked = Done{};
  CanonicalRun parts{};
  std::vector<Value> records{};      // rows of record_columns()
  std::vector<std::string> kinds{};  // of each record, as in KindIds
  std::deque<RunRecord> cleaned{};
};

// What some runs add.
struct SqlStore::NewRows {
  std::vector<Value> records{}, payloads{};         // without ids of records and kinds
  std::vector<const std::int64_t*> record_kinds{};  // in `kinds` and in those known before
  KindIds kinds{};  // of the whole call, that were not known before; 0 until they are in the database

  void clear() {
    records.clear();
    payloads.clear();
    record_kinds.clear();
  }
};

namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD
constexpr std::size_t kRowsAtOnce = 64;  // of a statement: a round trip a row takes longer than the row
constexpr std::size_t kRunsAtFirst = 8;  // for whose canonical form the database waits

std::string context_text(const Run& run, const char* key) {
  const auto at = run.context.find(key);
  return at != run.context.end() && at->is_string() ? nlohmann::json(*at).get<std::string>() : std::string();
}

Value measure(const Field& field, const RunRecord& record) {
  const auto* member = std::get_if<RunRecord::Number RunRecord::*>(&field.member);
  if (member == nullptr || !(record.**member) || !std::isfinite(*(record.**member))) return std::monostate();
  return *(record.**member);
}

std::vector<const Field*> fields_named(std::span<const std::string_view> names) {
  std::vector<const Field*> found;
  for (const auto name : names) found.push_back(find_field(name));
  return found;
}

Status check(const NewRun& run, const CanonicalRun& parts) {
  const std::string* texts[] = {&run.received_at, &run.source, &run.key_id, &run.delete_token_hash};
  for (const std::string* text : texts)
    if (!is_plain_text(*text))
      return Error{ErrorKind::invalid, "what is said of a run is no UTF-8, or has a NUL"};
  if (holds_nul(parts))
    return Error{ErrorKind::invalid, "a text of the run holds a NUL, which no database of edgebench takes"};
  return Done{};
}

// A text of a list that is one text.
std::string closed(std::string_view text) {
  return std::string(text).append(1, '\0');
}

std::vector<std::string_view> closed_texts(std::string_view list) {
  std::vector<std::string_view> texts;
  for (; !list.empty(); list.remove_prefix(texts.back().size() + 1))
    texts.push_back(list.substr(0, list.find('\0')));
  return texts;
}

// To a statement that ends in rows: "..., ($10, $11)".
void add_row(std::span<const Value> row, Sql& sql) {
  const char* before = sql.values.empty() ? "(" : ", (";
  for (const Value& value : row) {
    sql.text += before + sql.bind(value);
    before = ", ";
  }
  sql.text += ")";
}

const std::vector<std::string>& record_columns() {
  static const auto columns = [] {
    std::vector<std::string> names = {"id", "run", "kind", "device_name"};
    names.insert(names.end(), kMeasureFields.begin(), kMeasureFields.end());
    return names;
  }();
  return columns;
}

}  // namespace

std::int64_t number_of(const std::string& cell) {
  std::int64_t number = 0;
  std::from_chars(cell.data(), cell.data() + cell.size(), number);
  return number;
}

// While the database takes some runs, the next are prepared.
Result<std::vector<Added>> SqlStore::add(std::span<const NewRun> runs) {
  std::vector<Added> added(runs.size());
  NewRows rows;
  const auto some = [&](std::size_t begin) {
    return runs.subspan(begin, std::min(begin == 0 ? kRunsAtFirst : kRowsAtOnce, runs.size() - begin));
  };
  const auto start = [&](std::size_t begin) {
    return std::async(std::launch::async, [now = some(begin)] {
      std::vector<PreparedRun> prepared(now.size());
      for_each_in_parallel(now.size(), [&](std::size_t i) { prepare(now[i], prepared[i]); });
      return prepared;
    });
  };
  auto next = start(0);
  const auto done = database_->transaction([&]() -> Status {
    for (std::size_t begin = 0, end = 0; begin < runs.size(); begin = end) {
      const auto now = some(begin);
      end = begin + now.size();
      const std::vector<PreparedRun> prepared = next.get();
      if (end < runs.size()) next = start(end);
      for (const PreparedRun& run : prepared) EB_OK(run.checked);
      EB_OK(add_some(now, prepared, std::span(added).subspan(begin, now.size()), rows));
      EB_OK(write(rows));
    }
    return Done{};
  });
  if (!done) return done.error();
  kinds_.merge(rows.kinds);
  return added;
}

Status SqlStore::add_some(std::span<const NewRun> runs, std::span<const PreparedRun> prepared,
                          std::span<Added> added, NewRows& rows) {
  std::vector<std::string_view> ids;
  for (const PreparedRun& run : prepared) ids.push_back(run.parts.id);
  EB_GET(RowIds known, rows_of(ids));
  std::vector<std::size_t> fresh;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const std::string& id = prepared[i].parts.id;
    added[i] = {.run_id = id, .was_known = !known.try_emplace(id, 0).second};
    if (!added[i].was_known) fresh.push_back(i);
  }
  if (fresh.empty()) return Done{};
  EB_OK(add_runs(runs, prepared, fresh));
  EB_GET(const RowIds there, rows_of(ids));
  for (const std::size_t i : fresh) {
    const std::int64_t row = there.at(prepared[i].parts.id);
    if (!runs[i].bundle.empty())
      EB_OK(database_->append("bundles", {"run", "bytes"}, std::vector<Value>{row, Bytes{runs[i].bundle}}));
    gather(prepared[i], row, rows);
  }
  return Done{};
}

void SqlStore::prepare(const NewRun& run, PreparedRun& prepared) {
  static const auto kind_fields = fields_named(kKindFields), measure_fields = fields_named(kMeasureFields);
  prepared.parts = canonical(run.run);
  prepared.checked = check(run, prepared.parts);
  for (std::size_t i = 0; prepared.checked && i < prepared.parts.records.size(); ++i) {
    const RunRecord* record = &run.run.records[i];
    // Texts that were no UTF-8 are replaced in the JSON; the columns say the same.
    if (prepared.parts.records[i].find(kReplacement) != std::string::npos) {
      auto cleaned = record_from_json(parse_json(prepared.parts.records[i]));
      if (!cleaned) {
        prepared.checked = cleaned.error();
        return;
      }
      record = &prepared.cleaned.emplace_back(*std::move(cleaned));
    }
    std::string& kind = prepared.kinds.emplace_back(closed(trust_name(Trust::unverified)));
    for (const Field* field : kind_fields) kind += closed(field_text(*field, *record));
    prepared.records.insert(prepared.records.end(), {std::int64_t{0}, std::int64_t{0}, std::int64_t{0},
                                                     std::string_view(record->device_name)});
    for (const Field* field : measure_fields) prepared.records.push_back(measure(*field, *record));
  }
}

void SqlStore::gather(const PreparedRun& run, std::int64_t row, NewRows& rows) {
  const std::size_t width = record_columns().size(), first = rows.records.size();
  rows.records.insert(rows.records.end(), run.records.begin(), run.records.end());
  for (std::size_t i = 0; i < run.kinds.size(); ++i) {
    rows.records[first + i * width + 1] = row;
    const auto known = kinds_.find(run.kinds[i]);
    rows.record_kinds.push_back(
        known != kinds_.end() ? &known->second : &rows.kinds.try_emplace(run.kinds[i], 0).first->second);
    rows.payloads.insert(rows.payloads.end(), {std::int64_t{0}, std::string_view(run.parts.records[i])});
  }
}

Status SqlStore::add_runs(std::span<const NewRun> runs, std::span<const PreparedRun> prepared,
                          std::span<const std::size_t> which) {
  std::deque<std::string> texts;
  Sql insert{.text =
                 "INSERT INTO runs (run_id, received_at, source, key_id, delete_token_hash, trust, machine, "
                 "started_at, context) VALUES "};
  for (const std::size_t i : which) {
    const NewRun& run = runs[i];
    const Value row[] = {prepared[i].parts.id,
                         run.received_at,
                         run.source,
                         run.key_id,
                         run.delete_token_hash,
                         trust_name(Trust::unverified),
                         texts.emplace_back(context_text(run.run, "machine")),
                         texts.emplace_back(context_text(run.run, "started_at")),
                         prepared[i].parts.context};
    add_row(row, insert);
  }
  if (const auto done = database_->query(insert); !done) return done.error();
  return Done{};
}

// Texts may be longer than an index takes, the hash of them all is not.
Status SqlStore::add_kinds(KindIds& kinds) {
  std::vector<std::pair<std::string, KindIds::value_type*>> some;
  for (auto& kind : kinds)
    if (kind.second == 0) some.emplace_back(sha256_hex(kind.first), &kind);
  const std::string columns =
      fmt::format("INSERT INTO kinds (trust, {}, key) VALUES ", fmt::join(kKindFields, ", "));
  for (std::size_t begin = 0; begin < some.size(); begin += kRowsAtOnce) {
    const auto now = std::span(some).subspan(begin, std::min(kRowsAtOnce, some.size() - begin));
    Sql insert{.text = columns}, ids{.text = "SELECT key, id FROM kinds WHERE key IN ("};
    std::map<std::string_view, std::int64_t*> places;
    for (const auto& [key, kind] : now) {
      std::vector<Value> row;
      for (const std::string_view text : closed_texts(kind->first)) row.push_back(text);
      row.push_back(std::string_view(key));
      add_row(row, insert);
      ids.text.append(ids.values.empty() ? "" : ", ").append(ids.bind(std::string_view(key)));
      places[key] = &kind->second;
    }
    insert.text += " ON CONFLICT (key) DO NOTHING";
    ids.text += ")";
    if (const auto done = database_->query(insert); !done) return done.error();
    EB_GET(const Rows rows, database_->query(ids));
    for (const auto& row : rows) *places.at(row.at(0)) = number_of(row.at(1));
  }
  return Done{};
}

Status SqlStore::write(NewRows& rows) {
  const std::size_t width = record_columns().size();
  const auto count = static_cast<std::int64_t>(rows.records.size() / width);
  if (count == 0) return Done{};
  EB_GET(const Rows next,
         database_->query({.text = "UPDATE state SET next_record = next_record + $1 RETURNING next_record",
                           .values = {count}}));
  std::int64_t id = number_of(next.at(0).at(0)) - count;
  EB_OK(add_kinds(rows.kinds));
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i, ++id) {
    rows.records[i * width] = rows.payloads[i * 2] = id;
    rows.records[i * width + 2] = *rows.record_kinds[i];
  }
  EB_OK(database_->append("records", record_columns(), rows.records));
  EB_OK(database_->append("payloads", {"record", "json"}, rows.payloads));
  rows.clear();
  return Done{};
}

Result<SqlStore::RowIds> SqlStore::rows_of(std::span<const std::string_view> run_ids) {
  Sql sql{.text = "SELECT run_id, id FROM runs WHERE run_id IN ("};
  for (const auto id : run_ids) sql.text.append(sql.values.empty() ? "" : ", ").append(sql.bind(id));
  sql.text += ")";
  EB_GET(const Rows rows, database_->query(sql));
  RowIds ids;
  for (const auto& row : rows) ids[row.at(0)] = number_of(row.at(1));
  return ids;
}

Result<std::optional<std::int64_t>> SqlStore::row_of(std::string_view run_id) {
  if (!is_plain_text(run_id)) return std::optional<std::int64_t>();
  EB_GET(const RowIds rows, rows_of({&run_id, 1}));
  if (rows.empty()) return std::optional<std::int64_t>();
  return std::optional(rows.begin()->second);
}

Result<bool> SqlStore::set_trust(std::string_view run_id, Trust trust) {
  bool is_there = false;
  EB_OK(database_->transaction([&]() -> Status {
    EB_GET(const auto row, row_of(run_id));
    is_there = row.has_value();
    if (!is_there) return Done{};
    if (const auto done = database_->query(
            {.text = "UPDATE runs SET trust = $1 WHERE id = $2", .values = {trust_name(trust), *row}});
        !done)
      return done.error();
    EB_GET(const Rows kinds,
           database_->query({.text = "SELECT DISTINCT kind FROM records WHERE run = $1", .values = {*row}}));
    for (const auto& kind : kinds) {
      EB_GET(const std::int64_t moved, kind_with_trust(number_of(kind[0]), trust_name(trust)));
      const auto done = database_->query({.text = "UPDATE records SET kind = $1 WHERE run = $2 AND kind = $3",
                                          .values = {moved, *row, number_of(kind[0])}});
      if (!done) return done.error();
    }
    return Done{};
  }));
  return is_there;
}

// The same kind, but for its trust.
Result<std::int64_t> SqlStore::kind_with_trust(std::int64_t kind, std::string_view trust) {
  EB_GET(const Rows rows, database_->query({.text = fmt::format("SELECT {} FROM kinds WHERE id = $1",
                                                                fmt::join(kKindFields, ", ")),
                                            .values = {kind}}));
  std::string moved = closed(trust);
  for (const std::string& text : rows.at(0)) moved += closed(text);
  KindIds fresh = {{moved, 0}};  // not kept: the transaction may yet fail
  EB_OK(add_kinds(fresh));
  return fresh.at(moved);
}

Result<bool> SqlStore::remove(std::string_view run_id) {
  bool is_there = false;
  EB_OK(database_->transaction([&]() -> Status {
    EB_GET(const auto row, row_of(run_id));
    is_there = row.has_value();
    if (!is_there) return Done{};
    for (const char* sql : {"DELETE FROM payloads WHERE record IN (SELECT id FROM records WHERE run = $1)",
                            "DELETE FROM records WHERE run = $1", "DELETE FROM bundles WHERE run = $1",
                            "DELETE FROM runs WHERE id = $1"})
      if (const auto done = database_->query({.text = sql, .values = {*row}}); !done) return done.error();
    return Done{};
  }));
  return is_there;
}

Result<std::optional<StoredRun>> SqlStore::run(std::string_view run_id) {
  if (!is_plain_text(run_id)) return std::optional<StoredRun>();
  EB_GET(const Rows head,
         database_->query({.text = "SELECT run_id, received_at, source, key_id, delete_token_hash, "
                                   "trust, context, id FROM runs WHERE run_id = $1",
                           .values = {run_id}}));
  if (head.empty()) return std::optional<StoredRun>();
  StoredRun stored{.run_id = head[0][0],
                   .received_at = head[0][1],
                   .source = head[0][2],
                   .key_id = head[0][3],
                   .delete_token_hash = head[0][4],
                   .trust = trust_from_name(head[0][5]).value_or(Trust::unverified)};
  stored.run.context = parse_json<nlohmann::ordered_json>(head[0][6]);
  EB_GET(const Rows payloads,
         database_->query({.text = "SELECT p.json FROM records r JOIN payloads p ON p.record = "
                                   "r.id WHERE r.run = $1 ORDER BY r.id",
                           .values = {number_of(head[0][7])}}));
  for (const auto& payload : payloads) {
    EB_GET(RunRecord record, record_from_json(parse_json(payload[0])));
    stored.run.records.push_back(std::move(record));
  }
  return std::optional(std::move(stored));
}

Result<std::optional<std::string>> SqlStore::bundle(std::string_view run_id) {
  if (!is_plain_text(run_id)) return std::optional<std::string>();
  EB_GET(Rows bytes,
         database_->query(
             {.text = "SELECT b.bytes FROM bundles b JOIN runs u ON u.id = b.run WHERE u.run_id = $1",
              .values = {run_id}}));
  if (bytes.empty()) return std::optional<std::string>();
  return std::optional(std::move(bytes[0][0]));
}

}  // namespace eb
