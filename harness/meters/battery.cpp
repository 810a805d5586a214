// The fuel gauge of a laptop or phone. Drivers disagree about units and signs: what is inferred is a note of
// the meter, and the raw values can be asked for.
#include <fmt/format.h>

#include <cmath>

#include "harness/base/sysfs.h"
#include "harness/meters/readers.h"

namespace eb {
namespace fs = std::filesystem;
namespace {

constexpr double kMicro = 1e-6, kMilli = 1e-3;
constexpr double kMostWatts = 400, kMostAmperes = 40;
// A device that is awake draws more than 20 mA, so that a smaller number of "microamperes" is one of
// milliamperes.
constexpr double kLeastMicroamperes = 20e3;
constexpr double kLeastMicrovolts = 1e6;  // no battery has less than a volt

struct Raw {
  std::string status{};
  std::int64_t power_uw = 0, current_ua = 0, voltage_uv = 0;
  bool has_power = false;

  std::string text() const {
    return has_power ? fmt::format("power_now={} status={}", power_uw, status)
                     : fmt::format("current_now={} voltage_now={} status={}", current_ua, voltage_uv, status);
  }
};

Result<Raw> read_raw(const fs::path& folder) {
  Raw raw;
  raw.status = read_name(folder / "status");
  std::error_code code;
  raw.has_power = fs::exists(folder / "power_now", code);
  if (raw.has_power) {
    EB_GET(raw.power_uw, read_integer(folder / "power_now"));
    return raw;
  }
  EB_GET(raw.current_ua, read_integer(folder / "current_now"));
  EB_GET(raw.voltage_uv, read_integer(folder / "voltage_now"));
  return raw;
}

Status check_source(const Raw& raw) {
  if (raw.status == "Discharging") return Done{};
  return Error{ErrorKind::unavailable,
               fmt::format("the battery is not the source of power (its status is '{}'): unplug the charger",
                           raw.status)};
}

double magnitude(std::int64_t value) {
  return std::abs(static_cast<double>(value));
}

// What one of the driver's steps is; inferred once, from the first reading, and kept.
struct Units {
  double amperes = kMicro, volts = kMicro;
};

Result<Units> infer_units(const Raw& raw) {
  Units units;
  if (raw.has_power) return units;
  if (magnitude(raw.current_ua) < kLeastMicroamperes) units.amperes = kMilli;
  if (magnitude(raw.voltage_uv) < kLeastMicrovolts) units.volts = kMilli;
  if (magnitude(raw.current_ua) * units.amperes > kMostAmperes)
    return Error{ErrorKind::device,
                 fmt::format("current_now is {}, which can be neither uA nor mA", raw.current_ua)};
  return units;
}

std::vector<std::string> notes_of(const Units& units) {
  std::vector<std::string> notes{"the sign is that of the status"};
  if (units.amperes == kMilli) notes.emplace_back("unit_inferred: current_now is in mA");
  if (units.volts == kMilli) notes.emplace_back("unit_inferred: voltage_now is in mV");
  return notes;
}

class Battery : public Meter {
 public:
  Battery(fs::path folder, Units units) : folder_(std::move(folder)), units_(units) {}
  std::string raw() const override { return raw_; }

  Result<double> read() override {
    EB_GET(const Raw raw, read_raw(folder_));
    raw_ = raw.text();
    EB_OK(check_source(raw));
    if (raw.has_power) return magnitude(raw.power_uw) * kMicro;
    const double amperes = magnitude(raw.current_ua) * units_.amperes;
    if (amperes > kMostAmperes)
      return Error{ErrorKind::device, fmt::format("{} is more than {} A", raw_, kMostAmperes)};
    return amperes * magnitude(raw.voltage_uv) * units_.volts;
  }

 private:
  fs::path folder_;
  Units units_;
  std::string raw_{};
};

Result<std::unique_ptr<Meter>> open_battery(const fs::path& folder, MeterInfo& info) {
  EB_GET(const Raw raw, read_raw(folder));
  EB_OK(check_source(raw));
  EB_GET(const Units units, infer_units(raw));
  info.notes = notes_of(units);
  return std::unique_ptr<Meter>(std::make_unique<Battery>(folder, units));
}

FoundMeter battery(const fs::path& folder) {
  const std::string name = folder.filename().string();
  FoundMeter result;
  result.info = {.id = "battery:" + name,
                 .domain = name,
                 .scope = "battery",
                 .evidence = EvidenceClass::p1,
                 .highest = kMostWatts};
  auto meter = open_battery(folder, result.info);
  if (meter) {
    result.meter = *std::move(meter);
  } else {
    result.reason = meter.error().message;
  }
  return result;
}

}  // namespace

std::vector<FoundMeter> find_batteries(const fs::path& root) {
  const fs::path folder = root / "sys/class/power_supply";
  std::vector<FoundMeter> batteries;
  for (const fs::path& entry : entries_like(folder, ""))
    if (read_name(entry / "type") == "Battery" &&
        read_name(entry / "scope") != "Device")  // that is one of a mouse
      batteries.push_back(battery(entry));
  if (batteries.empty())
    batteries.push_back(absent("battery", fmt::format("no battery in {}", folder.string())));
  return batteries;
}

}  // namespace eb
