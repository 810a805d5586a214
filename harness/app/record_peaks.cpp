#include "harness/app/record_peaks.h"

#include "harness/probes/utilization.h"

namespace eb {

RecordPeaks::RecordPeaks(std::filesystem::path folder, std::string machine)
    : folder_(std::move(folder)), machine_(std::move(machine)) {
  if (auto claims = claims_from_json(chips_json(), "chips.json")) claims_ = *std::move(claims);
}

void RecordPeaks::add(RunRecord& record) {
  if (record.device.empty()) return;
  if (const ChipClaim* claim = claim_for(record, machine_, claims_)) add_claim(*claim, record);
  if (folder_.empty()) return;
  const ProbedDevice device{record.backend, record.device, record.device_name, record.driver};
  const auto [at, is_new] = probes_.try_emplace(probe_file(folder_, device));
  if (is_new) at->second = kept_probes(folder_, device);
  add_peaks(at->second, record);
}

}  // namespace eb
