#pragma once
// What each layer of a model takes: a layer is a node as it was executed, after fusion.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

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
  std::string reason{};  // why there are no times; empty: there are
};

}  // namespace eb
