#include "harness/meters/power.h"

#include <algorithm>

#include "harness/meters/energy.h"

namespace eb {
namespace {

void append_name(std::string& names, std::string_view name) {
  if (!names.empty()) names += '+';
  names += name;
}

void add_to(std::optional<double>& sum, const std::optional<double>& value) {
  sum = sum && value ? std::optional(*sum + *value) : std::nullopt;
}

void add_texts(std::vector<std::string>& all, const std::vector<std::string>& more) {
  for (const std::string& text : more)
    if (std::find(all.begin(), all.end(), text) == all.end()) all.push_back(text);
}

// False, with a warning, where there is none.
bool add_net(const Trace& trace, const Energy& load, const MeterWindow& idle_before,
             const MeterWindow& idle_after, PowerOfLoad& power) {
  const auto before = energy_in(trace, idle_before), after = energy_in(trace, idle_after);
  for (const auto* idle : {&before, &after})
    if (!*idle) {
      power.warnings.push_back("idle power: " + idle->error().message);
      return false;
    }
  const auto net = net_energy(load, *before, *after);
  if (!net) {
    power.warnings.push_back(net.error().message);
    return false;
  }
  add_texts(power.warnings, net->warnings);
  add_to(power.net_energy_j, net->energy_j);
  add_to(power.net_half_width_j, net->half_width_j);
  add_to(power.idle_w, net->idle_w);
  return true;
}

}  // namespace

Result<PowerOfLoad> power_of(std::span<const Trace> traces, const MeterWindow& load,
                             const MeterWindow& idle_before, const MeterWindow& idle_after) {
  PowerOfLoad power;
  power.half_width_j = power.net_energy_j = power.net_half_width_j = power.idle_w = 0;
  EvidenceClass weakest = EvidenceClass::p4;
  bool has_net = true;
  for (const Trace& trace : traces) {
    EB_GET(const Energy energy, energy_in(trace, load));
    append_name(power.meter, trace.info().id);
    if (power.scope.find(trace.info().scope) == std::string::npos)
      append_name(power.scope, trace.info().scope);
    weakest = std::min(weakest, trace.info().evidence);
    power.energy_j += energy.energy_j;
    power.mean_w += energy.mean_w;
    add_to(power.half_width_j, energy.half_width_j);
    power.readings += energy.readings;
    power.gaps += energy.gaps;
    power.dropouts += energy.dropouts;
    add_texts(power.warnings, energy.warnings);
    has_net = add_net(trace, energy, idle_before, idle_after, power) && has_net;
  }
  if (traces.empty()) return Error{ErrorKind::invalid, "no meter was read"};
  if (!has_net) power.net_energy_j = power.net_half_width_j = power.idle_w = std::nullopt;
  power.evidence_class = name_of(weakest);
  return power;
}

std::vector<double> power_of_parts(std::span<const Trace> traces, std::span<const MeterWindow> parts) {
  std::vector<double> watts;
  for (const MeterWindow& part : parts) {
    double sum_w = 0;
    for (const Trace& trace : traces) {
      const auto energy = energy_in(trace, part);
      if (!energy) return {};
      sum_w += energy->mean_w;
    }
    watts.push_back(sum_w);
  }
  return watts;
}

}  // namespace eb
