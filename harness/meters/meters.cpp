#include "harness/meters/meters.h"

#include <fmt/format.h>

#include <map>

#include "harness/meters/readers.h"

namespace eb {
namespace {

using Finder = std::vector<FoundMeter> (*)(const std::filesystem::path& root);
constexpr Finder kFinders[] = {find_rapl,      find_hwmon,         find_jetson_iio, find_odpm,
                               find_batteries, find_thermal_zones, find_clocks,     find_foreign};

}  // namespace

std::vector<FoundMeter> make_meters(const std::filesystem::path& root) {
  std::vector<FoundMeter> all;
  for (const Finder find : kFinders)
    for (FoundMeter& meter : find(root)) all.push_back(std::move(meter));
  std::map<std::string, int> times;  // two chips may say the same name and label
  for (FoundMeter& meter : all)
    if (const int time = ++times[meter.info.id]; time > 1) meter.info.id += fmt::format("#{}", time);
  return all;
}

}  // namespace eb
