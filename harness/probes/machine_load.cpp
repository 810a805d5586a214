#include "harness/probes/machine_load.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

namespace eb::probes {
namespace {

constexpr double kMostOthers = 0.1;  // ticks are 10 ms, and probes last some tenths of a second
constexpr double kMostStolen = 0.02;

}  // namespace

std::optional<LoadLook> look_at_load(const std::filesystem::path& root) {
  std::ifstream in(root / "proc/stat");
  std::string name;
  if (!(in >> name) || name != "cpu") return std::nullopt;
  LoadLook look;
  for (int column = 0; column < 8; ++column) {  // user nice system idle iowait irq softirq steal
    double ticks = 0;
    if (!(in >> ticks)) return std::nullopt;
    look.total += ticks;
    if (column == 7) look.stolen += ticks;
    if (column != 3 && column != 4 && column != 7) look.busy += ticks;
  }
  return look;
}

std::optional<LoadShares> shares_of(const LoadLook& before, const LoadLook& after, std::int64_t own_cpu_ns,
                                    std::int64_t wall_ns, int cpus) {
  const double total = after.total - before.total;
  if (total <= 0 || wall_ns <= 0 || cpus < 1) return std::nullopt;
  const double own = static_cast<double>(own_cpu_ns) / (static_cast<double>(wall_ns) * cpus);
  return LoadShares{std::max(0.0, (after.busy - before.busy) / total - own),
                    (after.stolen - before.stolen) / total};
}

std::string load_warning(const LoadShares& shares) {
  if (shares.stolen > kMostStolen)
    return fmt::format("busy machine: the hypervisor took {:.0f} % of the processors away",
                       100 * shares.stolen);
  if (shares.others > kMostOthers)
    return fmt::format("busy machine: other processes took {:.0f} % of the processors", 100 * shares.others);
  return {};
}

}  // namespace eb::probes
