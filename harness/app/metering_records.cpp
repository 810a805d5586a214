#include "harness/app/metering_records.h"

#include <fmt/format.h>

#include <algorithm>

namespace eb {
namespace {

// Without the folder that a recorded tree happens to be in.
std::string without_root(std::string text, const std::filesystem::path& root) {
  std::string folder = root.string();
  while (folder.size() > 1 && folder.back() == '/') folder.pop_back();
  if (folder.size() <= 1) return text;
  for (std::size_t at = text.find(folder); at != std::string::npos; at = text.find(folder, at))
    text.erase(at, folder.size());
  return text;
}

void warn(const JobReadings& readings, std::string text, RunRecord& record) {
  text = without_root(std::move(text), readings.root);
  if (std::find(record.warnings.begin(), record.warnings.end(), text) == record.warnings.end())
    record.warnings.push_back(std::move(text));
}

struct EnergyMembers {
  RunRecord::Number RunRecord::*point;
  RunRecord::Number RunRecord::*low;
  RunRecord::Number RunRecord::*high;
};

void set_energy(double energy_j, std::optional<double> half_width_j, const EnergyMembers& members,
                RunRecord& record) {
  if (record.samples.value_or(0) <= 0) return;
  const auto each = per_inference(energy_j, half_width_j, static_cast<std::uint64_t>(*record.samples));
  record.*members.point = each.energy_mj;
  if (!each.half_width_mj) return;
  record.*members.low = each.energy_mj - *each.half_width_mj;
  record.*members.high = each.energy_mj + *each.half_width_mj;
}

void add_power(const JobReadings& readings, const MeterWindow& window, RunRecord& record) {
  const auto power = readings.is_power_whole
                         ? power_of(readings.power, window, readings.idle_before, readings.idle_after)
                         : Result<PowerOfLoad>(Error{ErrorKind::device, "not every meter was read"});
  if (!power) return warn(readings, "power was not measured: " + power.error().message, record);
  record.meter = power->meter;
  record.power_scope = power->scope;
  record.evidence_class = power->evidence_class;
  record.mean_power_w = power->mean_w;
  record.idle_power_w = power->idle_w;
  record.power_readings = static_cast<std::int64_t>(power->readings);
  record.power_gaps = static_cast<std::int64_t>(power->gaps);
  record.power_dropouts = static_cast<std::int64_t>(power->dropouts);
  set_energy(power->energy_j, power->half_width_j,
             {&RunRecord::energy_per_sample_mj, &RunRecord::energy_per_sample_low_mj,
              &RunRecord::energy_per_sample_high_mj},
             record);
  if (power->net_energy_j)
    set_energy(*power->net_energy_j, power->net_half_width_j,
               {&RunRecord::net_energy_per_sample_mj, &RunRecord::net_energy_per_sample_low_mj,
                &RunRecord::net_energy_per_sample_high_mj},
               record);
  for (const std::string& warning : power->warnings) warn(readings, warning, record);
  record.part_power_w = power_of_parts(readings.power, even_parts(window, record.part_throughput_sps.size()));
}

void add_heat(const JobReadings& readings, const MeterWindow& window, RunRecord& record) {
  const auto clocks = readings.clocks.find(record.scenario);
  const Heat heat =
      heat_of(readings.sensors, window, clocks == readings.clocks.end() ? CountedClocks{} : clocks->second,
              record.device_kind);
  record.temperature_first_c = heat.first_c;
  record.temperature_max_c = heat.max_c;
  record.temperature_sensor = heat.sensor;
  record.clock_mean_mhz = heat.clock_mean_mhz;
  record.clock_below_max_share = heat.below_max_share;
  record.clock = heat.clock;
  for (const std::string& warning : heat.warnings) warn(readings, warning, record);
  const auto parts = even_parts(window, record.part_throughput_sps.size());
  record.part_temperature_c = temperature_of_parts(readings.sensors, parts);
  record.part_clock_mhz = clock_of_parts(readings.sensors, heat.clock, parts);
}

}  // namespace

void complete_records(const JobReadings& readings, ChildOutcome& outcome) {
  if (!readings.power.empty() && readings.is_power_whole) {
    outcome.idle_before = {readings.idle_before.start_ns, readings.idle_before.end_ns};
    outcome.idle_after = {readings.idle_after.start_ns, readings.idle_after.end_ns};
    for (const Trace& trace : readings.power)
      outcome.read_until_ns.push_back(trace.readings().empty() ? 0 : trace.readings().back().time_ns);
  }
  for (RunRecord& record : outcome.records) {
    record.cool_down_s = readings.cool_down_s;
    const auto seen = outcome.windows.find(record.scenario);
    if (record.status != RunStatus::ok || !record.window_s || seen == outcome.windows.end()) continue;
    record.power_files = readings.files;
    const MeterWindow window{seen->second.start_ns, seen->second.end_ns};
    for (const std::string& problem : readings.problems) warn(readings, problem, record);
    if (!readings.power.empty() || !readings.is_power_whole) add_power(readings, window, record);
    add_heat(readings, window, record);
  }
}

}  // namespace eb
