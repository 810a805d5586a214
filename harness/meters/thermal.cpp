// Thermal zones: temperatures that the kernel itself acts upon.
#include <fmt/format.h>

#include "harness/base/sysfs.h"
#include "harness/meters/readers.h"

namespace eb {
namespace fs = std::filesystem;

std::vector<FoundMeter> find_thermal_zones(const fs::path& root) {
  constexpr double kMilli = 1e-3, kColdestC = -60, kHottestC = 250;
  const fs::path folder = root / "sys/class/thermal";
  std::vector<FoundMeter> zones;
  for (const fs::path& zone : entries_like(folder, "thermal_zone")) {
    const std::string type = read_name(zone / "type");
    const std::string name = type.empty() ? zone.filename().string() : type;
    MeterInfo info{.id = "temperature:" + name,
                   .domain = name,
                   .evidence = EvidenceClass::p1,
                   .quantity = Quantity::temperature_c,
                   .lowest = kColdestC,
                   .highest = kHottestC};
    zones.push_back(found_file(std::move(info), zone / "temp", kMilli));
  }
  if (zones.empty())
    zones.push_back(absent("temperature", fmt::format("no thermal zone in {}", folder.string())));
  return zones;
}

}  // namespace eb
