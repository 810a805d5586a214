#include "harness/app/context.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "build_info.h"
#include "harness/run/drive.h"
#include "harness/run/host_state.h"

namespace eb {
namespace {

constexpr std::uint64_t kOverheadQueries = 500'000;  // 20 to 100 ms
constexpr std::int64_t kIdleNs = 300'000'000;        // 30 ticks of the kernel's accounting on each processor

std::string command_line(const RunCommand& command) {
  std::string line = command.is_verify ? "edgebench verify" : "edgebench run";
  const auto add_list = [&](std::string_view option, const std::vector<std::string>& list) {
    if (!list.empty())
      line += fmt::format(" {} {}", option, shell_word(fmt::format("{}", fmt::join(list, ","))));
  };
  for (const auto& model : command.user_models) line += " " + model_word(model);
  add_list("--workloads", command.workloads);
  add_list("--backends", command.backends);
  add_list("--device", command.devices);
  if (!command.is_verify) {
    add_list("--scenarios", command.options.scenarios);
    line += load_arguments(command.options.load, command.options.scenarios);
  }
  add_list("--precisions", command.options.precisions);
  if (!command.is_verify && !command.options.sustained_s)
    line += fmt::format(" --tier {}", command.options.tier);
  if (command.options.launches) line += fmt::format(" --launches {}", *command.options.launches);
  if (command.options.time_budget_s)
    line += fmt::format(" --time-budget {:.0f}s", *command.options.time_budget_s);
  if (!command.is_verify) line += power_arguments(command.options);
  if (command.ambient_c) line += fmt::format(" --ambient {}", *command.ambient_c);
  line += session_arguments(command.options) + ep_arguments(command.options.ep);
  if (command.isolation != "process") line += fmt::format(" --isolation {}", command.isolation);
  return line;
}

}  // namespace

nlohmann::ordered_json make_context(const Host& host, const nlohmann::json& runtime_facts,
                                    const RunCommand& command, Clock& clock) {
  const BuildInfo build;
  nlohmann::ordered_json context = {{"started_at", utc_timestamp()},      {"command", command_line(command)},
                                    {"edgebench_version", build.version}, {"edgebench_commit", build.commit},
                                    {"build_type", build.type},           {"compiler", build.compiler},
                                    {"compile_flags", build.flags}};
  context.update(host.context);
  context.update(read_host_state("/"));
  if (command.ambient_c) context["ambient_c"] = *command.ambient_c;
  for (const auto& [key, value] : runtime_facts.items()) context[key] = value;
  context["isolation"] = command.isolation;
  if (const auto busy = busy_percent("/", [&] { clock.wait_until_ns(clock.now_ns() + kIdleNs); }))
    context["cpu_busy_percent"] = *busy;
  if (const auto overhead_ns = measure_overhead_ns(clock, kOverheadQueries))
    context["harness_overhead_ns"] = *overhead_ns;
  return context;
}

}  // namespace eb
