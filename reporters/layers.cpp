#include "reporters/layers.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reporters/summary.h"
#include "reporters/text.h"

namespace eb {
namespace {

// A run that somebody else made may hold any number.
double time_of(const Layer& layer) {
  return std::isfinite(layer.time_us) && layer.time_us > 0 ? layer.time_us : 0;
}

double sum_of(const CellLayers& cell) {
  double sum_us = 0;
  for (const Layer& layer : cell.times.layers) sum_us += time_of(layer);
  return sum_us;
}

LayerRow row_of(const Layer& layer, double sum_us, const RooflinePeaks& peaks) {
  return {&layer, sum_us > 0 ? time_of(layer) / sum_us : 0,
          speed_of({layer.time_us, layer.macs, layer.traffic_bytes}, peaks)};
}

}  // namespace

RooflinePeaks peaks_of(const Run& run, const CellLayers& cell) {
  for (const RunRecord& record : run.records)
    if (layers_of(run, record) == &cell && (record.peak_tops || record.peak_gbps))
      return {record.peak_tops, record.peak_gbps};
  return {};
}

LayerSummary summarize_layers(const CellLayers& cell, const RooflinePeaks& peaks) {
  LayerSummary summary;
  summary.sum_us = sum_of(cell);
  std::vector<LayerRow> rows;
  for (const Layer& layer : cell.times.layers) {
    rows.push_back(row_of(layer, summary.sum_us, peaks));
    summary.bound_shares[static_cast<std::size_t>(rows.back().speed.bound)] += rows.back().share;
    summary.has_device_time = summary.has_device_time || layer.is_device_time;
  }
  std::stable_sort(rows.begin(), rows.end(), [](const LayerRow& a, const LayerRow& b) {
    return time_of(*a.layer) > time_of(*b.layer);
  });
  for (const LayerRow& row : rows) {
    if (summary.slowest.size() < kMostLayerRows) {
      summary.slowest.push_back(row);
      continue;
    }
    ++summary.others;
    summary.others_us += time_of(*row.layer);
    summary.others_share += row.share;
  }
  return summary;
}

std::string microseconds_text(double us) {
  return grouped(human_number(us, us < 1000 ? 3 : 4));
}

std::string peak_share_text(const std::optional<double>& share) {
  return share ? human_number(*share * 100, 2) + " %" : "";
}

std::string layer_sum_text(const CellLayers& cell, RunRecord::Number latency_ms) {
  const LayerTimes& times = cell.times;
  const double sum_us = sum_of(cell);
  std::string text =
      fmt::format("{} take {} µs, median of {}", counted(times.layers.size(), "layer"),
                  microseconds_text(sum_us), counted(static_cast<std::size_t>(times.runs), "warm run"));
  if (times.run_us > 0) {
    text += fmt::format("; a run with the profiler on takes {} µs", microseconds_text(times.run_us));
    if (times.run_us > sum_us)
      text += fmt::format(", of which {} are outside of layers", share_text(1 - sum_us / times.run_us));
  }
  if (latency_ms && *latency_ms > 0)
    text += fmt::format("; layers are {} of the mean latency, {} ms",
                        human_number(100 * sum_us * 1e-3 / *latency_ms, 3) + " %", measured_text(latency_ms));
  return text + ".";
}

}  // namespace eb
