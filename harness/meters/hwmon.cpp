// Sensors of the kernel's hwmon class: shunts on the board, power supplies, GPUs, temperatures. Folders
// change their numbers from boot to boot: chips are known by their names and labels.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "harness/base/sysfs.h"
#include "harness/meters/readers.h"

namespace eb {
namespace fs = std::filesystem;
namespace {

constexpr double kMicro = 1e-6, kMilli = 1e-3;
constexpr double kMostWatts = 10'000, kColdestC = -60, kHottestC = 250;
constexpr int kIna3221Channels = 3;  // then come the shunts' own voltages, and sums

// Chips that read a shunt of the board.
constexpr std::string_view kShunts[] = {"ina209", "ina219",  "ina220",  "ina226",   "ina230",  "ina231",
                                        "ina233", "ina238",  "ina260",  "ina3221",  "ina4230", "ina700",
                                        "ina780", "ltc2945", "ltc2947", "max34407", "pac1934"};
constexpr std::string_view kGpus[] = {"amdgpu", "i915", "xe", "nouveau"};

bool is_any_of(std::string_view name, const auto& names) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

struct Chip {
  fs::path folder{};
  std::string name{};

  std::string label(const std::string& sensor) const {
    const std::string text = read_name(folder / (sensor + "_label"));
    return text.empty() ? sensor : text;
  }
  MeterInfo info(const std::string& sensor) const {
    MeterInfo info{.id = fmt::format("hwmon:{}/{}", name, label(sensor)), .domain = label(sensor)};
    const bool is_shunt = is_any_of(name, kShunts);
    info.scope = is_any_of(name, kGpus)         ? "gpu"
                 : is_module_total(info.domain) ? "module"
                 : is_shunt                     ? "rail"
                                                : "unknown";
    info.evidence = is_shunt ? EvidenceClass::p2 : EvidenceClass::p1;
    return info;
  }
};

std::vector<Chip> chips(const fs::path& root) {
  std::vector<Chip> chips;
  for (const fs::path& folder : entries_like(root / "sys/class/hwmon", "hwmon"))
    if (std::string name = read_name(folder / "name"); !name.empty())
      chips.push_back({folder, std::move(name)});
  return chips;
}

// The names "power1" ... of the sensors with this file, in order.
std::vector<std::string> sensors(const Chip& chip, std::string_view prefix, std::string_view suffix) {
  std::vector<std::string> names;
  for (const fs::path& file : entries_like(chip.folder, prefix)) {
    const int index = index_of(file.filename().string(), prefix, suffix);
    if (index >= 0) names.push_back(fmt::format("{}{}", prefix, index));
  }
  return names;
}

void add_energy(const Chip& chip, std::vector<FoundMeter>& all) {
  for (const std::string& sensor : sensors(chip, "energy", "_input")) {
    MeterInfo info = chip.info(sensor);
    info.quantity = Quantity::energy_j;
    info.sampling = Sampling::accumulating;
    info.resolution = kMicro;
    info.highest = kMostWatts;
    all.push_back(found_file(std::move(info), chip.folder / (sensor + "_input"), kMicro));
  }
}

// A time in ms that a driver says, if it is one.
std::optional<std::int64_t> interval_ns(const fs::path& file) {
  constexpr std::int64_t kLongestMs = 3'600'000, kMillisecondNs = 1'000'000;
  const auto interval_ms = read_integer(file);
  if (!interval_ms || *interval_ms <= 0 || *interval_ms > kLongestMs) return std::nullopt;
  return *interval_ms * kMillisecondNs;
}

// Chips that take turns between channels average over a part of their interval only: they count as
// instantaneous.
MeterInfo power_info(const Chip& chip, const std::string& sensor) {
  MeterInfo info = chip.info(sensor);
  info.update_ns = interval_ns(chip.folder / "update_interval").value_or(0);
  info.highest = kMostWatts;
  return info;
}

// A mean misses nothing, so it goes before what is true for a moment.
void add_power(const Chip& chip, std::vector<FoundMeter>& all) {
  std::set<std::string> averaged;
  for (const std::string& sensor : sensors(chip, "power", "_average")) {
    MeterInfo info = power_info(chip, sensor);
    if (const auto mean_ns = interval_ns(chip.folder / (sensor + "_average_interval"))) {
      info.sampling = Sampling::averaging;
      info.update_ns = *mean_ns;
    } else {
      info.notes.emplace_back("averaged over a time that the driver does not say: read as if it were not");
    }
    averaged.insert(sensor);
    all.push_back(found_file(std::move(info), chip.folder / (sensor + "_average"), kMicro));
  }
  for (const std::string& sensor : sensors(chip, "power", "_input"))
    if (!averaged.contains(sensor))
      all.push_back(found_file(power_info(chip, sensor), chip.folder / (sensor + "_input"), kMicro));
}

ReadFunction millivolts_times_milliamperes(const fs::path& volts, const fs::path& amperes) {
  return [volts, amperes]() -> Result<double> {
    EB_GET(const std::int64_t millivolts, read_integer(volts));
    EB_GET(const std::int64_t milliamperes, read_integer(amperes));
    return static_cast<double>(millivolts) * kMilli * static_cast<double>(milliamperes) * kMilli;
  };
}

// This chip computes nothing: in1 is a voltage, and taking it for power is a classic.
void add_ina3221(const Chip& chip, std::vector<FoundMeter>& all) {
  std::vector<FoundMeter> rails;
  for (int channel = 1; channel <= kIna3221Channels; ++channel) {
    const fs::path volts = chip.folder / fmt::format("in{}_input", channel);
    const fs::path amperes = chip.folder / fmt::format("curr{}_input", channel);
    std::error_code code;
    MeterInfo info = power_info(chip, fmt::format("in{}", channel));
    const bool is_connected = info.domain.find("NC") == std::string::npos;
    if (!fs::exists(volts, code) || !fs::exists(amperes, code) || !is_connected) continue;
    info.notes.emplace_back("mV times mA");
    rails.push_back(found(std::move(info), millivolts_times_milliamperes(volts, amperes)));
  }
  nest_rails(rails);
  std::move(rails.begin(), rails.end(), std::back_inserter(all));
}

void add_temperatures(const Chip& chip, std::vector<FoundMeter>& all) {
  for (const std::string& sensor : sensors(chip, "temp", "_input")) {
    MeterInfo info = chip.info(sensor);
    info.id = fmt::format("temperature:{}/{}", chip.name, info.domain);
    info.domain = chip.name + "/" + info.domain;
    info.scope.clear();
    info.quantity = Quantity::temperature_c;
    info.lowest = kColdestC;
    info.highest = kHottestC;
    all.push_back(found_file(std::move(info), chip.folder / (sensor + "_input"), kMilli));
  }
}

// The kernel shows a thermal zone as a chip, too, with '_' for '-'.
bool is_thermal_zone(const fs::path& root, const std::string& chip) {
  const auto zones = entries_like(root / "sys/class/thermal", "thermal_zone");
  return std::any_of(zones.begin(), zones.end(), [&](const fs::path& zone) {
    std::string type = read_name(zone / "type");
    std::replace(type.begin(), type.end(), '-', '_');
    return type == chip;
  });
}

}  // namespace

std::vector<FoundMeter> find_hwmon(const fs::path& root) {
  std::vector<FoundMeter> all;
  for (const Chip& chip : chips(root)) {
    add_energy(chip, all);
    if (chip.name == "ina3221") {
      add_ina3221(chip, all);
    } else {
      add_power(chip, all);
    }
    if (!is_thermal_zone(root, chip.name)) add_temperatures(chip, all);
  }
  const bool has_power = std::any_of(all.begin(), all.end(), [](const FoundMeter& meter) {
    return meter.info.quantity == Quantity::power_w || meter.info.quantity == Quantity::energy_j;
  });
  if (!has_power)
    all.push_back(
        absent("hwmon", fmt::format("no chip in {} measures power", (root / "sys/class/hwmon").string())));
  return all;
}

}  // namespace eb
