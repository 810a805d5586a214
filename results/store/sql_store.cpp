#include "results/store/sql_store.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <cmath>
#include <deque>

#include "harness/base/files.h"
#include "harness/base/json.h"
#include "results/store/schema.h"

namespace eb {

// What one call adds. Rows borrow their texts from the runs, or from what is kept here.
struct SqlStore::NewRows {
  std::vector<Value> records{}, payloads{};  // without ids, which are given at the end
  std::deque<RunRecord> cleaned{};
  KindIds kinds{};
};

namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD

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

Result<std::vector<Added>> SqlStore::add(std::span<const NewRun> runs) {
  const std::vector<CanonicalRun> parts = canonical(runs);
  for (std::size_t i = 0; i < runs.size(); ++i) EB_OK(check(runs[i], parts[i]));
  std::vector<Added> added(runs.size());
  NewRows rows;
  const auto done = database_->transaction([&]() -> Status {
    for (std::size_t i = 0; i < runs.size(); ++i) EB_OK(gather(runs[i], parts[i], added[i], rows));
    return write(rows);
  });
  if (!done) return done.error();
  kinds_.merge(rows.kinds);
  return added;
}

Status SqlStore::gather(const NewRun& run, const CanonicalRun& parts, Added& added, NewRows& rows) {
  added.run_id = parts.id;
  EB_GET(const auto known, row_of(parts.id));
  added.was_known = known.has_value();
  if (known) return Done{};
  EB_GET(const std::int64_t row, add_run(run, parts));
  static const auto kind_fields = fields_named(kKindFields), measure_fields = fields_named(kMeasureFields);
  for (std::size_t i = 0; i < parts.records.size(); ++i) {
    const RunRecord* record = &run.run.records[i];
    // Texts that were no UTF-8 are replaced in the JSON; the columns say the same.
    if (parts.records[i].find(kReplacement) != std::string::npos) {
      EB_GET(RunRecord cleaned, record_from_json(parse_json(parts.records[i])));
      record = &rows.cleaned.emplace_back(std::move(cleaned));
    }
    std::vector<std::string> texts = {std::string(trust_name(Trust::unverified))};
    for (const Field* field : kind_fields) texts.push_back(field_text(*field, *record));
    EB_GET(const std::int64_t kind, kind_of(texts, rows.kinds));
    rows.records.insert(rows.records.end(),
                        {std::int64_t{0}, row, kind, std::string_view(record->device_name)});
    for (const Field* field : measure_fields) rows.records.push_back(measure(*field, *record));
    rows.payloads.insert(rows.payloads.end(), {std::int64_t{0}, std::string_view(parts.records[i])});
  }
  return Done{};
}

Result<std::int64_t> SqlStore::add_run(const NewRun& run, const CanonicalRun& parts) {
  const std::string machine = context_text(run.run, "machine"),
                    started_at = context_text(run.run, "started_at");
  EB_GET(const Rows row,
         database_->query(
             {.text = "INSERT INTO runs (run_id, received_at, source, key_id, delete_token_hash, trust, "
                      "machine, started_at, context) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) "
                      "RETURNING id",
              .values = {parts.id, run.received_at, run.source, run.key_id, run.delete_token_hash,
                         trust_name(Trust::unverified), machine, started_at, parts.context}}));
  const std::int64_t id = number_of(row.at(0).at(0));
  if (!run.bundle.empty())
    EB_OK(database_->append("bundles", {"run", "bytes"}, std::vector<Value>{id, Bytes{run.bundle}}));
  return id;
}

Result<std::int64_t> SqlStore::kind_of(const std::vector<std::string>& texts, KindIds& fresh) {
  std::string all;
  for (const std::string& text : texts) all.append(text).push_back('\0');
  for (const auto* known : std::initializer_list<const KindIds*>{&kinds_, &fresh})
    if (const auto at = known->find(all); at != known->end()) return at->second;
  // Texts may be longer than an index takes, their hash is not.
  const std::string key = sha256_hex(all);
  Sql insert{.text = "INSERT INTO kinds (trust", .values = {}};
  for (const auto field : kKindFields) insert.text.append(", ").append(field);
  insert.text += ", key) VALUES (";
  for (const std::string& text : texts) insert.text += insert.bind(std::string_view(text)) + ", ";
  insert.text += insert.bind(std::string_view(key)) + ") ON CONFLICT (key) DO NOTHING";
  if (const auto done = database_->query(insert); !done) return done.error();
  EB_GET(const Rows row, database_->query({.text = "SELECT id FROM kinds WHERE key = $1",
                                           .values = {std::string_view(key)}}));
  return fresh[all] = number_of(row.at(0).at(0));
}

Status SqlStore::write(NewRows& rows) {
  const std::size_t width = record_columns().size();
  const auto count = static_cast<std::int64_t>(rows.records.size() / width);
  if (count == 0) return Done{};
  EB_GET(const Rows next,
         database_->query({.text = "UPDATE state SET next_record = next_record + $1 RETURNING next_record",
                           .values = {count}}));
  std::int64_t id = number_of(next.at(0).at(0)) - count;
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i, ++id)
    rows.records[i * width] = rows.payloads[i * 2] = id;
  EB_OK(database_->append("records", record_columns(), rows.records));
  return database_->append("payloads", {"record", "json"}, rows.payloads);
}

Result<std::optional<std::int64_t>> SqlStore::row_of(std::string_view run_id) {
  if (!is_plain_text(run_id)) return std::optional<std::int64_t>();
  EB_GET(const Rows row,
         database_->query({.text = "SELECT id FROM runs WHERE run_id = $1", .values = {run_id}}));
  if (row.empty()) return std::optional<std::int64_t>();
  return std::optional(number_of(row[0][0]));
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
  std::vector<std::string> texts = {std::string(trust)};
  texts.insert(texts.end(), rows.at(0).begin(), rows.at(0).end());
  KindIds fresh;  // not kept: the transaction may yet fail
  return kind_of(texts, fresh);
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
