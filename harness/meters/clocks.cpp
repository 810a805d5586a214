// Clocks of CPU, GPU, NPU and memory, as the kernel says them now.
#include <fmt/format.h>

#include "harness/base/clock_domains.h"
#include "harness/meters/readers.h"

namespace eb {
namespace fs = std::filesystem;

std::vector<FoundMeter> find_clocks(const fs::path& root) {
  constexpr double kHighestMhz = 20'000;
  std::vector<FoundMeter> clocks;
  for (const ClockDomain& clock : find_clock_domains(root)) {
    MeterInfo info{.id = fmt::format("clock:{}/{}", clock.kind, clock.name),
                   .domain = clock.name,
                   .evidence = EvidenceClass::p1,
                   .quantity = Quantity::clock_mhz,
                   .highest = kHighestMhz};
    clocks.push_back(found_file(std::move(info), clock.current, clock.mhz));
  }
  if (clocks.empty())
    clocks.push_back(absent("clock", fmt::format("neither {} nor {} has a clock",
                                                 (root / "sys/devices/system/cpu/cpufreq").string(),
                                                 (root / "sys/class/devfreq").string())));
  return clocks;
}

}  // namespace eb
