#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/app/catalog.h"
#include "harness/app/commands.h"
#include "harness/app/devices_table.h"
#include "harness/app/listing.h"
#include "harness/app/meters_table.h"
#include "harness/base/process.h"
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
                    {"here", is_here               ? "yes"
                             : manifest.is_fetched ? "no: scripts/fetch zoo"
                                                   : "when it runs"}});
  }
  return rows;
}

Json list_devices(const EpSettings& ep) {
  Json rows = Json::array();
  for (const std::string& name : backend_names())
    for (Json& row : device_rows(name, list_in_child(name, ep, {}).row)) rows.push_back(std::move(row));
  return rows;
}

Json list_backends(const EpSettings& ep) {
  Json rows = Json::array();
  for (const std::string& name : backend_names()) {
    const nlohmann::json backend = list_in_child(name, ep, {}).row;
    const std::string reason = backend.contains("error") ? backend["error"].value("message", "") : "";
    rows.push_back({{"id", name},
                    {"status", reason.empty() ? "available" : "unavailable"},
                    {"devices", backend.value("devices", nlohmann::json::array()).size()},
                    {"runtime", backend.value("facts", nlohmann::json::object()).value("runtime", "")},
                    {"reason", reason}});
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
  if (command.what == "chips") return chip_rows();
  if (command.what == "meters") return meter_rows(command.root);
  return command.what == "backends" ? list_backends(command.ep) : list_devices(command.ep);
}

std::string text_of(const ListCommand& command, const Json& rows) {
  if (command.what == "devices") return device_text(rows, terminal_width());
  if (command.what == "chips") return chip_text(rows, terminal_width());
  if (command.what == "meters") return meter_text(rows, terminal_width());
  return table_text(rows);
}

}  // namespace

int list_command(const ListCommand& command) {
  const auto rows = rows_of(command);
  if (!rows) return complain(rows.error().message, exit_failed);
  if (command.format == "json") {
    fmt::print("{}\n", rows->dump(1, ' ', false, Json::error_handler_t::replace));
  } else {
    fmt::print("{}", text_of(command, *rows));
  }
  return exit_ok;
}

}  // namespace eb
