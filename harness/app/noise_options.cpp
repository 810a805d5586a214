#include "harness/app/noise_options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>

#include "harness/app/catalog.h"

namespace eb {
namespace {

constexpr const char* kExplanation = R"(
Measures one workload against itself: launches A B A B ..., all the same, each in a fresh process. What A and B
differ by is noise: the floor below which no comparison on this machine, with as many launches, says anything.
Says, too, whether the machine is quiet. A lower floor needs a quieter machine, more launches or longer windows.

Examples:
  edgebench noise                                     5 launches against 5, 1 s each
  edgebench noise --workload vision/face-detection --launches 10
  edgebench noise --backend vulkan --tier standard --format json
  edgebench noise model.onnx --time-budget 1m)";

}  // namespace

void declare_noise(CLI::App& app, NoiseCommand& command) {
  RunCommand& run = command.run;
  app.add_option("model", run.user_models, "An ONNX model of yours, instead of a workload")
      ->expected(0, 1)
      ->type_name("MODEL.onnx");
  app.add_option("--workload,--workloads", run.workloads,
                 fmt::format("Id of what is measured (see edgebench list)  [{}]", kNoiseWorkload))
      ->expected(1)
      ->type_name("WORKLOAD");
  app.add_option("--backend,--backends", run.backends,
                 fmt::format("One of: {}  [cpu]", fmt::join(backend_names(), ", ")))
      ->expected(1)
      ->type_name("BACKEND");
  app.add_option("--device", run.devices, "Only this device of the backend (see edgebench devices)")
      ->expected(1)
      ->type_name("ID");
  app.add_option("--precision,--precisions", run.options.precisions,
                 fmt::format("One of: {}  [all that the workload has]", fmt::join(precision_names(), ", ")))
      ->expected(1)
      ->type_name("PRECISION");
  app.add_option("--threads", run.options.threads, "Threads of the processor  [one a core]")
      ->check(CLI::Range(1, 1024))
      ->type_name("N");
  app.add_option("--launches", command.launches_a_side,
                 "Fresh processes for A, and as many for B; a comparison of two runs has one floor for each "
                 "number of launches  [5]")
      ->check(CLI::Range(3, 500))
      ->type_name("N");
  app.add_option("--tier", run.options.tier,
                 "Window of all launches together: quick 10 s, standard 60 s, official 600 s  [quick]")
      ->type_name("quick|standard|official");
  app.add_option("--time-budget", command.time_budget, "At most this for everything, as in 1m")
      ->type_name("TIME");
  app.add_option("--ep-library", command.ep_libraries, "As for run; repeatable")->type_name("NAME=PATH");
  app.add_option("--out", run.out_folder, "Folder for the run that this is made from  [results/runs/<time>]")
      ->type_name("DIR");
  app.add_option("--format", command.format, "table or json  [table]")
      ->check(CLI::IsMember({"table", "json"}));
  app.add_flag("--quiet", run.quiet, "No progress, and no table of the run");
  app.footer(kExplanation);
}

}  // namespace eb
