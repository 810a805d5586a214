#pragma once
// The kinds of meters, one file each; for meters.cpp and tests. Each finds what is below `root` and says why
// there is nothing.
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "harness/meters/meters.h"

namespace eb {

std::vector<FoundMeter> find_rapl(const std::filesystem::path& root);  // energy counters of powercap
std::vector<FoundMeter> find_hwmon(
    const std::filesystem::path& root);  // power, energy and temperature sensors
std::vector<FoundMeter> find_jetson_iio(const std::filesystem::path& root);  // rails of JetPack 4
std::vector<FoundMeter> find_odpm(const std::filesystem::path& root);        // rails of Pixel phones
std::vector<FoundMeter> find_batteries(const std::filesystem::path& root);
std::vector<FoundMeter> find_thermal_zones(const std::filesystem::path& root);
std::vector<FoundMeter> find_clocks(const std::filesystem::path& root);  // cpufreq, devfreq, drm, accel
std::vector<FoundMeter> find_foreign(
    const std::filesystem::path& root);  // of other systems: always unavailable

// What one read gives: the value in the meter's unit.
using ReadFunction = std::function<Result<double>()>;

// A meter that calls `read`; unavailable, with its reason, if it gives no value now.
FoundMeter found(MeterInfo info, ReadFunction read);

// A whole number in one file, times `scale`.
FoundMeter found_file(MeterInfo info, const std::filesystem::path& file, double scale);

// A kind of which there is none.
FoundMeter absent(std::string id, std::string reason);

// Of a power rail whose name a board gives: "module" for one that holds all others, else "rail". Rails of
// Jetson.
bool is_module_total(std::string_view rail);
// Says of each rail of one board that the module's total counts it, too.
void nest_rails(std::vector<FoundMeter>& rails);

}  // namespace eb
