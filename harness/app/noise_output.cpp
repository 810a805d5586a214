#include "harness/app/noise_output.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/app/devices_table.h"
#include "harness/stats/percentile.h"

namespace eb {
namespace {

using Json = nlohmann::ordered_json;

struct Metric {
  const char* name;   // in JSON
  const char* title;  // for people
  std::optional<NoiseFloor> CellNoise::*floor;
};
constexpr Metric kMetrics[] = {{"latency_p50", "p50", &CellNoise::p50},
                               {"latency_p90", "p90", &CellNoise::p90},
                               {"latency_mean", "mean", &CellNoise::mean}};

Json metric_json(const Metric& metric, const NoiseFloor& floor) {
  return {{"metric", metric.name},
          {"noise_floor_percent", floor.floor_percent},
          {"difference_percent", floor.difference_percent},
          {"low_percent", floor.interval_percent.low},
          {"high_percent", floor.interval_percent.high},
          {"launch_sd_percent", floor.launch_sd_percent}};
}

}  // namespace

Json to_json(const CellNoise& noise) {
  const RunRecord& record = noise.record;
  Json metrics = Json::array();
  for (const Metric& metric : kMetrics)
    if (const auto& floor = noise.*metric.floor) metrics.push_back(metric_json(metric, *floor));
  return {{"workload", record.workload},
          {"backend", record.backend},
          {"device", record.device},
          {"precision", record.precision},
          {"scenario", record.scenario},
          {"launches_a_side", record.launches.value_or(0) / 2},
          {"confidence", kConfidence},
          {"machine", noise.busy_reasons.empty() ? "quiet" : "busy"},
          {"busy_reasons", noise.busy_reasons},
          {"metrics", metrics}};
}

std::string to_text(const CellNoise& noise) {
  const RunRecord& record = noise.record;
  Json rows = Json::array();
  std::vector<std::string> claims;
  for (const Metric& metric : kMetrics) {
    const auto& floor = noise.*metric.floor;
    if (!floor) continue;
    rows.push_back({{"latency", metric.title},
                    {"noise floor", fmt::format("{:.2f} %", floor->floor_percent)},
                    {"B against A", fmt::format("{:+.2f} %", floor->difference_percent)},
                    {"99 % interval", fmt::format("{:+.2f} to {:+.2f} %", floor->interval_percent.low,
                                                  floor->interval_percent.high)},
                    {"spread of launches", fmt::format("{:.2f} %", floor->launch_sd_percent)}});
    claims.push_back(fmt::format("{:.2f} % in {}", floor->floor_percent, metric.title));
  }
  if (claims.empty())
    return fmt::format("{} on {} has no latencies to compare.\n", record.workload, record.backend);
  const std::string busy = noise.busy_reasons.empty()
                               ? "The machine is quiet."
                               : fmt::format("The machine is busy: {}.", fmt::join(noise.busy_reasons, "; "));
  return fmt::format(
      "A/A of {0} on {1}:{2}, {3}: {4} launches against {4} of the same, in turn\n\n{5}\n{6}\n"
      "A comparison of {4} launches against {4} here may claim a difference of more than {7}; less is "
      "noise.\n",
      record.workload, record.backend, record.device, record.precision, record.launches.value_or(0) / 2,
      table_text(rows), busy, fmt::join(claims, ", "));
}

}  // namespace eb
