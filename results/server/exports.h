#pragma once
// Results in the formats of others, so that their tools can show and watch them.
#include <span>

#include "results/server/http.h"
#include "results/store/store.h"

namespace eb::board {

enum class ExportFormat : std::uint8_t { json, csv, bmf, github_action_benchmark, openbenchmarking };

// "openbenchmarking", "bmf", ...; empty is JSON.
Result<ExportFormat> export_format(std::string_view name);
// Not of JSON, which is the API's own.
HttpAnswer export_answer(ExportFormat format, std::span<const StoredRecord> records);

// A run's records as the list has them.
std::vector<StoredRecord> records_of(const StoredRun& run);

}  // namespace eb::board
