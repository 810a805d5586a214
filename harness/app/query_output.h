#pragma once
// What `edgebench query` prints of stored records.
#include <span>
#include <string>
#include <vector>

#include "results/store/store.h"

namespace eb {

// What --fields may name, beside the fields of a record.
inline constexpr std::string_view kStoredFields[] = {"id",      "run_id",     "received_at",
                                                     "machine", "started_at", "trust"};

// Those shown where none are named.
std::vector<std::string> usual_fields();
// An error that names the one that is unknown.
Status check_fields(const std::vector<std::string>& fields);

std::string stored_as_table(std::span<const StoredRecord> records, const std::vector<std::string>& fields,
                            int width_columns);
std::string stored_as_csv(std::span<const StoredRecord> records, const std::vector<std::string>& fields);
// A list of objects: with `fields` alone, or, where none are named, with what is stored and the whole record.
std::string stored_as_json(std::span<const StoredRecord> records, const std::vector<std::string>& fields);

// Words as given to --where, as conditions: "status=ok" is one, and so are the words status, = and ok.
Result<std::vector<Condition>> conditions_from_words(const std::vector<std::string>& words);

}  // namespace eb
