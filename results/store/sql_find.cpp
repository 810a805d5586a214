// Finding records. A database cannot know how many records a combination of filters has, which decides what
// is quick: to gather the few that fit and sort them, or to walk an index in the wanted order until enough
// fit. So the kinds that fit are looked up first, and their records counted up to a limit.
#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "harness/base/json.h"
#include "harness/base/parallel.h"
#include "results/store/sql_store.h"

namespace eb {

// How a database is to find what fits: by the index of a key that a condition names, by the index of the
// kinds that fit, or in the wanted order, of which `glance` takes the first few.
enum class Way { by_key, by_kind, in_order, glance };

struct SqlStore::Filter {
  Where where{};
  std::string kinds{};  // the list of those that fit, as a value; "" where there are too many
  Way way = Way::in_order;
};

namespace {

constexpr std::int64_t kFew = 4000;           // records: gathered and put in order faster than walked to
constexpr std::size_t kFewKinds = 1000;       // a list that is planned with faster than it is read
constexpr std::size_t kFetchedAtOnce = 1000;  // records
constexpr std::int64_t kGlance = 4;           // records for one that is wanted

std::string list_of(std::span<const std::int64_t> ids, const Dialect& dialect) {
  return fmt::format("{}{}{}", dialect.list_open, fmt::join(ids, ","), dialect.list_close);
}

std::string in_list(std::string_view column, std::string_view list, const Dialect& dialect, Sql& sql) {
  return fmt::format(fmt::runtime(dialect.in_list), column, sql.bind(list));
}

// Tables in this order, and conditions after WHERE.
struct Parts {
  std::string tables = "records r", conditions{};

  void add_condition(const std::string& condition) {
    if (condition.empty()) return;
    conditions += (conditions.empty() ? " WHERE " : " AND ") + condition;
  }
  void add_table(std::string_view table, std::string_view link) {
    if (tables.find(table) != std::string::npos) return;
    tables += fmt::format(" CROSS JOIN {}", table);
    add_condition(std::string(link));
  }
  void add_place(Column::Place place) {
    if (place == Column::Place::kind) add_table("kinds k", "k.id = r.kind");
    if (place == Column::Place::run) add_table("runs u", "u.id = r.run");
    if (place == Column::Place::payload) add_table("payloads p", "p.record = r.id");
  }
};

// What leads to no index and to no other order of tables, but is looked at record by record.
std::string only_checked(std::string_view column, std::string_view rows) {
  return fmt::format("({} IN ({})) IS TRUE", column, rows);
}

std::string kind_condition(const Where& where, Way way, const std::string& kinds, const Dialect& dialect,
                           Sql& sql) {
  if (way == Way::glance)
    return fmt::format("EXISTS (SELECT 1 FROM kinds k WHERE k.id = r.kind AND {})", joined(where.kinds, sql));
  if (kinds.empty()) {
    const auto rows = "SELECT k.id FROM kinds k WHERE " + joined(where.kinds, sql);
    return way == Way::by_kind ? fmt::format("r.kind IN ({})", rows) : only_checked("r.kind", rows);
  }
  if (way == Way::by_kind) return in_list("r.kind", kinds, dialect, sql);
  return only_checked("r.kind", fmt::format(fmt::runtime(dialect.elements), sql.bind(kinds)));
}

std::string run_condition(const Where& where, Way way, Sql& sql) {
  const auto conditions = joined(where.runs, sql);
  if (way == Way::glance)
    return fmt::format("EXISTS (SELECT 1 FROM runs u WHERE u.id = r.run AND {})", conditions);
  const auto rows = "SELECT u.id FROM runs u WHERE " + conditions;
  return way == Way::by_key ? fmt::format("r.run IN ({})", rows) : only_checked("r.run", rows);
}

Parts parts_of(const Where& where, Way way, const std::string& kinds, const Dialect& dialect, Sql& sql) {
  Parts parts;
  if (!where.kinds.empty()) parts.add_condition(kind_condition(where, way, kinds, dialect, sql));
  if (!where.runs.empty()) parts.add_condition(run_condition(where, way, sql));
  parts.add_condition(joined(where.records, sql));
  if (!where.payloads.empty()) parts.add_place(Column::Place::payload);
  parts.add_condition(joined(where.payloads, sql));
  return parts;
}

// By what is there, then by the column, then by the id, so that pages follow one another.
std::string order_of(const Column& column, Way way, bool is_descending) {
  const char* direction = is_descending ? " DESC" : "";
  if (column.is_measure && way == Way::in_order)
    return fmt::format(" ORDER BY {0}{1}, r.kind{1}, r.id{1}", column.sql, direction);
  const auto absent = column.sql + (column.type == Column::Type::text ? " = ''" : " IS NULL");
  const auto value = column.type == Column::Type::text ? column.sql : "+" + column.sql;
  // The same order as that of the index: which way is taken must not show.
  const auto rest = column.is_measure ? fmt::format(", r.kind{0}, r.id{0}", direction)
                                      : fmt::format(", r.id{0}", direction);
  return fmt::format(" ORDER BY CASE WHEN {} THEN 1 ELSE 0 END, {}{}{}", absent, value, direction, rest);
}

std::string page(std::int64_t limit, std::int64_t offset, Sql& sql) {
  const auto places = sql.bind(limit);
  return fmt::format(" LIMIT {} OFFSET {}", places, sql.bind(offset));
}

// Of all that fit, or at least as many as the page's end.
std::vector<std::int64_t> page_of_ids(std::span<const std::int64_t> ids, const RecordQuery& query) {
  const auto rest = ids.subspan(std::min(static_cast<std::size_t>(query.offset), ids.size()));
  const auto shown = rest.first(std::min(static_cast<std::size_t>(query.limit), rest.size()));
  return {shown.begin(), shown.end()};
}

// A row of `fetch`.
Status read_stored(std::int64_t id, const std::vector<std::string>& row, StoredRecord& stored) {
  stored.id = id;
  stored.run_id = row[1];
  stored.received_at = row[2];
  stored.machine = row[3];
  stored.started_at = row[4];
  stored.trust = trust_from_name(row[5]).value_or(Trust::unverified);
  EB_GET(stored.record, record_from_json(parse_json(row[6])));
  return Done{};
}

Error unknown_field(std::string_view name) {
  return {ErrorKind::invalid,
          fmt::format("'{}' is no field that records can be put in order by; see edgebench list "
                      "fields",
                      is_plain_text(name) ? name : "?")};
}

Status check_limit(std::int64_t limit, std::int64_t offset) {
  if (limit >= 1 && limit <= kMostRecords && offset >= 0) return Done{};
  return Error{ErrorKind::invalid,
               fmt::format("the limit of a query is 1 to {}, and its offset not below 0", kMostRecords)};
}

}  // namespace

Result<std::vector<std::int64_t>> SqlStore::ids_of(const Sql& sql) {
  EB_GET(const Rows rows, database_->query(sql));
  std::vector<std::int64_t> ids;
  for (const auto& row : rows) ids.push_back(number_of(row.at(0)));
  return ids;
}

Result<std::int64_t> SqlStore::number(const Sql& sql) {
  EB_GET(const Rows rows, database_->query(sql));
  return number_of(rows.at(0).at(0));
}

Result<SqlStore::Filter> SqlStore::filter_of(const std::vector<Condition>& where) {
  Filter filter;
  EB_GET(filter.where, compile(where, database_->dialect()));
  if (!filter.where.kinds.empty()) {
    Sql kinds{.text = "SELECT k.id FROM kinds k WHERE "};
    kinds.text += joined(filter.where.kinds, kinds);
    kinds.text += fmt::format(" LIMIT {}", kinds.bind(static_cast<std::int64_t>(kFewKinds + 1)));
    EB_GET(const auto ids, ids_of(kinds));
    if (ids.size() <= kFewKinds) filter.kinds = list_of(ids, database_->dialect());
  }
  if (filter.where.has_key) {
    filter.way = Way::by_key;
  } else if (!filter.kinds.empty()) {
    Sql few{.text = "SELECT count(*) FROM (SELECT 1 FROM records r WHERE "};
    few.text += in_list("r.kind", filter.kinds, database_->dialect(), few);
    few.text += fmt::format(" LIMIT {}) AS few", few.bind(kFew + 1));
    EB_GET(const std::int64_t records, number(few));
    if (records <= kFew) filter.way = Way::by_kind;
  }
  return filter;
}

// The records without the measure come after all that have it.
Result<std::vector<std::int64_t>> SqlStore::walk_measure(const RecordQuery& query, const Column& column,
                                                         const Filter& filter) {
  const Dialect& dialect = database_->dialect();
  Sql with{};
  Parts parts = parts_of(filter.where, Way::in_order, filter.kinds, dialect, with);
  parts.add_condition(column.sql + " IS NOT NULL");
  Sql all{.text = fmt::format("SELECT count(*) FROM {}{}", parts.tables, parts.conditions),
          .values = with.values};
  with.text = fmt::format("SELECT r.id FROM {}{}{}", parts.tables, parts.conditions,
                          order_of(column, Way::in_order, query.is_descending));
  with.text += page(query.limit, query.offset, with);
  EB_GET(auto ids, ids_of(with));
  const auto found = static_cast<std::int64_t>(ids.size());
  if (found == query.limit) return ids;
  std::int64_t skipped = 0;  // of those without it
  if (found == 0) {
    EB_GET(const std::int64_t with_it, number(all));
    skipped = std::max<std::int64_t>(query.offset - with_it, 0);
  }
  Sql without{};
  parts = parts_of(filter.where, Way::in_order, filter.kinds, dialect, without);
  parts.add_condition(column.sql + " IS NULL");
  const char* direction = query.is_descending ? " DESC" : "";
  without.text = fmt::format("SELECT r.id FROM {0}{1} ORDER BY r.kind{2}, r.id{2}", parts.tables,
                             parts.conditions, direction);
  without.text += page(query.limit - found, skipped, without);
  EB_GET(const auto rest, ids_of(without));
  ids.insert(ids.end(), rest.begin(), rest.end());
  return ids;
}

Result<std::vector<std::int64_t>> SqlStore::glance(const RecordQuery& query, const Column& column,
                                                   const Filter& filter) {
  Sql sql{};
  const auto order = order_of(column, Way::in_order, query.is_descending);
  const auto first = fmt::format("(SELECT * FROM records r WHERE {} IS NOT NULL{} LIMIT {}) AS r", column.sql,
                                 order, sql.bind(kGlance * (query.limit + query.offset)));
  Parts parts = parts_of(filter.where, Way::glance, {}, database_->dialect(), sql);
  parts.tables.replace(0, Parts().tables.size(), first);
  sql.text = fmt::format("SELECT r.id FROM {}{}{}", parts.tables, parts.conditions, order);
  sql.text += page(query.limit, query.offset, sql);
  EB_GET(auto ids, ids_of(sql));
  if (static_cast<std::int64_t>(ids.size()) < query.limit) ids.clear();
  return ids;
}

Sql SqlStore::page_of(const RecordQuery& query, const Column& column, const Filter& filter) {
  Sql sql{};
  Parts parts = parts_of(filter.where, filter.way, filter.kinds, database_->dialect(), sql);
  parts.add_place(column.place);
  const char* direction = query.is_descending ? " DESC" : "";
  const auto order = query.order_by == "id" ? fmt::format(" ORDER BY r.id{}", direction)
                                            : order_of(column, filter.way, query.is_descending);
  sql.text = fmt::format("SELECT r.id FROM {}{}{}", parts.tables, parts.conditions, order);
  sql.text += page(query.limit, query.offset, sql);
  return sql;
}

Result<std::vector<std::int64_t>> SqlStore::sift(const RecordQuery& query, const Column& column,
                                                 Filter filter) {
  const auto payloads = std::exchange(filter.where.payloads, {});
  const auto wanted = static_cast<std::size_t>(query.limit) + static_cast<std::size_t>(query.offset);
  RecordQuery block{.order_by = query.order_by, .is_descending = query.is_descending, .limit = kFew};
  std::vector<std::int64_t> fitting;
  for (bool is_more = true; is_more; block.offset += kFew) {
    EB_GET(const auto ids, ids_of(page_of(block, column, filter)));
    is_more = static_cast<std::int64_t>(ids.size()) == kFew;
    std::size_t size = std::min(wanted, kFetchedAtOnce);
    for (auto rest = std::span(ids); !rest.empty(); size = std::min(2 * size, kFetchedAtOnce)) {
      const auto some = rest.first(std::min(size, rest.size()));
      rest = rest.subspan(some.size());
      Sql sql{.text = "SELECT p.record FROM payloads p WHERE "};
      const std::string list = list_of(some, database_->dialect());
      sql.text += in_list("p.record", list, database_->dialect(), sql);
      sql.text += " AND " + joined(payloads, sql);
      EB_GET(const auto found, ids_of(sql));
      const std::unordered_set<std::int64_t> fit(found.begin(), found.end());
      std::copy_if(some.begin(), some.end(), std::back_inserter(fitting),
                   [&](std::int64_t id) { return fit.contains(id); });
      if (fitting.size() >= wanted) return page_of_ids(fitting, query);
    }
  }
  return page_of_ids(fitting, query);
}

Result<std::vector<std::int64_t>> SqlStore::find_ids(const RecordQuery& query, const Column& column) {
  EB_GET(const Filter filter, filter_of(query.where));
  const Where& where = filter.where;
  if (column.is_measure && filter.way == Way::in_order) {
    const bool is_wide = filter.kinds.empty() && !(where.kinds.empty() && where.runs.empty());
    if (is_wide && query.limit <= kFew && query.offset <= kFew) {
      EB_GET(const auto ids, glance(query, column, filter));
      if (!ids.empty()) return ids;
    }
    return walk_measure(query, column, filter);
  }
  if (filter.way != Way::in_order && !where.payloads.empty() && column.place != Column::Place::payload)
    return sift(query, column, filter);
  return ids_of(page_of(query, column, filter));
}

Status SqlStore::fetch(std::span<const std::int64_t> ids, std::vector<StoredRecord>& records) {
  const std::string list = list_of(ids, database_->dialect());
  Sql sql{.text =
              "SELECT r.id, u.run_id, u.received_at, u.machine, u.started_at, u.trust, p.json FROM records r "
              "JOIN "
              "runs u ON u.id = r.run JOIN payloads p ON p.record = r.id WHERE "};
  sql.text += in_list("r.id", list, database_->dialect(), sql);
  EB_GET(const Rows rows, database_->query(sql));
  std::unordered_map<std::int64_t, const std::vector<std::string>*> by_id;
  for (const auto& row : rows) by_id[number_of(row[0])] = &row;
  std::vector<std::int64_t> there;  // others were removed in between
  std::copy_if(ids.begin(), ids.end(), std::back_inserter(there),
               [&](std::int64_t id) { return by_id.contains(id); });
  const std::size_t first = records.size();
  records.resize(first + there.size());
  std::vector<Status> read(there.size(), Done{});
  // To read the JSON takes longer than to find it.
  for_each_in_parallel(there.size(), [&](std::size_t i) {
    read[i] = read_stored(there[i], *by_id.at(there[i]), records[first + i]);
  });
  for (const Status& status : read) EB_OK(status);
  return Done{};
}

Result<std::vector<StoredRecord>> SqlStore::find(const RecordQuery& query) {
  EB_OK(check_limit(query.limit, query.offset));
  Column column{.type = Column::Type::count, .sql = "r.id"};
  if (query.order_by != "id") {
    auto found = find_column(query.order_by, database_->dialect());
    if (!found) return unknown_field(query.order_by);
    column = *std::move(found);
  }
  EB_GET(const auto ids, find_ids(query, column));
  std::vector<StoredRecord> records;
  for (std::size_t at = 0; at < ids.size(); at += kFetchedAtOnce)
    EB_OK(fetch(std::span(ids).subspan(at, std::min(kFetchedAtOnce, ids.size() - at)), records));
  return records;
}

Result<std::int64_t> SqlStore::count(const std::vector<Condition>& where) {
  EB_GET(Filter filter, filter_of(where));
  // Nothing is put in order, so that the index of kinds is never the wrong one.
  if (filter.way == Way::in_order) filter.way = Way::by_kind;
  Sql sql{};
  const Parts parts = parts_of(filter.where, filter.way, filter.kinds, database_->dialect(), sql);
  sql.text = fmt::format("SELECT count(*) FROM {}{}", parts.tables, parts.conditions);
  return number(sql);
}

Result<std::vector<ValueCount>> SqlStore::values(std::string_view field, const std::vector<Condition>& where,
                                                 std::int64_t limit) {
  EB_OK(check_limit(limit, 0));
  const auto column = find_column(field, database_->dialect());
  if (!column || column->type != Column::Type::text)
    return Error{ErrorKind::invalid, fmt::format("'{}' is no text of a record; see edgebench list fields",
                                                 is_plain_text(field) ? field : "?")};
  EB_GET(Filter filter, filter_of(where));
  if (filter.way == Way::in_order) filter.way = Way::by_kind;
  Sql sql{};
  Parts parts = parts_of(filter.where, filter.way, filter.kinds, database_->dialect(), sql);
  if (column->place == Column::Place::kind) {
    // Records are counted by kind first: a join for each of them would take many times as long.
    sql.text = fmt::format(
        "SELECT {0}, sum(n.records) FROM (SELECT r.kind AS kind, count(*) AS records FROM {1}{2} "
        "GROUP BY r.kind) AS n CROSS JOIN kinds k WHERE k.id = n.kind AND {0} <> ''",
        column->sql, parts.tables, parts.conditions);
  } else {
    parts.add_place(column->place);
    parts.add_condition(column->sql + " <> ''");
    sql.text = fmt::format("SELECT {}, count(*) FROM {}{}", column->sql, parts.tables, parts.conditions);
  }
  sql.text += fmt::format(" GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {}", sql.bind(limit));
  EB_GET(const Rows rows, database_->query(sql));
  std::vector<ValueCount> counts;
  for (const auto& row : rows) counts.push_back({.value = row[0], .records = number_of(row[1])});
  return counts;
}

std::unique_ptr<Store> make_sql_store(std::unique_ptr<Database> database) {
  return std::make_unique<SqlStore>(std::move(database));
}

}  // namespace eb
