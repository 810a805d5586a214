#include "harness/app/layer_options.h"

namespace eb {

void declare_layers(CLI::App& app, LayerTiming unasked, RunOptions& options) {
  options.layers = unasked;
  app.add_flag_function(
      "--layers,!--no-layers",
      [&options](std::int64_t count) { options.layers = count > 0 ? LayerTiming::on : LayerTiming::off; },
      unasked == LayerTiming::off
          ? "Time each layer of a model, and say what bounds it; also written to layers.json"
          : "Time each layer of a model, and say what bounds it  [where it costs less than a tenth of the "
            "windows and there is no --time-budget]");
}

}  // namespace eb
