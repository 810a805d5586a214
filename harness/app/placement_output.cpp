#include "harness/app/placement_output.h"

#include <fmt/format.h>

#include "harness/base/files.h"
#include "harness/run/node_lines.h"
#include "reporters/reporters.h"

namespace eb {

std::string placement_tables(std::span<const CellNodes> cells, int width_columns, bool colour) {
  std::string text;
  for (const CellNodes& item : cells) {
    const Cell& cell = item.cell;
    const std::string title =
        fmt::format("{} {}/{} {}", cell.workload, cell.backend, cell.device, cell.precision);
    text += "\n" + render_nodes(title, item.nodes, width_columns, colour);
  }
  return text;
}

Result<std::filesystem::path> write_placement(std::span<const CellNodes> cells,
                                              const std::filesystem::path& folder) {
  auto list = nlohmann::ordered_json::array();
  for (const auto& [cell, nodes] : cells)
    list.push_back({{"workload", cell.workload},
                    {"backend", cell.backend},
                    {"device", cell.device},
                    {"precision", cell.precision},
                    {"nodes", nodes_json(nodes)}});
  const auto file = folder / "placement.json";
  EB_OK(write_file_atomic(file, list.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n"));
  return file;
}

}  // namespace eb
