#pragma once
// The layers of a cell on their way from a child to its parent, in lines of a bounded length. What comes back
// is checked like any other input.
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/layers.h"

namespace eb {

// {"layers": {"runs", "run_us", "reason", "rows": []}}, as many lines as it takes and at least one, for at
// most kMostLayers layers.
std::vector<std::string> say_layers(const LayerTimes& times);

// Those of one line; nothing if any of it does not fit its form.
std::optional<LayerTimes> layers_of_line(const nlohmann::json& said);

// Appends what a line brought, as far as it fits.
void add_layers(LayerTimes&& part, LayerTimes& all);

}  // namespace eb
