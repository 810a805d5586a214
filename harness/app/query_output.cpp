#include "harness/app/query_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/run/plan.h"
#include "reporters/reporters.h"

namespace eb {
namespace {

using Json = nlohmann::ordered_json;
constexpr int kForPeople = 6, kForPrograms = 15;  // digits

// Of what is stored beside the record; false where it is a field of the record.
bool stored_json(const StoredRecord& stored, std::string_view field, Json& value) {
  if (field == "id") value = stored.id;
  if (field == "run_id") value = stored.run_id;
  if (field == "received_at") value = stored.received_at;
  if (field == "machine") value = stored.machine;
  if (field == "started_at") value = stored.started_at;
  if (field == "trust") value = trust_name(stored.trust);
  return !value.is_null();
}

std::string cell(const StoredRecord& stored, const std::string& field, int significant) {
  Json value;
  if (stored_json(stored, field, value)) return value.is_string() ? value.get<std::string>() : value.dump();
  const Field* of_record = find_field(field);
  return of_record == nullptr ? "" : field_text(*of_record, stored.record, significant);
}

bool is_number(const std::string& field) {
  const Field* of_record = find_field(field);
  return field == "id" || (of_record != nullptr &&
                           (std::holds_alternative<RunRecord::Number RunRecord::*>(of_record->member) ||
                            std::holds_alternative<RunRecord::Count RunRecord::*>(of_record->member)));
}

TextTable table_of(std::span<const StoredRecord> records, const std::vector<std::string>& fields,
                   int significant) {
  TextTable table;
  for (const std::string& field : fields) table.columns.push_back({field, is_number(field)});
  for (const StoredRecord& stored : records) {
    auto& row = table.rows.emplace_back();
    for (const std::string& field : fields) row.push_back(cell(stored, field, significant));
  }
  return table;
}

}  // namespace

std::vector<std::string> usual_fields() {
  return {"workload", "backend",        "device_name",    "precision",      "scenario",
          "status",   "latency_p50_ms", "throughput_sps", "effective_tops", "energy_per_sample_mj"};
}

Status check_fields(const std::vector<std::string>& fields) {
  std::vector<std::string> known(std::begin(kStoredFields), std::end(kStoredFields));
  for (const Field& field : eb::fields()) known.emplace_back(field.name);
  for (const std::string& field : fields) {
    if (std::find(known.begin(), known.end(), field) != known.end()) continue;
    const auto near = nearest(field, known);
    return Error{ErrorKind::invalid, fmt::format("there is no field '{}'; {}see edgebench list fields", field,
                                                 near ? fmt::format("did you mean {}? ", *near) : "")};
  }
  return Done{};
}

std::string stored_as_table(std::span<const StoredRecord> records, const std::vector<std::string>& fields,
                            int width_columns) {
  return rows_as_table(table_of(records, fields, kForPeople), width_columns, width_columns > 0);
}

std::string stored_as_csv(std::span<const StoredRecord> records, const std::vector<std::string>& fields) {
  return rows_as_csv(table_of(records, fields, kForPrograms));
}

std::string stored_as_json(std::span<const StoredRecord> records, const std::vector<std::string>& fields) {
  Json list = Json::array();
  for (const StoredRecord& stored : records) {
    Json row = Json::object(), record = to_json(stored.record);
    const std::vector<std::string> of_store(std::begin(kStoredFields), std::end(kStoredFields));
    for (const std::string& field : fields.empty() ? of_store : fields) {
      Json value;
      if (stored_json(stored, field, value)) {
        row[field] = value;
      } else if (record.contains(field)) {
        row[field] = record[field];
      }
    }
    if (fields.empty()) row["record"] = std::move(record);
    list.push_back(std::move(row));
  }
  return list.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<std::vector<Condition>> conditions_from_words(const std::vector<std::string>& words) {
  std::vector<Condition> conditions;
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::string text = words[i];
    const bool is_field = text.find_first_of("!<>=~") == std::string::npos;
    if (is_field && i + 2 < words.size()) {
      text += words[i + 1] + words[i + 2];
      i += 2;
    }
    EB_GET(Condition condition, condition_from_text(text));
    conditions.push_back(std::move(condition));
  }
  return conditions;
}

}  // namespace eb
