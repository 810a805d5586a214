#pragma once
// What reports say of layers: the slowest, and how they sum up. Pure functions of a cell.
#include <string>
#include <vector>

#include "harness/core/run.h"
#include "harness/stats/layer_bound.h"

namespace eb {

inline constexpr std::size_t kMostLayerRows = 15;

// As measured for the records of the layers' cell.
RooflinePeaks peaks_of(const Run& run, const CellLayers& cell);

struct LayerRow {
  const Layer* layer = nullptr;
  double share = 0;  // of the time of all layers
  LayerSpeed speed{};
};

struct LayerSummary {
  std::vector<LayerRow> slowest{};  // at most kMostLayerRows, slowest first
  std::size_t others = 0;           // layers that are not among these
  double others_us = 0, others_share = 0;
  double bound_shares[4] = {};  // of the time of all layers, by LayerBound
  double sum_us = 0;
  bool has_device_time = false;
};
LayerSummary summarize_layers(const CellLayers& cell, const RooflinePeaks& peaks);

// How the layers sum up against a run from end to end, in one sentence; and against the latency of queries,
// where `latency_ms` is known.
std::string layer_sum_text(const CellLayers& cell, RunRecord::Number latency_ms);

std::string microseconds_text(double us);  // "1 234", "12.3"

// "41.2 %", or "41.2 % of peak"; "" where absent.
std::string peak_share_text(const std::optional<double>& share);

}  // namespace eb
