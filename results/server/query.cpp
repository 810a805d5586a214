#include "results/server/query.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

namespace eb::board {
namespace {

constexpr std::array<std::string_view, 5> kStoreFields = {"run_id", "received_at", "machine", "started_at",
                                                          "trust"};
constexpr std::array<std::string_view, 4> kOwn = {"format", "limit", "offset", "descending"};
constexpr std::size_t kLongestValue = 500;

bool is_field(std::string_view name) {
  return find_field(name) != nullptr ||
         std::find(kStoreFields.begin(), kStoreFields.end(), name) != kStoreFields.end();
}

Error unknown_field(std::string_view name) {
  return {ErrorKind::invalid,
          fmt::format("there is no field '{}': see edgebench list fields, or /api/v1/openapi.json", name)};
}

Status add_parameter(const std::string& name, const std::string& value, RecordQuery& query) {
  if (value.empty() || std::find(kOwn.begin(), kOwn.end(), name) != kOwn.end()) return Done{};
  if (value.size() > kLongestValue)
    return Error{ErrorKind::invalid, fmt::format("{}: its value is longer than {}", name, kLongestValue)};
  if (name == "where") {
    EB_GET(auto condition, condition_from_text(value));
    if (!is_field(condition.field)) return unknown_field(condition.field);
    query.where.push_back(std::move(condition));
  } else if (name == "order_by") {
    if (value != "id" && !is_field(value)) return unknown_field(value);
    query.order_by = value;
  } else if (is_field(name)) {
    query.where.push_back({name, Condition::Op::equal, value});
  } else {
    return unknown_field(name);
  }
  return Done{};
}

}  // namespace

Result<std::int64_t> number_parameter(const Target& target, std::string_view name, std::int64_t low,
                                      std::int64_t high, std::int64_t fallback) {
  const std::string_view text = target.parameter(name);
  if (text.empty()) return fallback;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < low || value > high)
    return Error{ErrorKind::invalid, fmt::format("{} must be a whole number from {} to {}", name, low, high)};
  return value;
}

Result<RecordQuery> query_from(const Target& target, const QueryLimits& limits) {
  RecordQuery query;
  for (const auto& [name, value] : target.parameters) EB_OK(add_parameter(name, value, query));
  EB_GET(query.limit, number_parameter(target, "limit", 1, limits.most, limits.usual));
  EB_GET(query.offset, number_parameter(target, "offset", 0, kDeepestOffset, 0));
  EB_GET(const auto descending, number_parameter(target, "descending", 0, 1, 0));
  query.is_descending = descending == 1;
  return query;
}

nlohmann::ordered_json to_json(const StoredRecord& record) {
  return {{"id", record.id},
          {"run_id", record.run_id},
          {"received_at", record.received_at},
          {"machine", record.machine},
          {"started_at", record.started_at},
          {"trust", trust_name(record.trust)},
          {"record", to_json(record.record)}};
}

}  // namespace eb::board
