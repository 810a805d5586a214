#include "harness/app/cli.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <optional>

#include "build_info.h"
#include "harness/app/catalog.h"
#include "harness/app/child.h"
#include "harness/app/commands.h"
#include "harness/app/ep_arguments.h"
#include "harness/app/lab_options.h"
#include "harness/app/layer_options.h"
#include "harness/app/load_options.h"
#include "harness/app/meter_child.h"
#include "harness/app/meter_order.h"
#include "harness/app/noise_options.h"
#include "harness/app/paths.h"
#include "harness/app/power_options.h"
#include "harness/app/powerd_options.h"
#include "harness/app/probe_options.h"
#include "harness/app/result_commands.h"
#include "harness/app/shell_commands.h"
#include "harness/base/process.h"
#include "harness/run/audit_names.h"

namespace eb {
namespace {

constexpr const char* kRunExamples = R"(
Examples:
  edgebench run                                       every workload, every device, 10 s each
  edgebench run --workloads vision --scenarios single-stream,offline
  edgebench run --workloads speech/voice-activity --tier standard --threads 1
  edgebench run --workloads nlp --scenarios server --latency-target 20      how many queries a second?
  edgebench run --workloads vision --scenarios paced --rate 30              a camera's frames
  edgebench run --workloads vision/pose --backends vulkan --beside speech/keyword-spotting@cpu
  edgebench run model.onnx --dim batch=1 --dim sequence=128
  edgebench run --time-budget 20s --out results/runs/today
  edgebench run --workloads vision/face-detection --sustained 30m --meter rapl:0

Exit code: 0 every cell ok, 1 some cell failed or was wrong, 2 bad usage, 130 interrupted.)";

Status add_dim(const std::string& text, RunCommand& command) {
  EB_GET(const auto pair, split_assignment(text, "--dim"));
  std::int64_t value = 0;
  constexpr std::int64_t kLargestDim = 1'000'000'000;
  const bool digits = pair.second.size() < 12 && std::all_of(pair.second.begin(), pair.second.end(),
                                                             [](char c) { return c >= '0' && c <= '9'; });
  if (digits)
    for (const char c : pair.second) value = value * 10 + (c - '0');
  if (!digits || value < 1 || value > kLargestDim)
    return Error{ErrorKind::invalid, fmt::format("--dim {}: '{}' is not a whole number from 1 to {}",
                                                 pair.first, pair.second, kLargestDim)};
  command.options.dims[pair.first] = value;
  return Done{};
}

Status add_timeout(const std::string& text, RunCommand& command) {
  EB_GET(const auto pair, split_assignment(text, "--timeout"));
  const auto seconds = parse_duration_s(pair.second);
  if (!seconds) return seconds.error().within(fmt::format("--timeout {}", pair.first));
  if (pair.first != kRunLimit && command.limits_s.count(pair.first) == 0)
    return Error{
        ErrorKind::invalid,
        fmt::format(
            "--timeout: there is no limit '{}'; known: start, open, quality, measure, audit, layers, run",
            pair.first)};
  command.limits_s[pair.first] = *seconds;
  return Done{};
}

Status set_memory_limit(const std::string& text, RunCommand& command) {
  constexpr const char* kOption = "--memory-limit";
  if (command.isolation != "process")
    return Error{ErrorKind::invalid, fmt::format("{} needs --isolation process", kOption)};
  if (!process_memory().resident_bytes)
    return Error{ErrorKind::unsupported,
                 fmt::format("{}: this system does not tell how much memory a process has", kOption)};
  auto bytes = parse_size_bytes(text);
  if (!bytes) return bytes.error().within(kOption);
  command.options.memory_limit_bytes = *bytes;
  return Done{};
}

// What CLI11 cannot hold by itself.
struct RawOptions {
  std::vector<std::string> dims{}, timeouts{}, ep_libraries{}, ep_options{};
  std::vector<std::string> audits{};
  std::optional<std::string> time_budget{}, memory_limit{};
  RawLoad load{};
  int launches = 0;
  bool retune = false;
  PowerTexts power{};
};

Status finish(const RawOptions& raw, RunCommand& command) {
  command.limits_s = default_limits_s();
  for (const std::string& text : raw.dims) EB_OK(add_dim(text, command));
  for (const std::string& text : raw.timeouts) EB_OK(add_timeout(text, command));
  if (raw.time_budget) {
    auto seconds = parse_duration_s(*raw.time_budget);
    if (!seconds) return seconds.error().within("--time-budget");
    command.options.time_budget_s = *seconds;
  }
  EB_OK(set_power(raw.power, command));
  if (raw.memory_limit) EB_OK(set_memory_limit(*raw.memory_limit, command));
  const double gate_percent = command.options.placement.gate_percent;
  if (!(gate_percent >= 0 && gate_percent <= 100))  // nor is NaN
    return Error{ErrorKind::invalid,
                 fmt::format("--placement-gate: {} is not a percentage from 0 to 100", gate_percent)};
  if (!raw.audits.empty()) {
    auto audits = select_audits(raw.audits);
    if (!audits) return audits.error().within("--audits");
    command.options.audits = *std::move(audits);
  }
  if (raw.launches > 0) command.options.launches = raw.launches;
  EB_GET(command.options.load, parse_load(raw.load, command.options.scenarios));
  EB_GET(command.options.ep, parse_ep_settings(raw.ep_libraries, raw.ep_options));
  command.options.ep.retune = raw.retune;
  return Done{};
}

void add_common(CLI::App& app, CommonOptions& common) {
  app.add_option("--models", common.models_folder, "Folder with the models and samples of the zoo")
      ->type_name("DIR");
  app.add_option("--zoo", common.zoo_folder, "Folder with workload manifests, instead of the built-in ones")
      ->type_name("DIR");
}

void add_ep_libraries(CLI::App& app, std::vector<std::string>& libraries) {
  app.add_option(
         "--ep-library", libraries,
         fmt::format("Library of the execution provider of {}  [beside this program, or in the runtime], or "
                     "of an NPU, with a NAME of yours or of edgebench list chips; repeatable",
                     fmt::join(own_library_names(), " or ")))
      ->type_name("NAME=PATH");
}

void add_providers(CLI::App& app, RawOptions& raw) {
  add_ep_libraries(app, raw.ep_libraries);
  app.add_option(
         "--ep-option", raw.ep_options,
         "Option of an execution provider, as in --ep-option vulkan.cache=/tmp/kernels; of a vendor's it "
         "goes before what edgebench list chips says, and KEY session.X is an entry of the session; "
         "repeatable")
      ->type_name("NAME.KEY=VALUE");
  app.add_flag("--retune", raw.retune,
               "Tune kernels anew, whatever the cache holds; opening may then take an hour longer");
}

void add_placement(CLI::App& app, PlacementRules& rules) {
  app.add_option("--placement-gate", rules.gate_percent,
                 "Percent of the MACs that must be on the named device, from 0 to 100: below it a cell is "
                 "`fallback`, and with a gate below 95 it is unranked  [95]")
      ->type_name("PERCENT");
  app.add_flag(
      "--strict", rules.is_strict,
      "Refuse the CPU: a model of which a device would leave any node to it is not opened, and its cell "
      "is `fallback`");
}

void add_selection(CLI::App& app, RunCommand& command, RawOptions& raw) {
  app.add_option("models", command.user_models, "ONNX models of yours: measured without a claim of quality")
      ->type_name("MODEL.onnx");
  app.add_option("--workloads", command.workloads,
                 "Ids, groups (vision, speech, nlp, bench) or all, which is every group but bench  [all]")
      ->delimiter(',')
      ->type_name("WORKLOAD,...");
  app.add_option("--backends", command.backends,
                 fmt::format("Of: {}  [all that are there]", fmt::join(backend_names(), ", ")))
      ->delimiter(',')
      ->type_name("BACKEND,...");
  app.add_option("--device", command.devices, "Only these device ids (see edgebench devices)")
      ->delimiter(',')
      ->type_name("ID,...");
  app.add_option("--precisions", command.options.precisions,
                 fmt::format("Of: {}  [all that a workload has]", fmt::join(precision_names(), ", ")))
      ->delimiter(',')
      ->type_name("PRECISION,...");
  app.add_option("--threads", command.options.threads,
                 "Threads of the processor, for the runtime and for drivers that compute there  [one a core]")
      ->check(CLI::Range(1, 1024))
      ->type_name("N");
  app.add_option("--dim", raw.dims, "Fixes a free dimension of a model, as in --dim sequence=128; repeatable")
      ->type_name("NAME=N");
  app.add_option("--out", command.out_folder, "Folder for the results  [results/runs/<time>]")
      ->type_name("DIR");
  app.add_option("--format", command.formats,
                 fmt::format("Reports beside run.json, of: {}  [html,md]", fmt::join(format_names(), ", ")))
      ->delimiter(',')
      ->type_name("FORMAT,...");
  app.add_option("--timeout", raw.timeouts,
                 "Seconds that a phase may take: start, open, quality, measure, audit, layers; or a single "
                 "run: run  [60, or "
                 "100 times the first]; repeatable")
      ->type_name("PHASE=S");
  app.add_option("--memory-limit", raw.memory_limit,
                 "Resident memory that a cell's process may take, as in 512M or 2G (1 M is 1e6 bytes)")
      ->type_name("SIZE");
  app.add_option("--isolation", command.isolation,
                 "process: every cell in its own process; none: unranked  [process]")
      ->check(CLI::IsMember({"process", "none"}))
      ->type_name("KIND");
  app.add_flag("--quiet", command.quiet, "No progress and no table; errors only");
  app.add_flag("--verbose", command.verbose, "Say every step");
  add_placement(app, command.options.placement);
  add_common(app, command.common);
}

void add_verifying(CLI::App& app, RunCommand& command) {
  app.add_flag("--placement", command.options.placement.tells_nodes,
               "Show where every node of a model went, what it weighs, and why it is not on the device; also "
               "written to placement.json");
}

void add_measuring(CLI::App& app, RunCommand& command, RawOptions& raw) {
  app.add_option(
         "--scenarios", command.options.scenarios,
         "single-stream: one query after the other; multi-stream: 8 samples a query; server: queries "
         "come at random, waiting counts; offline: all at once; paced: at a fixed rate, as a camera's  "
         "[single-stream]")
      ->delimiter(',')
      ->type_name("SCENARIO,...");
  declare_load(app, raw.load, command.options.beside);
  app.add_option("--tier", command.options.tier,
                 "quick: 10 s and 128 queries a cell; standard: 60 s, 1,024, 3 launches; official: 600 s, 5 "
                 "launches  [quick]")
      ->type_name("quick|standard|official");
  app.add_option("--launches", raw.launches, "Fresh processes a cell, interleaved  [as the tier asks]")
      ->check(CLI::Range(1, 1000))
      ->type_name("N");
  app.add_option("--time-budget", raw.time_budget,
                 "At most this for the whole run, as in 8m; with less than the tier asks, tier trial; cells "
                 "that turn out not to fit are skipped")
      ->type_name("TIME");
  app.add_option(
         "--audits", raw.audits,
         fmt::format("Try to catch a provider that is fast only where it is measured: {}, all or none; "
                     "seed: samples in another order, cache: one again and again, name: the model under "
                     "other names, accuracy: answers while timed  [none; tier official: all]",
                     fmt::join(kAuditNames, ", ")))
      ->delimiter(',')
      ->type_name("AUDIT,...");
  app.footer(kRunExamples);
}

// CLI11's own messages, as one sentence that says where help is.
int usage_error(const CLI::App& app, const CLI::ParseError& error) {
  if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
  const auto used = app.get_subcommands();
  const std::string help =
      used.empty() ? "edgebench --help" : fmt::format("edgebench {} --help", used.front()->get_name());
  return complain(fmt::format("{}; see {}", error.what(), help), exit_usage);
}

bool has_command(const CLI::App& app, const std::string& name) {
  return !app.get_subcommands([&](const CLI::App* command) { return command->get_name() == name; }).empty();
}

std::vector<std::string> command_names(const CLI::App& app) {
  std::vector<std::string> known;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
    if (!command->get_group().empty()) known.push_back(command->get_name());
  return known;
}

int unknown_command(const CLI::App& app, const std::string& name) {
  const auto known = command_names(app);
  const auto near = nearest(name, known);
  const std::string hint = near ? fmt::format("did you mean {}? ", *near) : "";
  return complain(fmt::format("there is no command '{}'; {}see edgebench --help", name, hint), exit_usage);
}

struct Commands {
  RunCommand run{}, verify{};
  RawOptions run_raw{}, verify_raw{}, list_raw{};
  NoiseCommand noise{};
  ProbeCommand probe{};
  ListCommand list{};
  PowerdCommand powerd{};
  LabCommand lab{};
  ResultCommands results{};
  ShellCommands shell{};
};

void declare(CLI::App& app, Commands& c) {
  app.require_subcommand(1);
  app.set_version_flag("--version",
                       fmt::format("edgebench {} ({})", BuildInfo{}.version, BuildInfo{}.commit));
  auto* run = app.add_subcommand("run", "Measure workloads, and write a report");
  add_selection(*run, c.run, c.run_raw);
  add_providers(*run, c.run_raw);
  add_measuring(*run, c.run, c.run_raw);
  declare_power(*run, c.run, c.run_raw.power);
  declare_layers(*run, LayerTiming::if_cheap, c.run.options);
  auto* verify = app.add_subcommand("verify", "Check answers and placement, without measuring speed");
  add_selection(*verify, c.verify, c.verify_raw);
  add_providers(*verify, c.verify_raw);
  add_verifying(*verify, c.verify);
  declare_layers(*verify, LayerTiming::off, c.verify.options);
  auto* noise =
      app.add_subcommand("noise", "What equal runs differ by on this machine: the floor of a comparison");
  declare_noise(*noise, c.noise);
  add_common(*noise, c.noise.run.common);
  declare_probe(*app.add_subcommand("probe", "What each device can do at best: arithmetic, memory, launch"),
                c.probe);
  auto* list = app.add_subcommand(
      "list", "What there is: workloads, backends, devices, meters, chips, scenarios, formats, fields");
  list->add_option("what", c.list.what, "What to list  [workloads]")
      ->check(CLI::IsMember(
          {"workloads", "backends", "devices", "meters", "chips", "scenarios", "formats", "fields"}));
  list->add_option(
          "--root", c.list.root,
          "Look for meters in the sys folder below DIR: a recorded tree of another machine shows which "
          "power meters, thermal zones and clocks edgebench would find there  [/]")
      ->check(CLI::ExistingDirectory)
      ->type_name("DIR");
  auto* devices = app.add_subcommand("devices", "The devices of this machine (the same as list devices)");
  for (auto* command : {list, devices}) {
    command->add_option("--format", c.list.format, "table or json  [table]")
        ->check(CLI::IsMember({"table", "json"}));
    add_ep_libraries(*command, c.list_raw.ep_libraries);
    add_common(*command, c.list.common);
  }
  declare_powerd(
      *app.add_subcommand("powerd", "A power daemon on any meter, which speaks as SPEC's PTDaemon"),
      c.powerd);
  declare_lab(*app.add_subcommand("lab", "Many boards: run a plan on all of them"), c.lab);
  declare_results(app, c.results);
  declare_shell_commands(app, c.shell);
  for (const char* own : {kChildArgument, kMeterArgument}) app.add_subcommand(own, "")->group("");  // hidden
}

int dispatch(const CLI::App& app, Commands& c) {
  const std::string name = app.get_subcommands().front()->get_name();
  const auto models = [](CommonOptions& common) {
    if (common.models_folder.empty()) common.models_folder = models_folder();
  };
  for (auto* common : {&c.run.common, &c.verify.common, &c.noise.run.common, &c.list.common}) models(*common);
  if (name == kChildArgument) return child_command();
  if (name == kMeterArgument) return meter_command();
  if (name == "noise") return noise_command(std::move(c.noise));
  if (name == "probe") return probe_command(std::move(c.probe));
  if (name == "powerd") return powerd_command(c.powerd);
  if (name == "lab") return lab_command(c.lab);
  if (const auto done = do_result_command(name, c.results)) return *done;
  if (const auto done = do_shell_command(app, name, c.shell)) return *done;
  if (name == "devices") c.list.what = "devices";
  if (name == "devices" || name == "list") {
    auto ep = parse_ep_settings(c.list_raw.ep_libraries, {});
    if (!ep) return complain(ep.error().message, exit_usage);
    c.list.ep = *std::move(ep);
    return list_command(c.list);
  }
  RunCommand& command = name == "run" ? c.run : c.verify;
  if (auto done = finish(name == "run" ? c.run_raw : c.verify_raw, command); !done)
    return complain(done.error().message, exit_usage);
  command.is_verify = name == "verify";
  return run_command(std::move(command));
}

}  // namespace

int complain(const std::string& sentence, int exit_code) {
  fmt::print(stderr, "edgebench: {}\n", sentence);
  return exit_code;
}

int run_cli(int argc, char** argv) {
  if (argc > 2 && std::string_view(argv[1]) == kLabJobArgument) {
    end_with_parent();
    return run_cli(argc - 1, argv + 1);
  }
  CLI::App app{
      "edgebench measures how fast, how accurately and at what energy a chip runs machine-learning "
      "inference.",
      "edgebench"};
  Commands commands;
  declare(app, commands);
  if (const auto done = answer_shell(app, argc, argv)) return *done;
  if (argc > 1 && argv[1][0] != '-' && !has_command(app, argv[1])) return unknown_command(app, argv[1]);
  if (argc < 2)
    return complain(
        fmt::format("say what to do: {}; see edgebench --help", fmt::join(command_names(app), ", ")),
        exit_usage);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return usage_error(app, error);
  }
  return dispatch(app, commands);
}

}  // namespace eb
