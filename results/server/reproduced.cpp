#include "results/server/reproduced.h"

#include <algorithm>
#include <optional>
#include <set>

namespace eb::board {
namespace {

constexpr std::int64_t kNewestRecords = 20;  // of a cell that are looked at
constexpr std::size_t kMostCells = 64;       // of a run that are looked for

struct Range {
  double low = 0, high = 0;
};

// What the cell is judged by: the mean latency, or the throughput where there is no latency.
std::optional<Range> range_of(const RunRecord& record) {
  if (record.latency_mean_low_ms && record.latency_mean_high_ms)
    return Range{*record.latency_mean_low_ms, *record.latency_mean_high_ms};
  if (record.throughput_low_sps && record.throughput_high_sps)
    return Range{*record.throughput_low_sps, *record.throughput_high_sps};
  return std::nullopt;
}

bool is_same_cell(const RunRecord& one, const RunRecord& other) {
  return one.workload == other.workload && one.model_sha256 == other.model_sha256 &&
         one.precision == other.precision && one.backend == other.backend &&
         one.device_name == other.device_name && one.scenario == other.scenario && one.tier == other.tier &&
         one.threads == other.threads;
}

bool can_be_repeated(const RunRecord& record) {
  return record.status == RunStatus::ok && range_of(record) && !record.device_name.empty();
}

RecordQuery same_cell(const RunRecord& record) {
  const auto equal = [](const char* field, const std::string& value) {
    return Condition{field, Condition::Op::equal, value};
  };
  RecordQuery query{.where = {equal("workload", record.workload), equal("precision", record.precision),
                              equal("backend", record.backend), equal("device_name", record.device_name),
                              equal("scenario", record.scenario), equal("tier", record.tier),
                              equal("status", "ok")}};
  std::erase_if(query.where, [](const Condition& condition) { return condition.value.empty(); });
  query.is_descending = true;
  query.limit = kNewestRecords;
  return query;
}

}  // namespace

bool repeats(const Run& run, const Run& other) {
  bool have_common = false;
  for (const RunRecord& mine : run.records) {
    if (!can_be_repeated(mine)) continue;
    for (const RunRecord& theirs : other.records) {
      if (!can_be_repeated(theirs) || !is_same_cell(mine, theirs)) continue;
      const Range a = *range_of(mine), b = *range_of(theirs);
      if (a.high < b.low || b.high < a.low) return false;
      have_common = true;
    }
  }
  return have_common;
}

Result<std::vector<std::string>> repeated_runs(Store& store, const SignedRun& run) {
  std::set<std::string> candidates;
  std::size_t cells = 0;
  for (const RunRecord& record : run.run.records) {
    if (!can_be_repeated(record) || ++cells > kMostCells) continue;
    EB_GET(const auto found, store.find(same_cell(record)));
    for (const StoredRecord& other : found)
      if (other.run_id != run.run_id && is_same_cell(record, other.record)) candidates.insert(other.run_id);
  }
  std::vector<std::string> raised;
  for (const std::string& id : candidates) {
    EB_GET(const auto other, store.run(id));
    if (!other || other->key_id.empty() || other->key_id == run.key_id || !repeats(run.run, other->run))
      continue;
    if (raised.empty()) raised.push_back(run.run_id);
    if (other->trust == Trust::unverified) raised.push_back(id);
  }
  return raised;
}

}  // namespace eb::board
