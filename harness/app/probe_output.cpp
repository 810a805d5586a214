#include "harness/app/probe_output.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/app/devices_table.h"

namespace eb {
namespace {

using Json = nlohmann::ordered_json;

std::string number(double value) {
  return value >= 100 ? fmt::format("{:.0f}", value) : fmt::format("{:.3g}", value);
}

Json row_of(const Probe& probe) {
  return {
      {"what", probe.kind},
      {"how", probe.name},
      {"precision", probe.precision},
      {"threads", probe.threads > 0 ? fmt::format("{}", probe.threads) : ""},
      {"value", fmt::format("{:>7} {}", number(probe.value), probe.unit)},
      {"spread", fmt::format("{:.1f} %", 100 * probe.spread)},
      {"clock", probe.clock_ghz ? fmt::format("{:.2f} GHz", *probe.clock_ghz) : ""},
      {"of theory", probe.theoretical ? fmt::format("{:.1f} %", 100 * probe.value / *probe.theoretical) : ""},
      {"", probe.warnings.empty() ? "" : "!"}};
}

}  // namespace

std::string probe_text(const std::vector<Probe>& probes) {
  Json rows = Json::array();
  std::string warnings;
  for (const Probe& probe : probes) {
    rows.push_back(row_of(probe));
    const std::string threads = probe.threads > 0 ? fmt::format(", threads {}", probe.threads) : "";
    if (!probe.warnings.empty())
      warnings += fmt::format("  ! {}{}: {}\n", probe.name, threads, fmt::join(probe.warnings, "; "));
  }
  return table_text(rows) + (warnings.empty() ? "" : "\n" + warnings);
}

}  // namespace eb
