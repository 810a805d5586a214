// Where every node of a model went, for a terminal.
#include <fmt/format.h>

#include "reporters/console.h"
#include "reporters/summary.h"
#include "reporters/text.h"
#include "reporters/text_table.h"

namespace eb {

std::string render_nodes(std::string_view title, std::span<const Placement::Node> nodes, int width_columns,
                         bool colour) {
  double all = 0;
  for (const Placement::Node& node : nodes) all += node.macs.value_or(0);
  TextTable table{
      {{"node"}, {"operator"}, {"MACs", true}, {"share", true}, {"provider"}, {"refused because"}}, {}};
  for (const Placement::Node& node : nodes) {
    const bool weighs = node.macs && *node.macs > 0;
    table.rows.push_back({one_line(node.name), one_line(node.op_type), weighs ? human_number(*node.macs) : "",
                          weighs ? share_text(*node.macs / all) : "", one_line(node.provider),
                          one_line(node.reason)});
  }
  return fmt::format("{}: {}\n{}", one_line(title), counted(nodes.size(), "node"),
                     text_table(table, width_columns, colour));
}

}  // namespace eb
