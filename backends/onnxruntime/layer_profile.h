#pragma once
// The layers of a model from ONNX Runtime's own profile of several runs.
#include <span>
#include <string_view>
#include <vector>

#include "backends/onnxruntime/operations.h"

namespace eb::ort {

// A layer as it was executed, with what the profile says of its work.
struct ExecutedLayer {
  Layer layer{};              // time, names, and macs by the shapes of the execution
  OperationCount::Node as{};  // as the runtime executed it; only a name for a layer of a device's kernels
};

struct ExecutedLayers {
  std::vector<ExecutedLayer> layers{};  // in order of execution
  std::int64_t runs = 0;
  double run_us = 0;
};

// `profile`: the JSON text that SessionEndProfiling wrote; its first run is cold and not counted. Where
// kernels of `named_provider` tell their times, they are the layers, one for each node of the model, and the
// provider's calls are left out. A node that holds others (If, Loop) is one layer with all that it holds.
Result<ExecutedLayers> layers_from_profile(std::string_view profile, std::string_view named_provider);

}  // namespace eb::ort
