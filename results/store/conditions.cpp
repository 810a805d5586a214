#include "results/store/conditions.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <cstdlib>

#include "harness/base/json.h"

namespace eb {
namespace {

using Op = Condition::Op;
constexpr std::size_t kMostConditions = 32;

std::string_view sql_of(Op op) {
  constexpr std::string_view kSql[] = {"=", "<>", "<", "<=", ">", ">="};
  return kSql[static_cast<std::size_t>(op)];
}

Error bad(const Condition& condition, std::string_view why) {
  return {ErrorKind::invalid, fmt::format("the condition on {}: {}", condition.field, why)};
}

Result<Value> number_value(const Condition& condition, Column::Type type) {
  const std::string& text = condition.value;
  if (type == Column::Type::count) {
    std::int64_t count = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (problem != std::errc() || end != text.data() + text.size())
      return bad(condition, fmt::format("'{}' is no whole number", text));
    return Value(count);
  }
  const auto json = parse_json(text);  // JSON's numbers, whatever the locale
  if (!json.is_number() || !std::isfinite(json.get<double>()))
    return bad(condition, fmt::format("'{}' is no number", text));
  return Value(json.get<double>());
}

// What a text of few values can be; an unknown one is a slip, not an empty answer.
Status check_word(const Condition& condition, const Column& column) {
  const std::string& value = condition.value;
  const bool is_exact = condition.op == Op::equal || condition.op == Op::not_equal;
  if (condition.field == "trust") {
    if (is_exact && !trust_from_name(value))
      return bad(condition, fmt::format("'{}' is not unverified, reproduced or audited", value));
  } else if (column.field != nullptr) {
    const bool is_bool = std::holds_alternative<bool RunRecord::*>(column.field->member);
    const bool is_status = std::holds_alternative<RunStatus RunRecord::*>(column.field->member);
    if (is_bool && value != "true" && value != "false")
      return bad(condition, fmt::format("'{}' is not true or false", value));
    if (is_exact && is_status && !status_from_name(value))
      return bad(condition, fmt::format("'{}' is no status, such as ok, wrong or crashed", value));
  }
  return Done{};
}

std::vector<Term>& of_place(Where& where, Column::Place place) {
  switch (place) {
    case Column::Place::kind:
      return where.kinds;
    case Column::Place::run:
      return where.runs;
    case Column::Place::record:
      return where.records;
    default:
      return where.payloads;
  }
}

Status add_condition(const Condition& condition, const Dialect& dialect, Where& where) {
  const auto column = find_column(condition.field, dialect);
  if (!column)
    return Error{ErrorKind::invalid,
                 fmt::format("'{}' is no field that can be compared; see edgebench list fields",
                             is_plain_text(condition.field) ? condition.field : "?")};
  if (!is_plain_text(condition.value)) return bad(condition, "its value holds a NUL or is no UTF-8");
  Term term{.value = std::string_view(condition.value)};
  if (condition.op == Op::contains) {
    if (column->type != Column::Type::text) return bad(condition, "a number contains no text; use <= or >=");
    term.sql = fmt::format(fmt::runtime(dialect.contains), column->sql, "{}");
  } else {
    if (column->type != Column::Type::text) {
      EB_GET(term.value, number_value(condition, column->type));
    } else {
      EB_OK(check_word(condition, *column));
    }
    term.sql = fmt::format("{} {} {{}}", column->sql, sql_of(condition.op));
  }
  of_place(where, column->place).push_back(std::move(term));
  where.has_key = where.has_key || (column->is_key && condition.op == Op::equal);
  return Done{};
}

}  // namespace

Result<Where> compile(const std::vector<Condition>& where, const Dialect& dialect) {
  if (where.size() > kMostConditions)
    return Error{ErrorKind::invalid, fmt::format("a query has at most {} conditions", kMostConditions)};
  Where compiled;
  for (const Condition& condition : where) EB_OK(add_condition(condition, dialect, compiled));
  return compiled;
}

std::string joined(const std::vector<Term>& terms, Sql& sql) {
  std::string all;
  for (const Term& term : terms)
    all += (all.empty() ? "" : " AND ") + fmt::format(fmt::runtime(term.sql), sql.bind(term.value));
  return all;
}

bool is_plain_text(std::string_view text) {
  return text.find('\0') == std::string_view::npos && parse_json(canonical_json(text)) == text;
}

}  // namespace eb
