#include "harness/app/compare_options.h"

#include <CLI/CLI.hpp>

namespace eb {
namespace {

constexpr const char* kCompareNotes = R"(
Cells match by workload, backend, device, precision and scenario. A verdict needs 3 launches a side: run --launches 3.
For a difference of a percent or two, measure both in turn on a quiet machine, and see what edgebench noise says of it.

Examples:
  edgebench compare results/runs/before results/runs/after
  edgebench compare base.json new.json --fail-if-slower 3% --format md --out .
  edgebench compare rk3588 hailo8 jetson --across-devices --format html
  edgebench compare results/runs/today --reference

Exit code: 0 nothing is slower than allowed, 1 with --fail-if-slower: a cell is, beyond doubt, 2 bad usage or nothing
to compare.)";

constexpr const char* kScoreNotes = R"(
The reference is 1000, twice as fast is 2000: a geometric mean over workloads, for each device, precision and scenario.

Examples:
  edgebench score results/runs/today
  edgebench score results/runs/today --reference results/runs/first --format json

Exit code: 0 there is a score, 2 bad usage or nothing to score.)";

}  // namespace

void declare_compare(CLI::App& app, CompareCommand& command) {
  app.add_option("runs", command.runs, "Folders of runs, or run.json files; the first is the base")
      ->required()
      ->type_name("RUN...");
  app.add_flag("--reference", command.is_with_reference, "Compare with the reference run of this program");
  app.add_option("--names", command.names, "What to call the runs  [their folders]")
      ->delimiter(',')
      ->type_name("NAME,...");
  app.add_flag("--across-devices", command.may_devices_differ,
               "Match cells of any devices, by workload, precision and scenario: the fastest of each run");
  app.add_flag("--force", command.is_forced,
               "Compare across tiers, rates and power scopes, too; what was forced is marked");
  app.add_option("--fail-if-slower", command.fail_if_slower,
                 "End with 1 if all of a cell's 99 % interval is slower by more than this, as in 3%")
      ->type_name("PERCENT");
  app.add_option("--format", command.formats,
                 "Files to write, of: html, md, json (compare.html and so on)  [the console only]")
      ->delimiter(',')
      ->check(CLI::IsMember({"html", "md", "json"}))
      ->type_name("LIST");
  app.add_option("--out", command.out_folder, "Where to write them  [.]")->type_name("DIR");
  app.footer(kCompareNotes);
}

void declare_score(CLI::App& app, ScoreCommand& command) {
  app.add_option("run", command.run, "Folder of a run, or a run.json file")->required()->type_name("RUN");
  app.add_option("--reference", command.reference,
                 "Run whose score is 1000  [the reference run of this program]")
      ->type_name("RUN");
  app.add_option("--format", command.format, "table or json  [table]")
      ->check(CLI::IsMember({"table", "json"}));
  app.footer(kScoreNotes);
}

}  // namespace eb
