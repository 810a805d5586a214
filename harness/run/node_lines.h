#pragma once
// The table of nodes on its way from a child to its parent, in lines of a bounded length. What comes back is
// checked like any other input.
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/core/backend.h"

namespace eb {

// Of one cell: a table that nobody reads to the end, and a child's words that take memory of the parent.
inline constexpr std::size_t kMostNodes = 20'000;

// {"nodes": [{"name", "op_type", "provider", "macs", "reason"}]}, as many lines as it takes, for at most
// kMostNodes nodes. Names are cut after 200 bytes, reasons after 400.
std::vector<std::string> say_nodes(std::span<const Placement::Node> nodes);

// The rows of one line; empty if any of them does not fit its form.
std::optional<std::vector<Placement::Node>> nodes_from_json(const nlohmann::json& rows);

// For people and programs: every row with its share of all MACs in `macs_share`.
nlohmann::ordered_json nodes_json(std::span<const Placement::Node> nodes);

}  // namespace eb
