// Energy counters of x86 processors: the kernel's powercap tree. Intel and AMD alike.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "harness/base/sysfs.h"
#include "harness/meters/readers.h"

namespace eb {
namespace fs = std::filesystem;
namespace {

constexpr double kJoules = 1e-6;               // the files count microjoules
constexpr std::int64_t kUpdateNs = 1'000'000;  // the processor renews the counters about each millisecond
constexpr double kStepJ = 61.1e-6;             // 2^-14 J, the coarsest of the usual units
constexpr double kMostWatts = 2000;            // more than any socket takes
constexpr std::string_view kMsr = "intel-rapl:", kMmio = "intel-rapl-mmio:";

std::string scope_of(const std::string& domain) {
  if (domain.starts_with("package")) return "package";
  return domain == "psys" ? "system" : domain;
}

// "intel-rapl:0:1" is inside "intel-rapl:0".
std::string parent_of(const std::string& id) {
  const std::size_t colon = id.rfind(':');
  return colon == id.find(':') ? "" : id.substr(0, colon);
}

FoundMeter zone(const fs::path& folder, const std::string& id) {
  MeterInfo info{.id = id,
                 .domain = read_name(folder / "name"),
                 .evidence = EvidenceClass::p1,
                 .quantity = Quantity::energy_j,
                 .sampling = Sampling::accumulating,
                 .update_ns = kUpdateNs,
                 .resolution = kStepJ,
                 .highest = kMostWatts};
  info.scope = scope_of(info.domain);
  if (info.scope.empty()) return absent(id, fmt::format("{} is not there", (folder / "name").string()));
  const auto range = read_integer(folder / "max_energy_range_uj");
  if (range && *range > 0) info.counter_range = static_cast<double>(*range) * kJoules;
  FoundMeter meter = found_file(std::move(info), folder / "energy_uj", kJoules);
  if (meter.reason.ends_with("may not be read by this user"))
    meter.reason += "; only root may since 2020: sudo chmod a+r it, or run as root";
  return meter;
}

// The whole machine holds packages and memory; a package holds its cores, and not the memory that is listed
// below it.
void nest(std::vector<FoundMeter>& zones) {
  for (FoundMeter& inner : zones) {
    const std::string parent = parent_of(inner.info.id);
    if (!parent.empty() && inner.info.scope != "dram") inner.info.within.push_back(parent);
    if (inner.info.scope == "system") continue;
    for (const FoundMeter& outer : zones)
      if (outer.info.scope == "system") inner.info.within.push_back(outer.info.id);
  }
}

}  // namespace

std::vector<FoundMeter> find_rapl(const fs::path& root) {
  const fs::path folder = root / "sys/class/powercap";
  std::vector<FoundMeter> zones;
  std::map<std::string, std::string> id_of_domain;
  for (const fs::path& entry : entries_like(folder, kMsr)) {
    const std::string id = "rapl:" + entry.filename().string().substr(kMsr.size());
    zones.push_back(zone(entry, id));
    id_of_domain.emplace(zones.back().info.domain, id);
  }
  for (const fs::path& entry : entries_like(folder, kMmio)) {
    const std::string id = "rapl-mmio:" + entry.filename().string().substr(kMmio.size());
    const auto same = id_of_domain.find(read_name(entry / "name"));
    zones.push_back(same == id_of_domain.end()
                        ? zone(entry, id)
                        : absent(id, fmt::format("counts the same as {}", same->second)));
  }
  if (zones.empty())
    zones.push_back(
        absent("rapl", fmt::format("{} has no intel-rapl zone: no x86 processor of its own, or modprobe "
                                   "intel_rapl_common",
                                   folder.string())));
  nest(zones);
  return zones;
}

}  // namespace eb
