// Clocks of CPU, GPU, NPU and memory, as the kernel says them now.
#include <fmt/format.h>

#include "harness/meters/readers.h"
#include "harness/meters/sysfs.h"

namespace eb {
namespace fs = std::filesystem;
namespace {

// Where clocks are: folders by the start of their names, in each the file, and what makes its number one of
// MHz.
struct ClockPlace {
  const char* folder;
  const char* prefix;
  const char* file;
  double mhz;
  const char* kind;
};
constexpr ClockPlace kPlaces[] = {
    {"sys/devices/system/cpu/cpufreq", "policy", "scaling_cur_freq", 1e-3, "cpufreq"},
    {"sys/class/devfreq", "", "cur_freq", 1e-6, "devfreq"},
    {"sys/class/drm", "card", "gt_act_freq_mhz", 1, "drm"},
    {"sys/class/accel", "accel", "device/npu_current_frequency_mhz", 1, "accel"},
};

}  // namespace

std::vector<FoundMeter> find_clocks(const fs::path& root) {
  constexpr double kHighestMhz = 20'000;
  std::vector<FoundMeter> clocks;
  for (const ClockPlace& place : kPlaces)
    for (const fs::path& entry : entries_like(root / place.folder, place.prefix)) {
      std::error_code code;
      if (!fs::exists(entry / place.file, code)) continue;
      const std::string name = entry.filename().string();
      MeterInfo info{.id = fmt::format("clock:{}/{}", place.kind, name),
                     .domain = name,
                     .evidence = EvidenceClass::p1,
                     .quantity = Quantity::clock_mhz,
                     .highest = kHighestMhz};
      clocks.push_back(found_file(std::move(info), entry / place.file, place.mhz));
    }
  if (clocks.empty())
    clocks.push_back(
        absent("clock", fmt::format("neither {} nor {} has a clock", (root / kPlaces[0].folder).string(),
                                    (root / kPlaces[1].folder).string())));
  return clocks;
}

}  // namespace eb
