#include "harness/app/probe_options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

namespace eb {
namespace {

constexpr const char* kExplanation = R"(
Measures what each device can do at best: arithmetic in fp32, fp16, bf16 and int8, reading and copying memory, and
how long it takes to begin. Short rounds are repeated until the fastest quarter of them agree within 1 %; the spread
of all rounds, and whether the machine was busy, are stated. Where the maker says how much a processor does in a
cycle, that times the clock, which is counted between the rounds, is shown beside it: 97 to 103 % passes.

Peaks are kept in the cache folder by device, driver and version. Later runs state how much of them a model used.

Examples:
  edgebench probe                                every device, one to two minutes each
  edgebench probe --backends cpu --seconds 0.3   a quick look
  edgebench probe --backends vulkan --device 0 --format json

Exit code: 0 all was measured, 1 a device failed or what was asked for by name is not here, 2 bad usage.)";

}  // namespace

void declare_probe(CLI::App& app, ProbeCommand& command) {
  app.add_option("--backend,--backends", command.backends,
                 "Of: cpu, vulkan, opencl, npu, webgpu  [all that are there]")
      ->delimiter(',')
      ->type_name("BACKEND,...");
  app.add_option("--device", command.devices, "Only these device ids (see edgebench devices)")
      ->delimiter(',')
      ->type_name("ID,...");
  app.add_option("--seconds", command.seconds, "At most so long for each number; fewer are less certain  [2]")
      ->check(CLI::Range(0.01, 60.0))
      ->type_name("S");
  app.add_option("--timeout", command.timeout, "How long a device may take in all  [600]")
      ->type_name("[probe=]S");
  app.add_option("--ep-library", command.ep_libraries, "As for run; repeatable")->type_name("NAME=PATH");
  app.add_option("--ep-option", command.ep_options, "As for run; repeatable")->type_name("NAME.KEY=VALUE");
  app.add_option("--format", command.format, "table or json  [table]")
      ->check(CLI::IsMember({"table", "json"}));
  app.add_flag("--quiet", command.quiet, "No progress");
  app.footer(kExplanation);
}

}  // namespace eb
