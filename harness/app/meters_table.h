#pragma once
// What `list meters` says: rows for JSON, and the same for people.
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

namespace eb {

// One row a meter below `root`, and one for each kind that is not there, with the reason.
nlohmann::ordered_json meter_rows(const std::filesystem::path& root);
// `columns`: where lines are broken; 0: nowhere.
std::string meter_text(const nlohmann::ordered_json& rows, int columns);

}  // namespace eb
