#pragma once
// Whether others took processors away while something was measured, by the system's own accounting.
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace eb::probes {

struct LoadLook {
  double busy = 0, stolen = 0, total = 0;  // ticks of all processors since the start of the system
};

// Of proc/stat below `root`; absent where the system does not tell.
std::optional<LoadLook> look_at_load(const std::filesystem::path& root);

struct LoadShares {
  double others = 0;  // of all processors' time, used by other processes
  double stolen = 0;  // taken by the hypervisor
};

// Between two looks, `wall_ns` apart, of which this process used `own_cpu_ns` on all of its threads; `cpus`:
// those of the machine. Absent where no tick has passed.
std::optional<LoadShares> shares_of(const LoadLook& before, const LoadLook& after, std::int64_t own_cpu_ns,
                                    std::int64_t wall_ns, int cpus);

// "busy machine: ..."; empty while shares are small enough to measure.
std::string load_warning(const LoadShares& shares);

}  // namespace eb::probes
