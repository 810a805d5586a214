#pragma once
// What each layer of a model takes: a layer is a node as it was executed, after fusion.
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"

namespace eb {

struct Layer {
  std::string name{}, op_type{}, provider{};
  double time_us = 0;            // of one run, median over runs
  bool is_device_time = false;   // by the device's own clock; else the host's, around the node's call
  std::optional<double> macs{};  // nominal; absent: they cannot be told apart from others'
  std::optional<double> traffic_bytes{};  // inputs, outputs and weights, each once; absent: not known
};

struct LayerTimes {
  std::vector<Layer> layers{};  // in order of execution
  std::int64_t runs = 0;        // that the medians are of
  double run_us = 0;            // median of these runs from end to end, the runtime's own work included
  std::string reason{};         // why there are no times; empty: there are

  double sum_us() const {
    double sum = 0;
    for (const Layer& layer : layers) sum += layer.time_us;
    return sum;
  }
};

// Of one cell, whatever its scenario.
struct CellLayers {
  std::string workload{}, backend{}, device{}, precision{};
  LayerTimes times{};
};

inline constexpr std::string_view kLayersSchema = "edgebench.layers/1";
// Of one cell: a table that nobody reads to the end, and words of a child that take memory of its parent.
inline constexpr std::size_t kMostLayers = 20'000;

// {"name", "op_type", "provider", "clock": "device" or "host", "time_us", "macs", "traffic_bytes"}; names are
// cut after 200 bytes.
nlohmann::ordered_json to_json(const Layer& layer);
// Nothing for what does not fit that form. Unknown keys are ignored.
std::optional<Layer> layer_from_json(const nlohmann::json& row);

// Appends those of an array; false for what is none, has more than `most` rows, or one that does not fit.
bool take_layers(const nlohmann::json& rows, std::size_t most, std::vector<Layer>& to);

// {"runs", "run_us", "reason"}: all of the times but the layers.
nlohmann::ordered_json summary_json(const LayerTimes& times);
// Without layers. Nothing for what does not fit.
std::optional<LayerTimes> times_from_summary(const nlohmann::json& summary);

// What layers.json holds: {"schema", "cells": [{"workload", "backend", "device", "precision", "runs",
// "run_us", "reason", "layers": []}]}. `name` is what messages call the text.
Result<std::vector<CellLayers>> layers_from_json(std::string_view text, std::string_view name);

}  // namespace eb
