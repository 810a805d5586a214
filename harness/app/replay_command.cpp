#include <fmt/format.h>

#include <algorithm>

#include "harness/app/bundle_options.h"
#include "harness/app/catalog.h"
#include "harness/app/paths.h"
#include "harness/app/selection.h"
#include "harness/base/files.h"
#include "results/bundle/bundle.h"
#include "workloads/workloads.h"

namespace eb {
namespace {

// Those of `asked` that this edgebench has; of the others it is said that they cannot be repeated.
std::vector<std::string> known_of(const std::vector<std::string>& asked,
                                  const std::vector<std::string>& known, std::string_view what,
                                  std::vector<std::string>& not_repeated) {
  std::vector<std::string> kept;
  for (const std::string& name : asked) {
    if (std::find(known.begin(), known.end(), name) != known.end()) {
      kept.push_back(name);
    } else {
      not_repeated.push_back(fmt::format("{} {}, which this edgebench does not have", what, name));
    }
  }
  return kept;
}

// Each must be one of the bundle's models, by its hash.
Status match_models(const ReplayCommand& command, ReplayPlan& plan) {
  for (const auto& file : command.models) {
    EB_GET(const std::string hash, sha256_of_file(file));
    const auto at = std::find_if(plan.user_models.begin(), plan.user_models.end(),
                                 [&](const auto& model) { return model.sha256 == hash; });
    if (at == plan.user_models.end())
      return Error{ErrorKind::invalid, fmt::format("--model {}: the bundle has no model of its SHA-256, {}",
                                                   file.string(), hash)};
    plan.user_models.erase(at);
  }
  for (const auto& model : plan.user_models)
    plan.not_repeated.push_back(fmt::format(
        "{}, a model of its owner's with SHA-256 {}; --model FILE gives it", model.workload, model.sha256));
  return Done{};
}

Status keep_what_is_known(const RunCommand& run, ReplayPlan& plan) {
  EB_GET(const auto zoo, load_zoo(run.common.zoo_folder));
  std::vector<std::string> workloads;
  workloads.reserve(zoo.size());
  for (const auto& [id, manifest] : zoo) workloads.push_back(id);
  auto& missing = plan.not_repeated;
  plan.workloads = known_of(plan.workloads, workloads, "workload", missing);
  plan.backends = known_of(plan.backends, backend_names(), "backend", missing);
  plan.scenarios = known_of(plan.scenarios, scenario_names(), "scenario", missing);
  plan.precisions = known_of(plan.precisions, precision_names(), "precision", missing);
  return Done{};
}

void fill(const ReplayPlan& plan, RunCommand& run) {
  run.is_verify = plan.is_verify;
  run.workloads = plan.workloads;
  run.backends = plan.backends;
  run.devices = plan.devices;
  RunOptions& options = run.options;
  options.precisions = plan.precisions;
  if (!plan.scenarios.empty()) options.scenarios = plan.scenarios;
  if (!plan.tier.empty()) options.tier = plan.tier;
  options.launches = plan.launches;
  options.threads = plan.threads.value_or(0);
  options.sustained_s = plan.sustained_s;
  options.load.rate_qps = plan.rate_qps;
  options.load.latency_target_ms = plan.latency_target_ms;
  run.limits_s = default_limits_s();
}

Result<ReplayPlan> plan_of(const ReplayCommand& command) {
  EB_GET(const std::string bytes, read_file(command.bundle, BundleLimits{}.most_bytes));
  const auto bundle = open_bundle(bytes);
  if (!bundle) return bundle.error().within(command.bundle.string());
  ReplayPlan plan = replay_plan(bundle->run);
  // Another machine has other devices: what the user names goes before what the bundle says.
  if (!command.run.backends.empty()) plan.backends = command.run.backends;
  if (!command.run.backends.empty() || !command.run.devices.empty()) plan.devices = command.run.devices;
  EB_OK(keep_what_is_known(command.run, plan));
  EB_OK(match_models(command, plan));
  if (plan.workloads.empty() && command.models.empty())
    return Error{ErrorKind::invalid,
                 fmt::format("{} has no workload that this edgebench can measure", command.bundle.string())};
  if (plan.backends.empty())
    return Error{ErrorKind::invalid, fmt::format("{} names no backend that is here; choose with --backends",
                                                 command.bundle.string())};
  return plan;
}

}  // namespace

int replay_command(ReplayCommand command) {
  if (auto& folder = command.run.common.models_folder; folder.empty()) folder = models_folder();
  const auto plan = plan_of(command);
  if (!plan) return complain(plan.error().message, exit_usage);
  std::string line = command_of(*plan);
  for (const auto& model : command.models) line += " " + model_word(model);
  fmt::print("{}\n", line);
  for (const std::string& what : plan->not_repeated) fmt::print("not repeated: {}\n", what);
  std::fflush(stdout);
  if (command.only_prints) return exit_ok;
  fill(*plan, command.run);
  command.run.user_models = command.models;
  return run_command(std::move(command.run));
}

}  // namespace eb
