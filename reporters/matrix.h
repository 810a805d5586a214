#pragma once
// The support matrix: every workload against every device, with how it went, where it ran and why it did not.
// Pure functions of the records.
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/record.h"

namespace eb {

// What one precision of a workload came to on one device: the worst of its scenarios.
struct MatrixEntry {
  const RunRecord* record = nullptr;
  std::string precision{};  // "" where all precisions of the cell came to the same
};

struct SupportMatrix {
  struct Row {
    std::string workload{};
    std::vector<std::vector<MatrixEntry>> cells{};  // one a device, worst first; empty: not tried
  };
  std::vector<std::string> devices{};  // "vulkan", or "npu/chip:1" where a backend has several
  std::vector<Row> rows{};
};

// Empty where it would say nothing: one device on which all went well.
SupportMatrix support_matrix(std::span<const RunRecord> records);

// A sign that says the same without colour: "✓", "✗", "!", "○".
std::string_view status_glyph(RunStatus status);

// "98.1 %", by nodes where there are no MACs: "80 % of nodes". "" where it is not known.
std::string placed_text(const RunRecord& record);

// "✓ ok 100 %", "! fallback int8 40 %".
std::string entry_text(const MatrixEntry& entry);

}  // namespace eb
