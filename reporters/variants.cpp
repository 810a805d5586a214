#include "reporters/variants.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reporters/summary.h"
#include "reporters/text.h"

namespace eb {
namespace {

using R = RunRecord;

bool is_positive(R::Number value) {
  return value && std::isfinite(*value) && *value > 0;
}

std::string ratio(R::Number part, R::Number whole) {
  if (!is_positive(part) || !is_positive(whole)) return "";
  const std::string text = human_number(*part / *whole, 3);
  return text.empty() ? "" : text + "×";
}

// One query after the other: by the median, which a stall does not move; else by the rate.
std::string speed(const R& record, const R& base) {
  if (record.scenario == "single-stream") return ratio(base.latency_p50_ms, record.latency_p50_ms);
  return ratio(record.throughput_sps, base.throughput_sps);
}

std::string multiplications(const R& record, const R& /*base*/) {
  if (!is_positive(record.gops_per_sample)) return "";
  return human_number(*record.gops_per_sample * 1e3 / 2, 3);
}

std::string quality_change(const R& record, const R& base) {
  if (&record == &base || !record.quality || !base.quality || record.quality_metric != base.quality_metric)
    return "";
  const double change = *record.quality - *base.quality;
  return std::isfinite(change) ? fmt::format("{:+.4f}", change) : "";
}

const VariantColumn kColumns[] = {
    {"workload", "", false, [](const R& r, const R&) { return one_line(r.workload); }},
    {"precision", "", false, [](const R& r, const R&) { return one_line(r.precision); }},
    {"p50", "ms", true, [](const R& r, const R&) { return measured_text(r.latency_p50_ms); }},
    {"speed", "", true, speed},
    {"model", "MB", true, [](const R& r, const R&) { return measured_text(r.model_mb); }},
    {"size", "", true, [](const R& r, const R& base) { return ratio(r.model_mb, base.model_mb); }},
    {"MACs", "million", true, multiplications},
    {"quality", "", true, [](const R& r, const R&) { return quality_value(r); }},
    {"change", "", true, quality_change},
    {"energy", "mJ/sample", true, [](const R& r, const R&) { return measured_text(r.energy_per_sample_mj); }},
    {"energy ratio", "", true,
     [](const R& r, const R& base) { return ratio(r.energy_per_sample_mj, base.energy_per_sample_mj); }},
    {"status", "", false, [](const R& r, const R&) { return std::string(status_name(r.status)); }},
};

bool is_beside(const R& a, const R& b) {
  return a.backend == b.backend && a.device == b.device && a.scenario == b.scenario && a.beside == b.beside;
}

// fp32, or whatever is the first.
const R* finest(const std::vector<const R*>& records, const std::string& workload) {
  const R* first = nullptr;
  for (const R* record : records) {
    if (record->workload != workload) continue;
    if (record->precision == "fp32") return record;
    if (!first) first = record;
  }
  return first;
}

}  // namespace

std::vector<VariantTable> variant_tables(std::span<const R> records) {
  std::vector<VariantTable> tables;
  for (const R& first : records) {
    const bool has_variants = std::any_of(records.begin(), records.end(), [&](const R& other) {
      return other.variant_of == first.workload && other.workload != first.workload &&
             is_beside(first, other);
    });
    const bool is_known = std::any_of(tables.begin(), tables.end(), [&](const VariantTable& table) {
      return table.base->workload == first.workload && is_beside(*table.base, first);
    });
    if (!has_variants || is_known || first.workload.empty()) continue;
    VariantTable table;
    for (const R& record : records)
      if (is_beside(first, record) &&
          (record.workload == first.workload || record.variant_of == first.workload))
        table.records.push_back(&record);
    table.base = finest(table.records, first.workload);
    table.title = fmt::format("{} on {}", one_line(first.workload), device_path(first));
    if (const std::string scenario = one_line(first.scenario); !scenario.empty())
      table.title += ", " + scenario;
    tables.push_back(std::move(table));
  }
  return tables;
}

std::span<const VariantColumn> variant_columns() {
  return kColumns;
}

std::string_view variants_note() {
  return "Ratios and changes are against the first network at its finest precision, on the same device. "
         "Speed above 1 is faster, size and energy below 1 are less. Operations are nominal: zeros among the "
         "weights count, and whether a device skips them is what the speed says. How far a quality may be "
         "off "
         "by chance depends on the number of samples.";
}

}  // namespace eb
