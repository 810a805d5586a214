#include <fmt/format.h>

#include <algorithm>

#include "harness/meters/energy.h"
#include "harness/meters/heat.h"
#include "harness/meters/power.h"
#include "harness/meters/trace_file.h"
#include "harness/stats/pool.h"
#include "results/bundle/check.h"

namespace eb {
namespace {

using Number = RunRecord::Number;

constexpr std::string_view kReadings = "its readings";
constexpr std::size_t kMostLooks = 1'000'000'000;  // at failed reads, which takes a second

bool is_power(const Trace& trace) {
  return trace.info().quantity == Quantity::power_w || trace.info().quantity == Quantity::energy_j;
}

// The readings that were there when the run computed: its meters went on for a moment.
Trace until(const Trace& trace, std::int64_t last_ns) {
  Trace cut(trace.info());
  auto dropout = trace.dropouts().begin();
  const auto add_dropouts = [&](std::int64_t time_ns) {
    for (; dropout != trace.dropouts().end() && dropout->time_ns <= time_ns; ++dropout)
      cut.add(dropout->time_ns, Error{ErrorKind::device, dropout->reason});
  };
  for (const Reading& reading : trace.readings()) {
    if (reading.time_ns > last_ns) break;
    add_dropouts(reading.time_ns);
    cut.add(reading.time_ns, reading.value);
  }
  add_dropouts(last_ns);
  return cut;
}

struct LaunchTraces {
  std::vector<Trace> power{}, sensors{};
};

std::optional<LaunchTraces> read_traces(const RecordCase& one, const LaunchFacts& launch,
                                        Findings& findings) {
  LaunchTraces traces;
  for (const std::string& file : launch.power_files) {
    const auto bytes = one.bundle.raw.find(file);
    if (bytes == one.bundle.raw.end()) {
      findings.refuse(fmt::format("{} is not in the bundle", file));
      return std::nullopt;
    }
    auto read = traces_from_text(bytes->second, file);
    if (!read) {
      findings.refuse(read.error().message);
      return std::nullopt;
    }
    for (Trace& trace : *read) (is_power(trace) ? traces.power : traces.sensors).push_back(std::move(trace));
  }
  for (std::size_t i = 0; i < std::min(traces.power.size(), launch.read_until_ns.size()); ++i)
    traces.power[i] = until(traces.power[i], launch.read_until_ns[i]);
  return traces;
}

MeterWindow meter_window(const SeenWindow& window) {
  return {window.start_ns, window.end_ns};
}

struct Energies {
  std::vector<Estimate> gross{}, net{};
  std::vector<double> mean_w{}, idle_w{}, window_s{}, samples{};
  std::size_t readings = 0, gaps = 0, dropouts = 0;
};

Estimate each_mj(double energy_j, const std::optional<double>& half_width_j, std::int64_t samples) {
  const auto each = per_inference(energy_j, half_width_j, static_cast<std::uint64_t>(samples));
  if (!each.half_width_mj) return {each.energy_mj};
  return {each.energy_mj, each.energy_mj - *each.half_width_mj, each.energy_mj + *each.half_width_mj};
}

void add(const PowerOfLoad& power, const LaunchFacts& launch, Energies& all) {
  all.window_s.push_back(launch.window_s);
  all.samples.push_back(static_cast<double>(launch.samples));
  all.mean_w.push_back(power.mean_w);
  if (power.idle_w) all.idle_w.push_back(*power.idle_w);
  all.gross.push_back(each_mj(power.energy_j, power.half_width_j, launch.samples));
  if (power.net_energy_j)
    all.net.push_back(each_mj(*power.net_energy_j, power.net_half_width_j, launch.samples));
  all.readings += power.readings;
  all.gaps += power.gaps;
  all.dropouts += power.dropouts;
}

struct EnergyFields {
  std::string_view name, low_name, high_name;
  Number RunRecord::*point;
  Number RunRecord::*low;
  Number RunRecord::*high;
};

void expect_energy(const EnergyFields& names, const RunRecord& record,
                   const std::optional<Estimate>& computed, Findings& findings) {
  const auto member = [&](std::optional<double> Estimate::*m) {
    return computed ? (*computed).*m : std::nullopt;
  };
  const double scale = computed ? std::abs(computed->point) : 0;
  findings.expect(names.name, record.*names.point, computed ? Number(computed->point) : std::nullopt,
                  kReadings);
  findings.expect(names.low_name, record.*names.low, member(&Estimate::low), kReadings, kTolerance, scale);
  findings.expect(names.high_name, record.*names.high, member(&Estimate::high), kReadings, kTolerance, scale);
}

void compare(const RunRecord& record, const Energies& all, Findings& findings) {
  const std::size_t launches = all.mean_w.size();
  const auto whole = [&](const auto& list) { return list.size() == launches; };
  findings.expect("mean_power_w", record.mean_power_w, weighted_mean(all.mean_w, all.window_s), kReadings);
  findings.expect("idle_power_w", record.idle_power_w,
                  whole(all.idle_w) ? weighted_mean(all.idle_w, all.window_s) : std::nullopt, kReadings);
  expect_energy({"energy_per_sample_mj", "energy_per_sample_low_mj", "energy_per_sample_high_mj",
                 &RunRecord::energy_per_sample_mj, &RunRecord::energy_per_sample_low_mj,
                 &RunRecord::energy_per_sample_high_mj},
                record, pooled_estimate(all.gross, all.samples), findings);
  expect_energy({"net_energy_per_sample_mj", "net_energy_per_sample_low_mj", "net_energy_per_sample_high_mj",
                 &RunRecord::net_energy_per_sample_mj, &RunRecord::net_energy_per_sample_low_mj,
                 &RunRecord::net_energy_per_sample_high_mj},
                record, whole(all.net) ? pooled_estimate(all.net, all.samples) : std::nullopt, findings);
  const auto count = [](const RunRecord::Count& value) {
    return value ? Number(static_cast<double>(*value)) : std::nullopt;
  };
  findings.expect("power_readings", count(record.power_readings), static_cast<double>(all.readings),
                  kReadings);
  findings.expect("power_gaps", count(record.power_gaps), static_cast<double>(all.gaps), kReadings);
  findings.expect("power_dropouts", count(record.power_dropouts), static_cast<double>(all.dropouts),
                  kReadings);
}

bool states_power(const RunRecord& record) {
  return record.mean_power_w || record.energy_per_sample_mj || record.net_energy_per_sample_mj ||
         record.idle_power_w || record.tops_per_watt;
}

// Of the launch that was the hottest.
struct Hottest {
  Number first_c{}, max_c{};
  std::string sensor{};
};

void see_heat(const std::vector<Trace>& sensors, const MeterWindow& window, const RunRecord& record,
              Hottest& all) {
  const Heat heat = heat_of(sensors, window, {}, record.device_kind);
  if (!heat.max_c || (all.max_c && *heat.max_c <= *all.max_c)) return;
  all = {heat.first_c, heat.max_c, heat.sensor};
}

struct PartReadings {
  std::vector<double> power_w{}, temperature_c{}, clock_mhz{};
};

std::vector<MeterWindow> parts_of(const RunRecord& record, const LaunchTraces& traces,
                                  const MeterWindow& window, Findings& findings) {
  const std::size_t count = record.part_throughput_sps.size();
  std::size_t dropouts = 1;
  for (const auto* list : {&traces.power, &traces.sensors})
    for (const Trace& trace : *list) dropouts += trace.dropouts().size();
  if (count <= kMostParts && count * dropouts <= kMostLooks) return even_parts(window, count);
  findings.refuse("it has more parts, or more failed reads in them, than is taken");
  return {};
}

void check_part_readings(const RunRecord& record, const PartReadings& parts, Findings& findings) {
  const auto expect = [&](std::string_view name, const std::vector<double>& stated,
                          const std::vector<double>& computed) {
    findings.expect_each(name, stated, {computed.begin(), computed.end()}, kReadings);
  };
  expect("part_power_w", record.part_power_w, parts.power_w);
  expect("part_temperature_c", record.part_temperature_c, parts.temperature_c);
  expect("part_clock_mhz", record.part_clock_mhz, parts.clock_mhz);
}

}  // namespace

void check_power(const RecordCase& one, Findings& findings) {
  const RunRecord& record = one.record;
  Energies energies;
  Hottest hottest;
  PartReadings part_readings;  // of the first launch, as all that is told of parts
  for (const LaunchFacts* launch : one.launches) {
    if (!launch->window) continue;
    const auto traces = read_traces(one, *launch, findings);
    if (!traces) return;
    const MeterWindow window = meter_window(*launch->window);
    see_heat(traces->sensors, window, record, hottest);
    std::vector<MeterWindow> parts;
    if (launch == one.launches.front()) {
      parts = parts_of(record, *traces, window, findings);
      part_readings.temperature_c = temperature_of_parts(traces->sensors, parts);
      part_readings.clock_mhz = clock_of_parts(traces->sensors, record.clock, parts);
    }
    if (traces->power.empty() || !launch->idle_before || !launch->idle_after) continue;
    const auto power = power_of(traces->power, window, meter_window(*launch->idle_before),
                                meter_window(*launch->idle_after));
    if (!power) continue;
    if (!parts.empty()) part_readings.power_w = power_of_parts(traces->power, parts);
    if (energies.mean_w.empty() && states_power(record)) {
      findings.expect("meter", record.meter, power->meter, kReadings);
      findings.expect("power_scope", record.power_scope, power->scope, kReadings);
      findings.expect("evidence_class", record.evidence_class, power->evidence_class, kReadings);
    }
    add(*power, *launch, energies);
  }
  findings.expect("temperature_first_c", record.temperature_first_c, hottest.first_c, kReadings);
  findings.expect("temperature_max_c", record.temperature_max_c, hottest.max_c, kReadings);
  findings.expect("temperature_sensor", record.temperature_sensor, hottest.sensor, kReadings);
  check_part_readings(record, part_readings, findings);
  const bool is_whole = !energies.mean_w.empty() && energies.mean_w.size() == one.launches.size();
  if (is_whole) return compare(record, energies, findings);
  if (states_power(record))
    findings.refuse("it states power, which its readings do not give for every launch");
}

}  // namespace eb
