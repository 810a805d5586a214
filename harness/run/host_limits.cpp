// What the system leaves of the machine to us: control groups, and the container we are in.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "harness/base/control_group.h"
#include "harness/base/sysfs.h"
#include "harness/run/host_state.h"

namespace eb {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::ordered_json;

std::optional<double> positive(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc() || end != text.data() + text.size() || value <= 0) return std::nullopt;
  return static_cast<double>(value);
}

void keep_lower(std::optional<double>& lowest, std::optional<double> value) {
  if (value && (!lowest || *value < *lowest)) lowest = value;
}

std::optional<double> positive_in(const fs::path& file) {
  return positive(read_name(file));
}

// "150000 100000" is one and a half processors, "max 100000" no limit; of version 1 two files, -1 no limit.
std::optional<double> cpu_limit(const ControlGroup& group) {
  constexpr double kMostProcessors = 65'536;
  std::optional<double> lowest;
  for (const fs::path& folder : group.folders) {
    std::optional<double> quota, period;
    if (group.is_v2) {
      const std::string text = read_name(folder / "cpu.max");
      const std::size_t blank = std::min(text.find(' '), text.size());
      quota = positive(text.substr(0, blank));
      period = positive(text.substr(std::min(blank + 1, text.size())));
    } else {
      quota = positive_in(folder / "cpu.cfs_quota_us");
      period = positive_in(folder / "cpu.cfs_period_us");
    }
    if (quota && period && *quota / *period <= kMostProcessors) keep_lower(lowest, *quota / *period);
  }
  return lowest;
}

std::optional<double> memory_limit_bytes(const ControlGroup& group) {
  constexpr double kNoLimit = 1e15;  // version 1 says about 9.2e18
  std::optional<double> lowest;
  for (const fs::path& folder : group.folders)
    keep_lower(lowest, positive_in(folder / (group.is_v2 ? "memory.max" : "memory.limit_in_bytes")));
  return lowest && *lowest < kNoLimit ? lowest : std::nullopt;
}

bool is_cpu_list(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789,-") == std::string::npos;
}

// Of the innermost group; empty if they are all that there are.
std::string allowed_cpus(const fs::path& root, const ControlGroup& group) {
  const std::string online = read_name(root / "sys/devices/system/cpu/online");
  for (const fs::path& folder : group.folders)
    for (const char* file : {"cpuset.cpus.effective", "cpuset.effective_cpus", "cpuset.cpus"})
      if (const std::string cpus = read_name(folder / file); is_cpu_list(cpus))
        return cpus == online ? "" : cpus;
  return {};
}

// By the marks that container engines leave; empty if there is none.
std::string container(const fs::path& root) {
  std::error_code code;
  const auto cgroup = read_small_file(root / "proc/self/cgroup", 64 << 10);
  const auto in_cgroup = [&](std::string_view word) {
    return cgroup && cgroup->find(word) != std::string::npos;
  };
  if (in_cgroup("kubepods")) return "kubernetes";
  if (fs::exists(root / "run/.containerenv", code)) return "podman";
  if (fs::exists(root / ".dockerenv", code) || in_cgroup("/docker")) return "docker";
  if (in_cgroup("/lxc")) return "lxc";
  const std::string engine = read_name(root / "run/systemd/container");
  for (const char* known : {"docker", "podman", "lxc", "lxc-libvirt", "systemd-nspawn", "proot", "rkt"})
    if (engine == known) return engine;
  return engine.empty() ? "" : "unknown container";
}

}  // namespace

void add_limits(const fs::path& root, Json& context) {
  if (const std::string name = container(root); !name.empty()) context["container"] = name;
  if (const auto processors = cpu_limit(find_control_group(root, "cpu")))
    context["cgroup_cpu_limit"] = *processors;
  if (const std::string cpus = allowed_cpus(root, find_control_group(root, "cpuset")); !cpus.empty())
    context["cgroup_cpus"] = cpus;
  if (const auto bytes = memory_limit_bytes(find_control_group(root, "memory")))
    context["cgroup_memory_limit_mb"] = std::round(*bytes / 1e6);
}

}  // namespace eb
