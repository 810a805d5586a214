#include "harness/app/devices_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "backends/npu/npu.h"

namespace eb {
namespace {

using Json = nlohmann::ordered_json;

std::string text_of(const Json& row, const char* key) {
  return row.contains(key) && row[key].is_string() ? row[key].get<std::string>() : "";
}

std::string this_system() {
  std::error_code code;
  return system_key(system_name(), std::filesystem::exists("/system/build.prop", code));
}

Json absent_row(const std::string& backend, const std::string& vendor, std::string_view kind,
                std::string_view name, const std::string& reason) {
  return {{"id", ""},     {"backend", backend}, {"vendor", vendor}, {"kind", kind},
          {"name", name}, {"driver", ""},       {"reason", reason}};
}

bool has_device_of(const Vendor& vendor, const nlohmann::json& devices) {
  return std::any_of(devices.begin(), devices.end(), [&](const nlohmann::json& device) {
    for (const auto& fact : device.value("facts", nlohmann::json::array()))
      if (fact.is_array() && fact.size() == 2 && fact[0] == "provider" && fact[1].is_string() &&
          find_vendor_of_provider(fact[1].get<std::string>()) == &vendor)
        return true;
    return false;
  });
}

constexpr std::string_view kAbsent = "absent_";

// Libraries that the user names and that have no device.
void add_absent_libraries(const std::string& backend, const nlohmann::json& facts, Json& rows) {
  for (const auto& [key, reason] : facts.items()) {
    if (!key.starts_with(kAbsent) || !reason.is_string()) continue;
    const std::string name = key.substr(kAbsent.size());
    if (!find_vendor(name)) rows.push_back(absent_row(backend, name, "", "", reason.get<std::string>()));
  }
}

// Those of the table that make sense here. Without a runtime there is one reason for all of them.
void add_absent_vendors(const std::string& backend, const nlohmann::json& told, Json& rows) {
  const auto facts = told.value("facts", nlohmann::json::object());
  const auto devices = told.value("devices", nlohmann::json::array());
  if (!facts.contains("runtime") || find_vendor(backend)) return;  // a provider's own backend has said it
  add_absent_libraries(backend, facts, rows);
  const std::string system = this_system();
  for (const Vendor& vendor : vendors()) {
    const std::string id(vendor.id);
    const std::string half = facts.value(std::string(kAbsent) + id, "");
    const bool makes_sense = is_offered_on(vendor, system) || !half.empty();
    if (vendor.backend != backend || !makes_sense || has_device_of(vendor, devices)) continue;
    const std::string reason = half.empty() ? fmt::format("no provider here; {}", vendor.install) : half;
    rows.push_back(absent_row(backend, id, vendor.kind, vendor.chips, reason));
  }
}

std::string cell_text(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  return value.is_number_float() ? fmt::format("{:.6g}", value.get<double>()) : value.dump();
}

// Breaks a text between words; lines after the first are indented like what follows `head`. Ends its last
// line.
std::string wrapped(const std::string& head, const std::string& text, int columns) {
  const std::size_t indent = head.size();
  const std::size_t width = columns > 0 ? static_cast<std::size_t>(columns) : std::string::npos;
  std::string all = head, word;
  std::size_t line = indent;
  const auto flush = [&] {
    if (word.empty()) return;
    const bool is_first = line == indent;
    if (!is_first && width != std::string::npos && line + 1 + word.size() > width) {
      all += "\n" + std::string(indent, ' ') + word;
      line = indent + word.size();
    } else {
      all += (is_first ? "" : " ") + word;
      line += word.size() + (is_first ? 0 : 1);
    }
    word.clear();
  };
  for (const char c : text) c == ' ' ? flush() : word.push_back(c);
  flush();
  return all + "\n";
}

}  // namespace

Json device_rows(const std::string& backend, const nlohmann::json& told) {
  Json rows = Json::array();
  const auto devices = told.value("devices", nlohmann::json::array());
  for (const auto& device : devices)
    rows.push_back({{"id", device.value("id", "")},
                    {"backend", backend},
                    {"vendor", ""},
                    {"kind", device.value("kind", "")},
                    {"name", device.value("name", "")},
                    {"driver", device.value("driver", "")},
                    {"reason", ""}});
  add_absent_vendors(backend, told, rows);
  if (rows.empty()) {
    const std::string reason =
        told.contains("error") ? told["error"].value("message", "") : "it has no device here";
    rows.push_back(absent_row(backend, "", "", "", reason));
  }
  return rows;
}

std::string device_text(const Json& rows, int columns) {
  Json found = Json::array();
  std::vector<AbsentLine> absent;
  for (const Json& row : rows) {
    const std::string vendor = text_of(row, "vendor"), name = text_of(row, "name"),
                      reason = text_of(row, "reason");
    if (reason.empty())
      found.push_back(row);
    else
      absent.push_back({vendor.empty() ? text_of(row, "backend") : vendor,
                        fmt::format("{}{}{}", name, name.empty() ? "" : ": ", reason)});
  }
  std::string text = table_with_absent(found, absent, columns);
  if (!absent.empty()) text += "\nOther chips, and what is known of each provider: edgebench list chips\n";
  return text;
}

Json chip_rows() {
  Json rows = Json::array();
  for (const Vendor& vendor : vendors()) {
    Json options = Json::object();
    for (const VendorOption& option : vendor.options)
      if (!option.key.empty()) options[std::string(option.key)] = option.value;
    rows.push_back({{"id", vendor.id},
                    {"chips", vendor.chips},
                    {"kind", vendor.kind},
                    {"state", state_name(vendor.state)},
                    {"note", vendor.note},
                    {"provider", vendor.provider},
                    {"backend", vendor.backend},
                    {"built_in", vendor.is_built_in},
                    {"library", vendor.plugin},
                    {"systems", vendor.systems},
                    {"precisions", vendor.precisions},
                    {"options", options},
                    {"placement", placement_text(vendor)},
                    {"install", vendor.install}});
  }
  return rows;
}

std::string chip_text(const Json& rows, int columns) {
  std::size_t width = 0;
  for (const Json& row : rows) width = std::max(width, text_of(row, "id").size());
  const std::string indent(width + 2, ' ');
  std::string text;
  for (const Json& row : rows) {
    text += wrapped(fmt::format("{:<{}}  ", text_of(row, "id"), width), text_of(row, "chips"), columns);
    const auto line = [&](std::string_view head, const std::string& rest) {
      if (!rest.empty()) text += wrapped(indent, fmt::format("{}{}", head, rest), columns);
    };
    const std::string provider = text_of(row, "provider"), note = text_of(row, "note");
    const std::string state =
        text_of(row, "state") == "none" ? "no execution provider" : text_of(row, "state");
    line("", fmt::format("{}{}{}", state, note.empty() ? "" : ": ", note));
    std::string options;
    for (const auto& [key, value] : row["options"].items())
      options += fmt::format("{}{}={}", options.empty() ? "" : ", ", key, value.get<std::string>());
    line("", provider + (text_of(row, "library").empty() ? "" : ", library " + text_of(row, "library")));
    line("on ", text_of(row, "systems"));
    line("precisions ", text_of(row, "precisions"));
    line("a session is opened with: ", options);
    line("placement ", text_of(row, "placement"));
    line(text_of(row, "backend").empty() ? "instead: " : "to have it: ", text_of(row, "install"));
  }
  return text;
}

std::string table_with_absent(const Json& rows, const std::vector<AbsentLine>& absent, int columns) {
  return table_text(rows) + labelled_lines(rows.empty() ? "Not here:" : "\nNot here:", absent, columns);
}

std::string labelled_lines(const std::string& heading, const std::vector<AbsentLine>& lines, int columns) {
  if (lines.empty()) return "";
  std::string text = heading + "\n";
  std::size_t width = 0;
  for (const AbsentLine& line : lines) width = std::max(width, line.label.size());
  for (const AbsentLine& line : lines)
    text += wrapped(fmt::format("  {:<{}}  ", line.label, width), line.reason, columns);
  return text;
}

std::string table_text(const Json& rows) {
  if (rows.empty()) return "";
  std::vector<std::string> keys;
  std::vector<std::size_t> widths;
  for (const auto& [key, value] : rows[0].items()) {
    std::size_t width = 0;
    for (const Json& row : rows) width = std::max(width, cell_text(row[key]).size());
    if (width == 0) continue;
    keys.push_back(key);
    widths.push_back(std::max(width, key.size()));
  }
  std::string text;
  const auto add_row = [&](const auto& cell) {
    std::string line;
    for (std::size_t i = 0; i < keys.size(); ++i) line += fmt::format("{:<{}}  ", cell(keys[i]), widths[i]);
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  };
  add_row([](const std::string& key) { return key; });
  for (const Json& row : rows) add_row([&](const std::string& key) { return cell_text(row[key]); });
  return text;
}

}  // namespace eb
