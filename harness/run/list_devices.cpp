#include "harness/run/measure.h"

namespace eb {

nlohmann::json list_devices(const std::vector<std::string>& backends, const Parts& parts) {
  auto list = nlohmann::json::array();
  for (const std::string& name : backends) {
    nlohmann::json row = {
        {"backend", name}, {"devices", nlohmann::json::array()}, {"facts", nlohmann::json::object()}};
    const auto add = [&]() -> Status {
      EB_GET(const auto backend, parts.make_backend(name));
      const auto devices = backend->devices();
      for (const auto& [key, value] : backend->facts()) row["facts"][key] = value;
      if (!devices) return devices.error();
      for (const Device& d : *devices)
        row["devices"].push_back(
            {{"id", d.id}, {"name", d.name}, {"kind", d.kind}, {"driver", d.driver}, {"facts", d.facts}});
      return Done{};
    };
    if (auto added = add(); !added)
      row["error"] = {{"status", status_name(status_of(added.error().kind))},
                      {"message", added.error().message}};
    list.push_back(std::move(row));
  }
  return list;
}

}  // namespace eb
