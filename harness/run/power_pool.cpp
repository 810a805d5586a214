#include "harness/run/power_pool.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/stats/pool.h"

namespace eb {
namespace {

using Number = RunRecord::Number;
using Member = Number RunRecord::*;
using Counts = RunRecord::Count RunRecord::*;

struct EnergyMembers {
  Member point, low, high;
};
constexpr EnergyMembers kEnergies[] = {
    {&RunRecord::energy_per_sample_mj, &RunRecord::energy_per_sample_low_mj,
     &RunRecord::energy_per_sample_high_mj},
    {&RunRecord::net_energy_per_sample_mj, &RunRecord::net_energy_per_sample_low_mj,
     &RunRecord::net_energy_per_sample_high_mj}};

bool all_have(const std::vector<Launch>& launches, Member member) {
  return std::all_of(launches.begin(), launches.end(),
                     [&](const Launch& launch) { return (launch.record.*member).has_value(); });
}

double weight_of(const Launch& launch, Member member) {
  return (launch.record.*member).value_or(0);
}

// Absent unless every launch has it.
template <class Weight>
Number weighted(const std::vector<Launch>& launches, Member member, Weight weight) {
  if (!all_have(launches, member)) return std::nullopt;
  std::vector<double> values, weights;
  for (const Launch& launch : launches) {
    values.push_back(*(launch.record.*member));
    weights.push_back(weight(launch));
  }
  return weighted_mean(values, weights);
}

double seconds(const Launch& launch) {
  return weight_of(launch, &RunRecord::window_s);
}

double samples(const Launch& launch) {
  return static_cast<double>(launch.record.samples.value_or(0));
}

void pool_energy(const std::vector<Launch>& launches, const EnergyMembers& members, RunRecord& record) {
  std::vector<Estimate> estimates;
  std::vector<double> weights;
  for (const Launch& launch : launches) {
    const RunRecord& one = launch.record;
    if (one.*members.point) estimates.push_back({*(one.*members.point), one.*members.low, one.*members.high});
    weights.push_back(samples(launch));
  }
  const auto all = estimates.size() == launches.size() ? pooled_estimate(estimates, weights) : std::nullopt;
  record.*members.point = all ? Number(all->point) : std::nullopt;
  record.*members.low = all ? all->low : std::nullopt;
  record.*members.high = all ? all->high : std::nullopt;
}

void pool_effect(const std::vector<Launch>& launches, RunRecord& record) {
  const auto even = [](const Launch&) { return 1.0; };
  const auto low = weighted(launches, &RunRecord::meter_overhead_low, even);
  const auto high = weighted(launches, &RunRecord::meter_overhead_high, even);
  record.meter_overhead = weighted(launches, &RunRecord::meter_overhead, even);
  record.meter_overhead_low = record.meter_overhead_high = std::nullopt;
  if (!record.meter_overhead || !low || !high) return;
  // Means of independent launches: variances add up.
  const double half_width = (*high - *low) / 2 / std::sqrt(static_cast<double>(launches.size()));
  record.meter_overhead_low = *record.meter_overhead - half_width;
  record.meter_overhead_high = *record.meter_overhead + half_width;
}

void pool_counts(const std::vector<Launch>& launches, RunRecord& record) {
  for (const Counts member :
       {&RunRecord::power_readings, &RunRecord::power_gaps, &RunRecord::power_dropouts}) {
    record.*member = std::nullopt;
    for (const Launch& launch : launches)
      if (launch.record.*member) record.*member = (record.*member).value_or(0) + *(launch.record.*member);
  }
}

void forget_power(RunRecord& record) {
  record.mean_power_w = record.idle_power_w = record.tops_per_watt = std::nullopt;
  for (const EnergyMembers& members : kEnergies)
    record.*members.point = record.*members.low = record.*members.high = std::nullopt;
}

}  // namespace

void pool_power(const std::vector<Launch>& launches, RunRecord& record) {
  pool_effect(launches, record);
  pool_counts(launches, record);
  const auto have = std::count_if(launches.begin(), launches.end(), [](const Launch& launch) {
    return launch.record.mean_power_w.has_value();
  });
  if (have < static_cast<std::ptrdiff_t>(launches.size())) {
    if (have > 0)
      record.warnings.push_back(fmt::format(
          "power was measured in {} of {} launches, so that the cell has none", have, launches.size()));
    return forget_power(record);
  }
  record.mean_power_w = weighted(launches, &RunRecord::mean_power_w, seconds);
  record.idle_power_w = weighted(launches, &RunRecord::idle_power_w, seconds);
  for (const EnergyMembers& members : kEnergies) pool_energy(launches, members, record);
  if (record.effective_tops && record.mean_power_w.value_or(0) > 0)
    record.tops_per_watt = *record.effective_tops / *record.mean_power_w;
}

void pool_heat(const std::vector<Launch>& launches, RunRecord& record) {
  record.clock_mean_mhz = weighted(launches, &RunRecord::clock_mean_mhz, seconds);
  record.clock_below_max_share = weighted(launches, &RunRecord::clock_below_max_share, seconds);
  record.cool_down_s = std::nullopt;
  for (const Launch& launch : launches) {
    const RunRecord& one = launch.record;
    if (one.cool_down_s) record.cool_down_s = record.cool_down_s.value_or(0) + *one.cool_down_s;
    if (one.temperature_max_c.value_or(-1e9) > record.temperature_max_c.value_or(-1e9)) {
      record.temperature_first_c = one.temperature_first_c;
      record.temperature_max_c = one.temperature_max_c;
      record.temperature_sensor = one.temperature_sensor;
    }
    for (const std::string& file : one.power_files)
      if (std::find(record.power_files.begin(), record.power_files.end(), file) == record.power_files.end())
        record.power_files.push_back(file);
  }
}

}  // namespace eb
