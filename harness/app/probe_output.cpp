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

// A busy machine spoils them all alike: then one is told for all.
constexpr std::size_t kMostTold = 4;

std::string warnings_text(const std::vector<Probe>& probes) {
  std::vector<std::string> lines;
  for (const Probe& probe : probes) {
    const std::string threads = probe.threads > 0 ? fmt::format(", threads {}", probe.threads) : "";
    if (!probe.warnings.empty())
      lines.push_back(fmt::format("{}{}: {}", probe.name, threads, fmt::join(probe.warnings, "; ")));
  }
  if (lines.empty()) return "";
  if (lines.size() > kMostTold)
    return fmt::format("\n  ! {} of {} numbers are in doubt (--format json says why of each), as in {}\n",
                       lines.size(), probes.size(), lines.front());
  return fmt::format("\n  ! {}\n", fmt::join(lines, "\n  ! "));
}

}  // namespace

std::string probe_text(const std::vector<Probe>& probes) {
  Json rows = Json::array();
  for (const Probe& probe : probes) rows.push_back(row_of(probe));
  return table_text(rows) + warnings_text(probes);
}

}  // namespace eb
