#pragma once
// What `list devices` and `list chips` say: rows for JSON, and the same for people.
#include <nlohmann/json.hpp>
#include <string>

namespace eb {

// Of one backend, as its child told: one a device; else one with the reason, or one for each provider of the
// table that is offered on this system and is not here.
nlohmann::ordered_json device_rows(const std::string& backend, const nlohmann::json& told);
// `columns`: where lines are broken; 0: nowhere.
std::string device_text(const nlohmann::ordered_json& rows, int columns);

// The table of vendors, whatever this machine is.
nlohmann::ordered_json chip_rows();
std::string chip_text(const nlohmann::ordered_json& rows, int columns);

// Breaks a text between words; lines after the first are indented like what follows `head`. Ends its last
// line.
std::string wrapped(const std::string& head, const std::string& text, int columns);

// Rows as lines with a column a key; keys that are empty everywhere are left out.
std::string table_text(const nlohmann::ordered_json& rows);

}  // namespace eb
