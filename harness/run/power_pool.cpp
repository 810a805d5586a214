#include "harness/run/power_pool.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/stats/pool.h"

namespace eb {
namespace {

using Number = RunRecord::Number;
using Member = Number RunRecord::*;
using Counts = RunRecord::Count RunRecord::*;

struct EstimateMembers {
  Member point, low, high;
};
constexpr EstimateMembers kEnergies[] = {
    {&RunRecord::energy_per_sample_mj, &RunRecord::energy_per_sample_low_mj,
     &RunRecord::energy_per_sample_high_mj},
    {&RunRecord::net_energy_per_sample_mj, &RunRecord::net_energy_per_sample_low_mj,
     &RunRecord::net_energy_per_sample_high_mj}};
constexpr EstimateMembers kEffect = {&RunRecord::meter_overhead, &RunRecord::meter_overhead_low,
                                     &RunRecord::meter_overhead_high};

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

// Those of the launches that have one.
std::vector<Estimate> estimates_of(const std::vector<Launch>& launches, const EstimateMembers& members) {
  std::vector<Estimate> estimates;
  for (const Launch& launch : launches) {
    const RunRecord& one = launch.record;
    if (one.*members.point) estimates.push_back({*(one.*members.point), one.*members.low, one.*members.high});
  }
  return estimates;
}

void set(const std::optional<Estimate>& all, const EstimateMembers& members, RunRecord& record) {
  record.*members.point = all ? Number(all->point) : std::nullopt;
  record.*members.low = all ? all->low : std::nullopt;
  record.*members.high = all ? all->high : std::nullopt;
}

void pool_energy(const std::vector<Launch>& launches, const EstimateMembers& members, RunRecord& record) {
  const auto estimates = estimates_of(launches, members);
  std::vector<double> weights;
  for (const Launch& launch : launches) weights.push_back(samples(launch));
  const bool is_whole = estimates.size() == launches.size();
  set(is_whole ? pooled_estimate(estimates, weights) : std::nullopt, members, record);
}

void pool_effect(const std::vector<Launch>& launches, RunRecord& record) {
  const auto estimates = estimates_of(launches, kEffect);
  const bool is_whole = estimates.size() == launches.size();
  set(is_whole ? mean_estimate(estimates) : std::nullopt, kEffect, record);
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
  for (const EstimateMembers& members : kEnergies)
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
  for (const EstimateMembers& members : kEnergies) pool_energy(launches, members, record);
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
