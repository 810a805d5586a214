#include "results/store/canonical_run.h"

#include <string_view>

#include "harness/base/files.h"
#include "harness/base/json.h"

namespace eb {
namespace {

bool holds_nul(std::string_view json) {
  constexpr std::string_view kNul = "\\u0000";
  for (auto at = json.find(kNul); at != std::string_view::npos; at = json.find(kNul, at + 1)) {
    std::size_t backslashes = 0;  // before it; an odd number makes this backslash a text's own
    while (backslashes < at && json[at - 1 - backslashes] == '\\') ++backslashes;
    if (backslashes % 2 == 0) return true;
  }
  return false;
}

}  // namespace

CanonicalRun canonical(const Run& run) {
  CanonicalRun parts;
  parts.context = canonical_json(run.context);
  for (const RunRecord& record : run.records) parts.records.push_back(canonical_json(to_json(record)));
  // The keys of a run in order of their bytes.
  std::string whole = "{\"context\":" + parts.context + ",\"records\":[";
  for (const std::string& record : parts.records) {
    if (&record != &parts.records.front()) whole += ',';
    whole += record;
  }
  whole += "],\"schema\":" + canonical_json(kRunSchema) + "}";
  parts.id = sha256_hex(whole);
  return parts;
}

bool holds_nul(const CanonicalRun& run) {
  bool holds = holds_nul(run.context);
  for (const std::string& record : run.records) holds = holds || holds_nul(record);
  return holds;
}

}  // namespace eb
