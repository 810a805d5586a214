#pragma once
// Networks against the one that they are variants of: what a smaller, sparser or coarser form costs and
// saves. Pure functions of a run.
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/record.h"

namespace eb {

// One device in one scenario.
struct VariantTable {
  std::string title;                      // "fashion/teacher on cpu/0, single-stream"
  const RunRecord* base = nullptr;        // the original at its finest precision
  std::vector<const RunRecord*> records;  // the original at all its precisions, and its variants
};
// Those whose original is in the run, at least two records each.
std::vector<VariantTable> variant_tables(std::span<const RunRecord> records);

struct VariantColumn {
  std::string_view title, unit;
  bool right_aligned = true;
  // "" where a number of the two was not measured, or is not one.
  std::string (*text)(const RunRecord& record, const RunRecord& base);
};
std::span<const VariantColumn> variant_columns();

// How to read the table, in one paragraph.
std::string_view variants_note();

}  // namespace eb
