#pragma once
// What `list devices` and `list chips` say: rows for JSON, and the same for people.
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace eb {

// Of one backend, as its child told: one a device; else one with the reason, or one for each provider of the
// table that is offered on this system and is not here.
nlohmann::ordered_json device_rows(const std::string& backend, const nlohmann::json& told);
// `columns`: where lines are broken; 0: nowhere.
std::string device_text(const nlohmann::ordered_json& rows, int columns);

// The table of vendors, whatever this machine is.
nlohmann::ordered_json chip_rows();
std::string chip_text(const nlohmann::ordered_json& rows, int columns);

// Rows as lines with a column a key; keys that are empty everywhere are left out.
std::string table_text(const nlohmann::ordered_json& rows);

// What was looked for and is not there.
struct AbsentLine {
  std::string label{}, reason{};
};
// A heading and a line each, labels aligned; empty without lines. `columns`: where lines are broken; 0:
// nowhere.
std::string labelled_lines(const std::string& heading, const std::vector<AbsentLine>& lines, int columns);
// The table of what is here, and below it "Not here:" with a line each, labels aligned. `columns`: where
// lines are broken; 0: nowhere.
std::string table_with_absent(const nlohmann::ordered_json& rows, const std::vector<AbsentLine>& absent,
                              int columns);

}  // namespace eb
