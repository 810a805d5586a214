#include "harness/app/layers_output.h"

#include <nlohmann/json.hpp>

#include "harness/base/files.h"
#include "harness/stats/layer_bound.h"
#include "reporters/reporters.h"

namespace eb {
namespace {

using Json = nlohmann::ordered_json;

void add_number(const char* key, const std::optional<double>& value, Json& row) {
  if (value) row[key] = *value;
}

Json row_of(const Layer& layer, const RooflinePeaks& peaks) {
  const LayerSpeed speed = speed_of({layer.time_us, layer.macs, layer.traffic_bytes}, peaks);
  Json row = to_json(layer);
  add_number("gops_per_s", speed.gops_per_s, row);
  add_number("gbytes_per_s", speed.gbytes_per_s, row);
  row["bound_by"] = bound_name(speed.bound);
  return row;
}

Json cell_json(const CellLayers& cell, const RooflinePeaks& peaks) {
  Json json = {{"workload", cell.workload},
               {"backend", cell.backend},
               {"device", cell.device},
               {"precision", cell.precision}};
  json.update(summary_json(cell.times));
  add_number("peak_tops", peaks.tops, json);
  add_number("peak_gbps", peaks.gbps, json);
  json["layers"] = Json::array();
  for (const Layer& layer : cell.times.layers) json["layers"].push_back(row_of(layer, peaks));
  return json;
}

}  // namespace

std::string layer_tables(const Run& run, int width_columns, bool colour) {
  std::string text;
  for (const CellLayers& cell : run.layers)
    text += "\n" + render_layers(cell, peaks_of(run, cell), width_columns, colour);
  return text;
}

Result<std::filesystem::path> write_layers(const Run& run, const std::filesystem::path& folder) {
  Json json = {{"schema", kLayersSchema}, {"cells", Json::array()}};
  for (const CellLayers& cell : run.layers) json["cells"].push_back(cell_json(cell, peaks_of(run, cell)));
  const auto file = folder / "layers.json";
  EB_OK(write_file_atomic(file, json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n"));
  return file;
}

}  // namespace eb
