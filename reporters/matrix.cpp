#include "reporters/matrix.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "reporters/summary.h"
#include "reporters/text.h"

namespace eb {
namespace {

using R = RunRecord;

// What a reader must not miss comes first: faults, then refusals, then what was never there.
int severity(RunStatus status) {
  switch (tone_of(status)) {
    case Tone::bad:
      return 3;
    case Tone::doubtful:
      return 2;
    case Tone::quiet:
      return 1;
    case Tone::good:
      break;
  }
  return 0;
}

double placed_share(const R& record) {
  return record.placement_macs.value_or(record.placement_nodes.value_or(1));
}

bool is_worse(const R& a, const R& b) {
  if (severity(a.status) != severity(b.status)) return severity(a.status) > severity(b.status);
  return placed_share(a) < placed_share(b);
}

// The device is named only where its backend has several.
class DeviceNames {
 public:
  explicit DeviceNames(std::span<const R> records) {
    for (const R& record : records) {
      auto& devices = devices_[record.backend];
      if (!record.device.empty()) devices.insert(record.device);  // else the backend never came to one
    }
  }
  std::string of(const R& record) const {
    return devices_.at(record.backend).size() > 1 ? device_path(record) : one_line(record.backend);
  }

 private:
  std::map<std::string, std::set<std::string>> devices_;
};

std::size_t index_of(std::vector<std::string>& names, const std::string& name) {
  const auto at = std::find(names.begin(), names.end(), name);
  const auto index = static_cast<std::size_t>(at - names.begin());
  if (at == names.end()) names.push_back(name);
  return index;
}

void take(std::vector<MatrixEntry>& cell, const R& record) {
  const std::string precision = one_line(record.precision);
  const auto same = std::find_if(cell.begin(), cell.end(),
                                 [&](const MatrixEntry& entry) { return entry.precision == precision; });
  if (same == cell.end()) {
    cell.push_back({&record, precision});
  } else if (is_worse(record, *same->record)) {
    same->record = &record;
  }
}

// Worst first; what all precisions have in common is said once.
void settle(std::vector<MatrixEntry>& cell) {
  std::stable_sort(cell.begin(), cell.end(),
                   [](const MatrixEntry& a, const MatrixEntry& b) { return is_worse(*a.record, *b.record); });
  const auto differs = [&](const MatrixEntry& entry) {
    return entry.record->status != cell.front().record->status ||
           placed_text(*entry.record) != placed_text(*cell.front().record);
  };
  if (cell.empty() || std::any_of(cell.begin(), cell.end(), differs)) return;
  cell.resize(1);
  cell.front().precision.clear();
}

}  // namespace

SupportMatrix support_matrix(std::span<const R> records) {
  const DeviceNames names(records);
  std::vector<std::string> workloads, devices;
  std::map<std::pair<std::size_t, std::size_t>, std::vector<MatrixEntry>> cells;
  for (const R& record : records) {
    const std::size_t row = index_of(workloads, one_line(record.workload));
    take(cells[{row, index_of(devices, names.of(record))}], record);
  }
  const auto is_ok = [](const R& record) { return record.status == RunStatus::ok; };
  if (devices.size() < 2 && std::all_of(records.begin(), records.end(), is_ok)) return {};
  SupportMatrix matrix{std::move(devices), {}};
  for (std::string& workload : workloads)
    matrix.rows.push_back(
        {std::move(workload), std::vector<std::vector<MatrixEntry>>(matrix.devices.size())});
  for (auto& [place, cell] : cells) {
    settle(cell);
    matrix.rows[place.first].cells[place.second] = std::move(cell);
  }
  return matrix;
}

std::string_view status_glyph(RunStatus status) {
  switch (tone_of(status)) {
    case Tone::good:
      return "✓";
    case Tone::bad:
      return "✗";
    case Tone::doubtful:
      return "!";
    case Tone::quiet:
      break;
  }
  return "○";
}

std::string placed_text(const R& record) {
  if (record.placement_macs) return share_text(*record.placement_macs);
  return record.placement_nodes ? share_text(*record.placement_nodes) + " of nodes" : "";
}

std::string entry_text(const MatrixEntry& entry) {
  std::string text =
      fmt::format("{} {}", status_glyph(entry.record->status), status_name(entry.record->status));
  for (const std::string& part : {entry.precision, placed_text(*entry.record)})
    if (!part.empty()) text += " " + part;
  return text;
}

}  // namespace eb
