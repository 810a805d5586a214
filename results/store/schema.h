#pragma once
// The tables, and where each name that a query may use is found in them. What is filtered by most often is
// in `kinds`, one row a combination, so that a filter looks at thousands of rows instead of millions; what is
// ordered by most often has a column and an index in `records`; all the rest is in the JSON of `payloads`.
#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "harness/core/record.h"
#include "results/store/database.h"

namespace eb {

// Fields of a record that make its kind, with its trust.
inline constexpr std::array<std::string_view, 10> kKindFields = {
    "workload", "task", "backend", "device_kind", "precision",
    "scenario", "tier", "status",  "ranked",      "power_scope"};
// Numbers of a record with a column and an index.
inline constexpr std::array<std::string_view, 4> kMeasureFields = {"latency_p50_ms", "throughput_sps",
                                                                   "effective_tops", "energy_per_sample_mj"};

// The SQL of a query calls the tables r (records), k (kinds), u (runs) and p (payloads).
struct Column {
  enum class Place { record, kind, run, payload };
  enum class Type { text, count, number };
  Place place = Place::record;
  Type type = Type::text;
  std::string sql{};             // a text is "" and a number NULL where it is absent
  bool is_key = false;           // few records have one value of it, and an index finds them
  bool is_measure = false;       // has an index in its order
  const Field* field = nullptr;  // absent for what is not a field of a record
};

// Absent for what no query may name.
std::optional<Column> find_column(std::string_view name, const Dialect& dialect);
// The names that find_column knows, in the order of the documentation.
std::vector<std::string_view> column_names();

}  // namespace eb
