#include "harness/run/node_lines.h"

#include <algorithm>
#include <cmath>

namespace eb {
namespace {

using Json = nlohmann::ordered_json;

// A row is below 1000 bytes, six times that where every byte must be escaped: a line stays below the 1 MiB
// that a parent reads.
constexpr std::size_t kRowsPerLine = 100;
constexpr std::size_t kMostNameBytes = 200, kMostReasonBytes = 400;

Json row_json(const Placement::Node& node) {
  Json row = {{"name", node.name.substr(0, kMostNameBytes)},
              {"op_type", node.op_type.substr(0, kMostNameBytes)},
              {"provider", node.provider.substr(0, kMostNameBytes)}};
  if (node.macs && std::isfinite(*node.macs)) row["macs"] = *node.macs;
  if (!node.reason.empty()) row["reason"] = node.reason.substr(0, kMostReasonBytes);
  return row;
}

// Cutting may have split a character: it becomes a replacement one, of three bytes.
constexpr std::size_t kSlackBytes = 3;

bool take_text(const nlohmann::json& row, const char* key, std::size_t most_bytes, std::string& to) {
  const auto at = row.find(key);
  if (at == row.end() || !at->is_string()) return false;
  to = at->get<std::string>();
  return to.size() <= most_bytes * kSlackBytes;
}

bool take_row(const nlohmann::json& row, Placement::Node& node) {
  if (!row.is_object() || !take_text(row, "name", kMostNameBytes, node.name) ||
      !take_text(row, "op_type", kMostNameBytes, node.op_type) ||
      !take_text(row, "provider", kMostNameBytes, node.provider))
    return false;
  if (row.contains("reason") && !take_text(row, "reason", kMostReasonBytes, node.reason)) return false;
  if (!row.contains("macs")) return true;
  if (!row["macs"].is_number() || !(row["macs"].get<double>() >= 0)) return false;
  node.macs = row["macs"].get<double>();
  return true;
}

}  // namespace

std::vector<std::string> say_nodes(std::span<const Placement::Node> nodes) {
  nodes = nodes.first(std::min(nodes.size(), kMostNodes));
  std::vector<std::string> lines;
  while (!nodes.empty()) {
    const std::size_t count = std::min(nodes.size(), kRowsPerLine);
    Json rows = Json::array();
    for (const Placement::Node& node : nodes.first(count)) rows.push_back(row_json(node));
    lines.push_back(Json{{"nodes", std::move(rows)}}.dump(-1, ' ', false, Json::error_handler_t::replace));
    nodes = nodes.subspan(count);
  }
  return lines;
}

std::optional<std::vector<Placement::Node>> nodes_from_json(const nlohmann::json& rows) {
  if (!rows.is_array() || rows.size() > kRowsPerLine) return std::nullopt;
  std::vector<Placement::Node> nodes(rows.size());
  for (std::size_t i = 0; i < nodes.size(); ++i)
    if (!take_row(rows[i], nodes[i])) return std::nullopt;
  return nodes;
}

Json nodes_json(std::span<const Placement::Node> nodes) {
  double all = 0;
  for (const Placement::Node& node : nodes) all += node.macs.value_or(0);
  Json rows = Json::array();
  for (const Placement::Node& node : nodes) {
    Json row = row_json(node);
    if (node.macs && all > 0) row["macs_share"] = *node.macs / all;
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace eb
