#include "harness/core/layers.h"

#include <fmt/format.h>

#include <cmath>

#include "harness/base/json.h"

namespace eb {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMostNameBytes = 200, kMostReasonBytes = 400;
constexpr std::size_t kSlackBytes = 3;   // cutting may have split a character: it becomes one of three bytes
constexpr double kLargestNumber = 1e18;  // a year in nanoseconds, or what nobody computes or moves in one

bool take_text(const nlohmann::json& row, const char* key, std::size_t most_bytes, std::string& to) {
  const auto at = row.find(key);
  if (at == row.end() || !at->is_string()) return false;
  to = at->get<std::string>();
  return to.size() <= most_bytes * kSlackBytes;
}

std::optional<double> number_of(const nlohmann::json& row, const char* key) {
  const auto at = row.find(key);
  if (at == row.end() || !at->is_number()) return std::nullopt;
  const double value = at->get<double>();
  return value >= 0 && value <= kLargestNumber ? std::optional(value) : std::nullopt;  // nor is NaN
}

// Whether it is absent or a number.
bool take_number(const nlohmann::json& row, const char* key, std::optional<double>& to) {
  if (!row.contains(key)) return true;
  to = number_of(row, key);
  return to.has_value();
}

bool is_sayable(const std::optional<double>& value) {
  return value && *value >= 0 && *value <= kLargestNumber;
}

std::optional<CellLayers> cell_from_json(const nlohmann::json& json) {
  if (!json.is_object()) return std::nullopt;
  auto times = times_from_summary(json);
  CellLayers cell;
  const bool is_good = times && take_text(json, "workload", kMostNameBytes, cell.workload) &&
                       take_text(json, "backend", kMostNameBytes, cell.backend) &&
                       take_text(json, "device", kMostNameBytes, cell.device) &&
                       take_text(json, "precision", kMostNameBytes, cell.precision) &&
                       (!json.contains("layers") || take_layers(json["layers"], kMostLayers, times->layers));
  if (!is_good) return std::nullopt;
  cell.times = *std::move(times);
  return cell;
}

}  // namespace

Json to_json(const Layer& layer) {
  Json row = {{"name", layer.name.substr(0, kMostNameBytes)},
              {"op_type", layer.op_type.substr(0, kMostNameBytes)},
              {"provider", layer.provider.substr(0, kMostNameBytes)},
              {"clock", layer.is_device_time ? "device" : "host"},
              {"time_us", is_sayable(layer.time_us) ? layer.time_us : 0}};
  if (is_sayable(layer.macs)) row["macs"] = *layer.macs;
  if (is_sayable(layer.traffic_bytes)) row["traffic_bytes"] = *layer.traffic_bytes;
  return row;
}

std::optional<Layer> layer_from_json(const nlohmann::json& row) {
  if (!row.is_object()) return std::nullopt;
  Layer layer;
  std::string clock;
  const auto time_us = number_of(row, "time_us");
  const bool is_good = time_us && take_text(row, "name", kMostNameBytes, layer.name) &&
                       take_text(row, "op_type", kMostNameBytes, layer.op_type) &&
                       take_text(row, "provider", kMostNameBytes, layer.provider) &&
                       take_text(row, "clock", kMostNameBytes, clock) &&
                       (clock == "device" || clock == "host") && take_number(row, "macs", layer.macs) &&
                       take_number(row, "traffic_bytes", layer.traffic_bytes);
  if (!is_good) return std::nullopt;
  layer.time_us = *time_us;
  layer.is_device_time = clock == "device";
  return layer;
}

bool take_layers(const nlohmann::json& rows, std::size_t most, std::vector<Layer>& to) {
  if (!rows.is_array() || rows.size() > most) return false;
  for (const auto& row : rows) {
    auto layer = layer_from_json(row);
    if (!layer) return false;
    to.push_back(*std::move(layer));
  }
  return true;
}

Json summary_json(const LayerTimes& times) {
  Json summary = {{"runs", times.runs}, {"run_us", is_sayable(times.run_us) ? times.run_us : 0}};
  if (!times.reason.empty()) summary["reason"] = times.reason.substr(0, kMostReasonBytes);
  return summary;
}

std::optional<LayerTimes> times_from_summary(const nlohmann::json& summary) {
  if (!summary.is_object()) return std::nullopt;
  LayerTimes times;
  const auto runs = number_of(summary, "runs"), run_us = number_of(summary, "run_us");
  if (!runs || !run_us || *runs != std::floor(*runs)) return std::nullopt;
  times.runs = static_cast<std::int64_t>(*runs);
  times.run_us = *run_us;
  if (summary.contains("reason") && !take_text(summary, "reason", kMostReasonBytes, times.reason))
    return std::nullopt;
  return times;
}

Result<std::vector<CellLayers>> layers_from_json(std::string_view text, std::string_view name) {
  const auto bad = [&](std::string_view why) {
    return Error{ErrorKind::invalid, fmt::format("{} has no layers of edgebench: {}", name, why)};
  };
  const auto json = parse_json(text);
  if (!json.is_object()) return bad("it is not a JSON object");
  if (json.value("schema", nlohmann::json()) != nlohmann::json(kLayersSchema))
    return bad(fmt::format("its schema is not {}", kLayersSchema));
  const auto list = json.find("cells");
  if (list == json.end() || !list->is_array()) return bad("it has no cells");
  std::vector<CellLayers> cells;
  for (const auto& item : *list) {
    auto cell = cell_from_json(item);
    if (!cell) return bad(fmt::format("cell {} does not fit its form", cells.size() + 1));
    cells.push_back(*std::move(cell));
  }
  return cells;
}

}  // namespace eb
