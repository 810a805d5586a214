// What the layers of a model take, for a terminal.
#include <fmt/format.h>

#include "reporters/console.h"
#include "reporters/layers.h"
#include "reporters/summary.h"
#include "reporters/text.h"
#include "reporters/text_table.h"

namespace eb {
namespace {

std::string number(const std::optional<double>& value) {
  return value && *value > 0 ? human_number(*value, 3) : "";
}

std::vector<std::string> texts_of(const LayerRow& row) {
  return {one_line(row.layer->name),
          one_line(row.layer->op_type),
          microseconds_text(row.layer->time_us),
          share_text(row.share),
          number(row.layer->macs),
          number(row.speed.gops_per_s),
          peak_share_text(row.speed.compute_share),
          number(row.speed.gbytes_per_s),
          peak_share_text(row.speed.memory_share),
          std::string(bound_name(row.speed.bound))};
}

}  // namespace

std::string render_layers(const CellLayers& cell, const RooflinePeaks& peaks, int width_columns,
                          bool colour) {
  const std::string title =
      one_line(fmt::format("{} {}/{} {}", cell.workload, cell.backend, cell.device, cell.precision));
  if (cell.times.layers.empty())
    return fmt::format("{}: layers were not timed: {}\n", title, one_line(cell.times.reason));
  TextTable table{{{"layer"},
                   {"operator"},
                   {"us", true},
                   {"share", true},
                   {"MACs", true},
                   {"GOP/s", true},
                   {"of peak", true},
                   {"GB/s", true},
                   {"of peak", true},
                   {"bound by"}},
                  {}};
  const LayerSummary summary = summarize_layers(cell, peaks);
  for (const LayerRow& row : summary.slowest) table.rows.push_back(texts_of(row));
  if (summary.others > 0)
    table.rows.push_back({counted(summary.others, "other layer"), "", microseconds_text(summary.others_us),
                          share_text(summary.others_share), "", "", "", "", "", ""});
  return fmt::format("{}: {}\n{}", title, layer_sum_text(cell, {}), text_table(table, width_columns, colour));
}

}  // namespace eb
