#include "harness/app/lab_options.h"

#include <CLI/CLI.hpp>

namespace eb {
namespace {

constexpr const char* kLabHelp = R"(
Runs the jobs of a plan on the boards of an inventory. Each board has one job at a time; what fails is tried again, and
a board that fails again and again is left alone. DIR/lab.db knows where everything stands: after Ctrl-C, a crash or a
power cut the same command goes on. DIR/runs/JOB/BOARD/REPEAT has one verified run for each job that is done.

The least that both files may have:
  lab.json   {"schema": "edgebench.lab-inventory/1", "boards": [{"id": "here"}]}
  plan.json  {"schema": "edgebench.lab-plan/1", "jobs": [{"id": "first", "run": {"workloads": ["builtin"]}}]}
All members are in results/schema/edgebench.lab-inventory.1.json and edgebench.lab-plan.1.json.

Examples:
  edgebench lab run --inventory lab.json --plan plan.json --out results/lab
  edgebench lab run --inventory lab.json --plan plan.json --out results/lab --retry-failed
  edgebench report results/lab/runs/first/here/1

Exit code: 0 every job is done, 1 some failed, 2 bad usage, 130 interrupted.)";

}  // namespace

void declare_lab(CLI::App& app, LabCommand& command) {
  app.require_subcommand(1);
  auto* run = app.add_subcommand("run", "Run a plan on the boards of an inventory, or go on with it");
  run->add_option("--inventory", command.inventory, "File with the boards")->required()->type_name("FILE");
  run->add_option("--plan", command.plan, "File with the jobs")->required()->type_name("FILE");
  run->add_option("--out", command.out, "Folder for the results and lab.db")->required()->type_name("DIR");
  run->add_option("--engine", command.engine, "local: the one board is this machine  [local]")
      ->check(CLI::IsMember({"local"}))
      ->type_name("KIND");
  run->add_flag("--retry-failed", command.retries_failed,
                "Try failed jobs again, and give quarantined boards another chance");
  app.footer(kLabHelp);
  run->footer(kLabHelp);
}

}  // namespace eb
