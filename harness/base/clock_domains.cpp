#include "harness/base/clock_domains.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "harness/base/sysfs.h"

namespace eb {
namespace fs = std::filesystem;
namespace {

// Folders by the start of their names, in each the files, and what makes their numbers ones of MHz.
struct ClockPlace {
  const char* folder;
  const char* prefix;
  const char* kind;
  double mhz;
  const char *current, *lowest, *highest, *hardware, *governor;
};
constexpr ClockPlace kPlaces[] = {
    {"sys/devices/system/cpu/cpufreq", "policy", "cpufreq", 1e-3, "scaling_cur_freq", "scaling_min_freq",
     "scaling_max_freq", "cpuinfo_max_freq", "scaling_governor"},
    {"sys/class/devfreq", "", "devfreq", 1e-6, "cur_freq", "min_freq", "max_freq", "", "governor"},
    {"sys/class/drm", "card", "drm", 1, "gt_act_freq_mhz", "gt_min_freq_mhz", "gt_max_freq_mhz",
     "gt_RP0_freq_mhz", ""},
    {"sys/class/accel", "accel", "accel", 1, "device/npu_current_frequency_mhz", "", "",
     "device/npu_max_frequency_mhz", ""},
};

// "0 1 2 3"; empty for what is no list of numbers.
std::vector<int> cpus_of(const fs::path& policy) {
  const auto text = read_small_file(policy / "related_cpus");
  std::vector<int> cpus;
  if (!text) return cpus;
  std::string_view rest = *text;
  while (true) {
    const std::size_t from = rest.find_first_not_of(" \n");
    if (from == std::string_view::npos) return cpus;
    const std::size_t end = std::min(rest.find_first_of(" \n", from), rest.size());
    cpus.push_back(index_of(rest.substr(from, end - from), "", ""));
    if (cpus.back() < 0) return {};
    rest.remove_prefix(end);
  }
}

// By the words that drivers and device trees use in names: "fb000000.gpu", "17000000.ga10b", "dmc".
std::string device_domain(const std::string& name) {
  constexpr std::pair<std::string_view, std::string_view> kWords[] = {
      {"gpu", "gpu"}, {"mali", "gpu"}, {"kgsl", "gpu"}, {"ga10b", "gpu"},
      {"npu", "npu"}, {"dmc", "ddr"},  {"ddr", "ddr"},  {"memory-controller", "ddr"}};
  for (const auto& [word, domain] : kWords)
    if (name.find(word) != std::string::npos) return std::string(domain);
  return name;
}

std::string domain_of(std::string_view kind, const std::string& name) {
  if (kind == "cpufreq") return "cpu";
  if (kind == "devfreq") return device_domain(name);
  return kind == "drm" ? "gpu" : "npu";
}

}  // namespace

std::vector<ClockDomain> find_clock_domains(const fs::path& root) {
  std::vector<ClockDomain> domains;
  for (const ClockPlace& place : kPlaces)
    for (const fs::path& entry : entries_like(root / place.folder, place.prefix)) {
      std::error_code code;
      if (!fs::exists(entry / place.current, code)) continue;
      const auto file = [&](std::string_view relative) {
        return relative.empty() ? fs::path() : entry / relative;
      };
      const std::string name = entry.filename().string();
      const std::string domain = domain_of(place.kind, name);
      domains.push_back({place.kind, name, domain, domain == "cpu" ? cpus_of(entry) : std::vector<int>(),
                         place.mhz, file(place.current), file(place.lowest), file(place.highest),
                         file(place.hardware), file(place.governor)});
    }
  return domains;
}

}  // namespace eb
