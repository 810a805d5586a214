#pragma once
// What verify --placement adds to a run: where every node of every cell's model went.
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "harness/core/backend.h"
#include "harness/run/plan.h"

namespace eb {

struct CellNodes {
  Cell cell{};
  std::vector<Placement::Node> nodes{};
};

// A table a cell, for a terminal; `width_columns` 0: no limit.
std::string placement_tables(std::span<const CellNodes> cells, int width_columns, bool colour);

// Writes `placement.json` into the folder: [{"workload", "backend", "device", "precision", "nodes": [{"name",
// "op_type", "provider", "macs", "macs_share", "reason"}]}]. It is not in run.json, whose readers want one
// row a cell. Returns the file.
Result<std::filesystem::path> write_placement(std::span<const CellNodes> cells,
                                              const std::filesystem::path& folder);

}  // namespace eb
