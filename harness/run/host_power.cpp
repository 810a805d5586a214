// What a machine is fed by and which mode it was set to.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "harness/base/sysfs.h"
#include "harness/run/host_state.h"

namespace eb {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::ordered_json;

// What the kernel calls a supply, and we the source.
std::string source_of(const std::string& type) {
  if (type == "Mains") return "AC";
  if (type.starts_with("USB")) return "USB";  // USB_C, USB_PD, USB_DCP, ...
  return type == "Wireless" ? "wireless" : "";
}

struct Supplies {
  std::set<std::string> online{};  // sources
  std::string status{};            // of the battery; empty if there is none
  std::optional<std::int64_t> percent{};
  bool has_battery = false;

  void add_battery(const fs::path& entry) {
    if (has_battery || read_name(entry / "scope") == "Device") return;  // that of a mouse
    has_battery = true;
    const std::string now = read_name(entry / "status");
    for (const char* known : {"Charging", "Discharging", "Not charging", "Full"})
      if (now == known) status = known;
    const auto capacity = read_integer(entry / "capacity");
    if (capacity && *capacity >= 0 && *capacity <= 100) percent = *capacity;
  }
};

Supplies read_supplies(const fs::path& root) {
  Supplies supplies;
  for (const fs::path& entry : entries_like(root / "sys/class/power_supply", "")) {
    const std::string type = read_name(entry / "type");
    if (type == "Battery") supplies.add_battery(entry);
    const auto online = read_integer(entry / "online");
    if (const std::string source = source_of(type); !source.empty() && online && *online > 0)
      supplies.online.insert(source);
  }
  return supplies;
}

// Jetson's: "pmode:0002 fmode:quiet" is the number of a line "< POWER_MODEL ID=2 NAME=MODE_25W >".
std::string nvpmodel(const fs::path& root) {
  constexpr std::size_t kLargest = 256 << 10;
  const std::string status = read_name(root / "var/lib/nvpmodel/status");
  if (!status.starts_with("pmode:")) return {};
  const int id = index_of(status.substr(0, status.find(' ')), "pmode:", "");
  if (id < 0) return {};
  const auto conf = read_small_file(root / "etc/nvpmodel.conf", kLargest);
  const std::string wanted = fmt::format("POWER_MODEL ID={} NAME=", id);
  const std::size_t at = conf ? conf->find(wanted) : std::string::npos;
  if (at == std::string::npos) return fmt::format("mode {}", id);
  const std::size_t from = at + wanted.size();
  const std::size_t end = std::min(conf->find_first_of(" >\n", from), from + 40);
  std::string name = conf->substr(from, end - from);
  std::erase_if(name, [](char c) { return c < ' ' || c > '~'; });
  return name.empty() ? fmt::format("mode {}", id) : name;
}

std::optional<bool> cpu_boost(const fs::path& root) {
  const fs::path cpu = root / "sys/devices/system/cpu";
  const auto no_turbo = read_integer(cpu / "intel_pstate/no_turbo");
  if (no_turbo && (*no_turbo == 0 || *no_turbo == 1)) return *no_turbo == 0;
  const auto boost = read_integer(cpu / "cpufreq/boost");
  if (boost && (*boost == 0 || *boost == 1)) return *boost == 1;
  return std::nullopt;
}

std::string energy_preference(const fs::path& root) {
  std::set<std::string> all;
  for (const fs::path& policy : entries_like(root / "sys/devices/system/cpu/cpufreq", "policy"))
    all.insert(read_name(policy / "energy_performance_preference"));
  all.erase("");
  std::string text;
  constexpr std::size_t kMost = 4;
  for (const std::string& one : all)
    if (text.size() < kMost * 100) text += (text.empty() ? "" : ", ") + one;
  return text;
}

}  // namespace

void add_power_state(const fs::path& root, Json& context) {
  std::string profile = read_name(root / "sys/firmware/acpi/platform_profile");
  if (profile.empty()) profile = nvpmodel(root);
  if (!profile.empty()) context["performance_profile"] = profile;
  if (const auto boost = cpu_boost(root)) context["cpu_boost"] = *boost;
  if (const std::string preference = energy_preference(root); !preference.empty())
    context["energy_preference"] = preference;
  const Supplies supplies = read_supplies(root);
  if (!supplies.online.empty()) {
    context["power_source"] = *supplies.online.begin();  // AC before USB before wireless
  } else if (supplies.has_battery && supplies.status == "Discharging") {
    context["power_source"] = "battery";
  }
  if (supplies.percent) context["battery_percent"] = *supplies.percent;
  if (!supplies.status.empty()) context["battery_status"] = supplies.status;
}

}  // namespace eb
