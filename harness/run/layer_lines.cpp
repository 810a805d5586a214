#include "harness/run/layer_lines.h"

#include <algorithm>
#include <iterator>
#include <span>

namespace eb {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kRowsPerLine = 100;  // below the 1 MiB that a parent reads, see node_lines.cpp

}  // namespace

std::vector<std::string> say_layers(const LayerTimes& times) {
  std::span<const Layer> layers(times.layers);
  layers = layers.first(std::min(layers.size(), kMostLayers));
  std::vector<std::string> lines;
  do {
    const std::size_t count = std::min(layers.size(), kRowsPerLine);
    Json said = summary_json(times);
    said["rows"] = Json::array();
    for (const Layer& layer : layers.first(count)) said["rows"].push_back(to_json(layer));
    lines.push_back(Json{{"layers", std::move(said)}}.dump(-1, ' ', false, Json::error_handler_t::replace));
    layers = layers.subspan(count);
  } while (!layers.empty());
  return lines;
}

std::optional<LayerTimes> layers_of_line(const nlohmann::json& said) {
  auto times = times_from_summary(said);
  if (!times) return std::nullopt;
  const auto rows = said.find("rows");
  if (rows == said.end() || !take_layers(*rows, kRowsPerLine, times->layers)) return std::nullopt;
  return times;
}

void add_layers(LayerTimes&& part, LayerTimes& all) {
  if (all.layers.size() + part.layers.size() > kMostLayers) return;
  std::move(part.layers.begin(), part.layers.end(), std::back_inserter(all.layers));
  all.runs = part.runs;
  all.run_us = part.run_us;
  all.reason = std::move(part.reason);
}

}  // namespace eb
