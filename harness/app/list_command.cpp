#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/app/catalog.h"
#include "harness/app/child.h"
#include "harness/app/commands.h"
#include "harness/core/record.h"
#include "workloads/workloads.h"

namespace eb {
namespace {

using Json = nlohmann::ordered_json;

Result<Json> list_workloads(const CommonOptions& common) {
  EB_GET(const auto zoo, load_zoo(common.zoo_folder));
  Json rows = Json::array();
  for (const auto& [id, manifest] : zoo) {
    std::string precisions;
    bool is_here = true;
    for (const auto& [precision, model] : manifest.info.models) {
      precisions += (precisions.empty() ? "" : ",") + precision;
      std::error_code code;
      is_here = is_here && std::filesystem::exists(common.models_folder / id / model.path, code);
    }
    const WorkloadInfo& info = manifest.info;
    rows.push_back({{"id", id},
                    {"title", info.title},
                    {"precisions", precisions},
                    {"metric", info.metric},
                    {"target", info.target},
                    {"better", info.lower_is_better ? "lower" : "higher"},
                    {"here", is_here ? "yes" : "no: scripts/fetch zoo"}});
  }
  return rows;
}

// A child a backend: a driver that crashes or hangs takes its own row down and no other.
nlohmann::json devices_of(const std::string& backend, const EpSettings& ep) {
  const ChildOutcome outcome = do_job({.backend = backend, .ep = ep}, {}, {}, {});
  if (outcome.devices.is_array() && outcome.devices.size() == 1 && outcome.devices[0].is_object())
    return outcome.devices[0];
  return {{"error", {{"message", "listing its devices failed: " + outcome.reason}}}};
}

Json list_devices_of(const std::string& what, const EpSettings& ep) {
  Json rows = Json::array();
  for (const std::string& name : backend_names()) {
    const nlohmann::json backend = devices_of(name, ep);
    const std::string reason = backend.contains("error") ? backend["error"].value("message", "") : "";
    const auto devices = backend.value("devices", nlohmann::json::array());
    if (what == "backends") {
      const std::string runtime = backend.value("facts", nlohmann::json::object()).value("runtime", "");
      rows.push_back({{"id", name},
                      {"status", reason.empty() ? "available" : "unavailable"},
                      {"devices", devices.size()},
                      {"runtime", runtime},
                      {"reason", reason}});
      continue;
    }
    for (const auto& device : devices)
      rows.push_back({{"id", device.value("id", "")},
                      {"backend", name},
                      {"kind", device.value("kind", "")},
                      {"name", device.value("name", "")},
                      {"driver", device.value("driver", "")},
                      {"reason", ""}});
    if (devices.empty())
      rows.push_back(
          {{"id", ""}, {"backend", name}, {"kind", ""}, {"name", ""}, {"driver", ""}, {"reason", reason}});
  }
  return rows;
}

Json ids(const std::vector<std::string>& names) {
  Json rows = Json::array();
  for (const std::string& name : names) rows.push_back({{"id", name}});
  return rows;
}

Json list_fields() {
  Json rows = Json::array();
  for (const Field& field : fields())
    rows.push_back({{"id", field.name}, {"unit", field.unit}, {"meaning", field.doc}});
  return rows;
}

Result<Json> rows_of(const ListCommand& command) {
  if (command.what == "workloads") return list_workloads(command.common);
  if (command.what == "scenarios") return ids(scenario_names());
  if (command.what == "formats") return ids(format_names());
  if (command.what == "fields") return list_fields();
  return list_devices_of(command.what, command.ep);
}

std::string cell_text(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  return value.is_number_float() ? fmt::format("{:.6g}", value.get<double>()) : value.dump();
}

void print_table(const Json& rows) {
  if (rows.empty()) return;
  std::vector<std::string> keys;
  for (const auto& [key, value] : rows[0].items()) {
    const bool any = std::any_of(rows.begin(), rows.end(),
                                 [&k = key](const Json& row) { return !cell_text(row[k]).empty(); });
    if (any) keys.push_back(key);
  }
  std::string text;
  std::vector<std::size_t> widths;
  for (const std::string& key : keys) {
    std::size_t width = key.size();
    for (const Json& row : rows) width = std::max(width, cell_text(row[key]).size());
    widths.push_back(width);
  }
  const auto add_row = [&](const auto& text_of) {
    std::string line;
    for (std::size_t i = 0; i < keys.size(); ++i)
      line += fmt::format("{:<{}}  ", text_of(keys[i]), widths[i]);
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  };
  add_row([](const std::string& key) { return key; });
  for (const Json& row : rows) add_row([&](const std::string& key) { return cell_text(row[key]); });
  fmt::print("{}", text);
}

}  // namespace

int list_command(const ListCommand& command) {
  const auto rows = rows_of(command);
  if (!rows) return complain(rows.error().message, exit_failed);
  if (command.format == "json") {
    fmt::print("{}\n", rows->dump(1, ' ', false, Json::error_handler_t::replace));
  } else {
    print_table(*rows);
  }
  return exit_ok;
}

}  // namespace eb
