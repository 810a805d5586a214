#pragma once
// One run: its records and the context that they share.
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "harness/base/result.h"
#include "harness/core/layers.h"
#include "harness/core/record.h"

namespace eb {

struct Run {
  nlohmann::ordered_json context = nlohmann::ordered_json::object();  // keys: see context_docs()
  std::vector<RunRecord> records{};
  std::vector<CellLayers>
      layers{};  // in a file of their own, layers.json: to_json and run_from_json leave them out
};

// The layers of a record's cell; null where there are none, and no reason either.
const CellLayers* layers_of(const Run& run, const RunRecord& record);

nlohmann::ordered_json to_json(const Run& run);
// Checks the schema's name; `name` is what messages call the text.
Result<Run> run_from_json(std::string_view text, std::string_view name);

// What the keys of a context mean, in the order of reports: one table for documentation, schema and pages.
struct ContextKey {
  std::string_view key, unit, doc;
};
std::span<const ContextKey> context_keys();

}  // namespace eb
