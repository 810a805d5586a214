// Rails of NVIDIA Jetson boards with JetPack 4, whose driver is not one of hwmon. Later ones are hwmon's
// ina3221.
#include <fmt/format.h>

#include "harness/base/sysfs.h"
#include "harness/meters/readers.h"

namespace eb {
namespace fs = std::filesystem;
namespace {

constexpr int kChannels = 3;
constexpr double kMilli = 1e-3, kMostWatts = 1000;

void add_rails(const fs::path& device, std::vector<FoundMeter>& rails) {
  for (int channel = 0; channel < kChannels; ++channel) {
    const std::string rail = read_name(device / fmt::format("rail_name_{}", channel));
    if (rail.empty() || rail.find("NC") != std::string::npos) continue;
    MeterInfo info{.id = "jetson:" + rail,
                   .domain = rail,
                   .scope = is_module_total(rail) ? "module" : "rail",
                   .evidence = EvidenceClass::p2,
                   .highest = kMostWatts};
    rails.push_back(found_file(std::move(info), device / fmt::format("in_power{}_input", channel), kMilli));
  }
}

}  // namespace

std::vector<FoundMeter> find_jetson_iio(const fs::path& root) {
  std::vector<FoundMeter> rails;
  for (const fs::path& chip : entries_like(root / "sys/bus/i2c/drivers/ina3221x", ""))
    for (const fs::path& device : entries_like(chip, "iio:device")) add_rails(device, rails);
  nest_rails(rails);
  return rails;  // none is nothing to speak of: find_hwmon has the rails of all others
}

}  // namespace eb
