#include "harness/run/interference.h"

namespace eb {
namespace {

// A block has no latency but its throughput; where queries come at a rate, only latency tells.
RunRecord::Number sample_time_ms(const RunRecord& record) {
  if (record.latency_p50_ms) return record.latency_p50_ms;
  if (record.throughput_sps && *record.throughput_sps > 0) return 1000 / *record.throughput_sps;
  return std::nullopt;
}

}  // namespace

void Interference::tell(const Cell& cell, RunRecord& record) {
  const auto time_ms = sample_time_ms(record);
  if (record.status != RunStatus::ok || !time_ms || !(*time_ms > 0)) return;
  const Key key{cell.workload, cell.backend, cell.device, cell.precision, cell.scenario, cell.target};
  if (cell.beside.empty()) {
    alone_ms_[key] = *time_ms;
  } else if (const auto alone = alone_ms_.find(key); alone != alone_ms_.end()) {
    record.interference = *time_ms / alone->second;
  }
}

}  // namespace eb
