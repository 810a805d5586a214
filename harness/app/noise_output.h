#pragma once
// What `edgebench noise` says of a cell: for programs, and for people.
#include <nlohmann/json.hpp>
#include <string>

#include "harness/run/cell_noise.h"

namespace eb {

nlohmann::ordered_json to_json(const CellNoise& noise);
std::string to_text(const CellNoise& noise);

}  // namespace eb
