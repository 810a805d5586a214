// Which of a machine's meters a run reads.
#include <fmt/format.h>

#include <algorithm>

#include "harness/meters/meters.h"

namespace eb {
namespace {

// From what holds most to what holds least. The battery comes after what is counted: a gauge renews itself
// every 0.25 to 60 s, which is too seldom for most windows.
constexpr std::string_view kScopes[] = {"system", "module", "package", "battery", "gpu",
                                        "rail",   "core",   "uncore",  "dram",    "unknown"};

bool is_of_power(const MeterInfo& info) {
  return info.quantity == Quantity::power_w || info.quantity == Quantity::energy_j;
}

// Of several sockets each has a package of its own; a board without a total has rails.
bool adds_up(std::string_view scope) {
  return scope == "package" || scope == "rail";
}

std::string_view kind_of(std::string_view id) {
  return id.substr(0, id.find_first_of(":/"));
}

std::vector<std::string> widest(const std::vector<FoundMeter>& all) {
  for (const std::string_view scope : kScopes) {
    std::vector<std::string> ids;
    for (const FoundMeter& found : all) {
      if (!found.meter || !is_of_power(found.info) || found.info.scope != scope) continue;
      if (ids.empty() || (adds_up(scope) && kind_of(ids.front()) == kind_of(found.info.id)))
        ids.push_back(found.info.id);
    }
    if (!ids.empty()) return ids;
  }
  return {};
}

Result<const FoundMeter*> find_named(const std::vector<FoundMeter>& all, const std::string& name) {
  const auto at =
      std::find_if(all.begin(), all.end(), [&](const FoundMeter& found) { return found.name() == name; });
  if (at == all.end())
    return Error{ErrorKind::not_found,
                 fmt::format("there is no meter '{}'; see edgebench list meters, or use auto or none", name)};
  if (!at->meter)
    return Error{ErrorKind::unavailable, fmt::format("meter {} is not here: {}", name, at->reason)};
  if (!is_of_power(at->info))
    return Error{ErrorKind::invalid,
                 fmt::format("meter {} is one of {}, not of power", name, name_of(at->info.quantity))};
  return &*at;
}

}  // namespace

Result<std::vector<std::string>> choose_power_meters(const std::vector<FoundMeter>& all,
                                                     const std::vector<std::string>& names) {
  if (names == std::vector<std::string>{"none"}) return std::vector<std::string>{};
  if (names == std::vector<std::string>{"auto"}) return widest(all);
  std::vector<const MeterInfo*> chosen;
  std::vector<std::string> ids;
  for (const std::string& name : names) {
    if (name == "auto" || name == "none")
      return Error{ErrorKind::invalid, fmt::format("{} is no meter to be named beside others", name)};
    EB_GET(const FoundMeter* found, find_named(all, name));
    chosen.push_back(&found->info);
    ids.push_back(name);
  }
  EB_OK(check_addable(chosen));
  return ids;
}

std::vector<std::string> sensors_of(const std::vector<FoundMeter>& all) {
  constexpr std::size_t kMostSensors = 64;
  std::vector<std::string> ids;
  for (const FoundMeter& found : all)
    if (found.meter && !is_of_power(found.info) && ids.size() < kMostSensors) ids.push_back(found.info.id);
  return ids;
}

}  // namespace eb
