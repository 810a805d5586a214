#include "harness/probes/utilization.h"

#include <fmt/format.h>

namespace eb {
namespace {

// The precision of the arithmetic where the device states one that was probed, else of the graph.
std::string precision_of(std::span<const Probe> probes, const RunRecord& record) {
  for (const Probe& probe : probes)
    if (probe.kind == "compute" && probe.precision == record.compute_precision)
      return record.compute_precision;
  return record.precision;
}

bool has_its_threads(const Probe& probe, const RunRecord& record) {
  return probe.threads == 0 || record.threads == std::optional<std::int64_t>(probe.threads);
}

std::string basis_of(const Probe& probe) {
  std::string text = probe.name;
  if (!probe.precision.empty()) text += " " + probe.precision;
  if (probe.threads > 0) text += fmt::format(", threads {}", probe.threads);
  text += fmt::format(", spread {:.1f} %", 100 * probe.spread);
  if (!probe.is_stable) text += ", not stable";
  return text;
}

}  // namespace

void add_peaks(std::span<const Probe> probes, RunRecord& record) {
  const std::string precision = precision_of(probes, record);
  const Probe *compute = nullptr, *memory = nullptr;
  for (const Probe& probe : probes) {
    if (!has_its_threads(probe, record)) continue;
    const bool is_compute = probe.kind == "compute" && probe.unit == "GOP/s" && probe.precision == precision;
    const bool is_memory =
        probe.kind == "bandwidth" && (probe.name == "read dram" || probe.name == "read memory");
    if (is_compute && (!compute || probe.value > compute->value)) compute = &probe;
    if (is_memory && (!memory || probe.value > memory->value)) memory = &probe;
  }
  if (compute) {
    record.peak_tops = compute->value * 1e-3;
    record.peak_basis = basis_of(*compute);
    if (record.effective_tops) record.utilization = *record.effective_tops / *record.peak_tops;
  }
  if (memory) {
    record.peak_gbps = memory->value;
    record.peak_basis += (record.peak_basis.empty() ? "" : "; ") + basis_of(*memory);
  }
}

}  // namespace eb
