#pragma once
// What a URL asks of the store.
#include <nlohmann/json_fwd.hpp>

#include "results/server/http.h"
#include "results/store/store.h"

namespace eb::board {

struct QueryLimits {
  std::int64_t usual = 100, most = 1000;
};
inline constexpr std::int64_t kDeepestOffset = 100'000;  // further ones would scan the store again and again

// FIELD=VALUE (equal), where=latency_p50_ms<=5 (any number of them), order_by=FIELD, descending=1, limit,
// offset. `format` is left to the caller; an empty value is as if it were not there; what is unknown is an
// error.
Result<RecordQuery> query_from(const Target& target, const QueryLimits& limits);

// The whole number of a parameter; `fallback` where it is missing.
Result<std::int64_t> number_parameter(const Target& target, std::string_view name, std::int64_t low,
                                      std::int64_t high, std::int64_t fallback);

nlohmann::ordered_json to_json(const StoredRecord& record);

}  // namespace eb::board
