#include "harness/app/bundle_options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>

#include "harness/app/catalog.h"

namespace eb {
namespace {

constexpr const char* kPackNotes = R"(
A bundle is one run in one file: its records, every latency, every reading of power and temperature, a hash of each
file and a signature of them all. Others can check it (edgebench check) and measure it again (edgebench replay).
What says whose machine it was stays here: host and user names, paths, addresses, serial numbers; a model of yours
goes as its SHA-256. The key is made on first use; keep it: the same key shows that two bundles are of one person.

Examples:
  edgebench pack results/runs/today --out today.edgebench
  edgebench pack results/runs/today --out today.edgebench --key ~/keys/lab

Exit code: 0 written, 1 the run has no usable raw data, 2 bad usage.)";

constexpr const char* kCheckNotes = R"(
Opens a bundle without trusting it, computes every number anew that follows from its raw data, and asks whether the
others can be. One line at the end is the verdict, the same that a leaderboard comes to:
  accepted   nothing to say against it; that is no proof that it was measured
  flagged    nothing false was found, but something that a person should look at
  refused    a number does not follow from its raw data, or cannot be, or the file was changed

Examples:
  edgebench check today.edgebench
  edgebench check inbox/*.edgebench --format json

Exit code: 0 accepted or flagged, 1 refused, 2 bad usage.)";

constexpr const char* kReplayNotes = R"(
The command is made from the names of workloads, backends, devices, precisions and scenarios that this edgebench has,
and from numbers: no path, library, URL or shell text of a bundle is used. What can't be repeated is said. A model of
its owner's is measured if --model names a file with the same SHA-256.

Examples:
  edgebench replay today.edgebench --print            only says what it would do
  edgebench replay today.edgebench --out results/runs/again
  edgebench replay theirs.edgebench --backends cpu --model model.onnx

Exit code: as edgebench run; 2 too if the bundle is refused when it is opened.)";

void declare_pack(CLI::App& app, PackCommand& command) {
  app.add_option("run", command.run, "Folder of a run, as edgebench run has written it")
      ->required()
      ->type_name("RUN");
  app.add_option("--out", command.out, "The bundle to write")->required()->type_name("FILE");
  app.add_option("--key", command.key_file,
                 "Key to sign with, made if it is not there  [signing.key in your configuration folder]")
      ->type_name("FILE");
  app.footer(kPackNotes);
}

void declare_check(CLI::App& app, CheckCommand& command) {
  app.add_option("bundles", command.bundles, "Bundles, as edgebench pack writes them")
      ->required()
      ->type_name("BUNDLE...");
  app.add_option("--format", command.format, "text or json  [text]")->check(CLI::IsMember({"text", "json"}));
  app.footer(kCheckNotes);
}

void declare_replay(CLI::App& app, ReplayCommand& command) {
  app.add_option("bundle", command.bundle, "The bundle to measure again")->required()->type_name("BUNDLE");
  app.add_option("--model", command.models, "A model file for one that the bundle names by hash; repeatable")
      ->type_name("MODEL.onnx");
  app.add_option("--backends", command.run.backends,
                 fmt::format("Instead of the bundle's, of: {}", fmt::join(backend_names(), ", ")))
      ->delimiter(',')
      ->type_name("BACKEND,...");
  app.add_option("--device", command.run.devices, "Instead of the bundle's device ids")
      ->delimiter(',')
      ->type_name("ID,...");
  CommonOptions& common = command.run.common;
  app.add_option("--models", common.models_folder, "Folder with the models and samples of the zoo")
      ->type_name("DIR");
  app.add_option("--zoo", common.zoo_folder, "Folder with workload manifests, instead of the built-in ones")
      ->type_name("DIR");
  app.add_option("--out", command.run.out_folder, "Folder for the results  [results/runs/<time>]")
      ->type_name("DIR");
  app.add_flag("--print", command.only_prints,
               "Print the command and what can't be repeated; measure nothing");
  app.add_flag("--quiet", command.run.quiet, "No progress and no table; errors only");
  app.footer(kReplayNotes);
}

}  // namespace

void declare_bundles(CLI::App& app, BundleCommands& c) {
  declare_pack(*app.add_subcommand("pack", "One run in one signed file, without what names you"), c.pack);
  declare_check(*app.add_subcommand("check", "Whether a bundle can be believed: every number computed anew"),
                c.check);
  declare_replay(*app.add_subcommand("replay", "Measure again what a bundle measured"), c.replay);
}

std::optional<int> bundle_command(const std::string& name, BundleCommands& commands) {
  if (name == "pack") return pack_command(commands.pack);
  if (name == "check") return check_command(commands.check);
  if (name == "replay") return replay_command(std::move(commands.replay));
  return std::nullopt;
}

}  // namespace eb
