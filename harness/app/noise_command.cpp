// Measures one cell against itself with `run`, and judges what differs.
#include <fmt/format.h>

#include "harness/app/commands.h"
#include "harness/app/ep_arguments.h"
#include "harness/app/noise_output.h"
#include "harness/base/clock.h"
#include "harness/run/host.h"
#include "harness/run/journal.h"

namespace eb {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::int64_t kIdleNs = 300'000'000;  // 30 ticks of the kernel's accounting on each processor

Status finish(NoiseCommand& command) {
  RunCommand& run = command.run;
  run.limits_s = default_limits_s();
  run.options.launches = 2 * command.launches_a_side;
  run.quiet = run.quiet || command.format == "json";
  run.options.meters = {"none"};  // of power there is no A/A
  if (command.time_budget) {
    auto seconds = parse_duration_s(*command.time_budget);
    if (!seconds) return seconds.error().within("--time-budget");
    run.options.time_budget_s = *seconds;
  }
  EB_GET(run.options.ep, parse_ep_settings(command.ep_libraries, {}));
  if (run.user_models.empty() && run.workloads.empty()) run.workloads = {kNoiseWorkload};
  if (run.backends.empty()) run.backends = {"cpu"};
  if (run.out_folder.empty()) run.out_folder = std::filesystem::path("results/runs") / utc_folder_name();
  return Done{};
}

Result<std::vector<LatencyLog>> launches_of(const RunRecord& record, const std::filesystem::path& folder) {
  std::vector<LatencyLog> launches;
  for (const std::string& file : record.raw_files) {
    EB_GET(LatencyLog log, read_latencies(folder, file));
    if (log.count() > 0) launches.push_back(std::move(log));
  }
  return launches;
}

std::optional<double> busy_now() {
  const auto clock = make_steady_clock();
  return busy_percent("/", [&] { clock->wait_until_ns(clock->now_ns() + kIdleNs); });
}

// One a cell that is ok; the others are said on standard error.
Result<std::vector<CellNoise>> judge(const Run& run, const std::filesystem::path& folder) {
  IdleLook idle{std::nullopt, busy_now()};
  if (const auto before = run.context.find("cpu_busy_percent");
      before != run.context.end() && before->is_number())
    idle.before_percent = before->get<double>();
  std::vector<CellNoise> all;
  for (const RunRecord& record : run.records) {
    if (record.status != RunStatus::ok) {
      complain(fmt::format("{} on {} is {}: {}", record.workload, record.backend, status_name(record.status),
                           record.reason),
               exit_failed);
      continue;
    }
    EB_GET(const auto launches, launches_of(record, folder));
    all.push_back(judge_noise(record, launches, idle));
  }
  return all;
}

}  // namespace

int noise_command(NoiseCommand command) {
  if (auto done = finish(command); !done) return complain(done.error().message, exit_usage);
  const std::filesystem::path folder = command.run.out_folder;
  const int code = run_command(std::move(command.run));
  if (code != exit_ok && code != exit_failed) return code;
  const auto run = read_run(folder);
  if (!run) return complain(run.error().message, exit_failed);
  const auto all = judge(*run, folder);
  if (!all) return complain(all.error().message, exit_failed);
  if (command.format == "json") {
    Json rows = Json::array();
    for (const CellNoise& noise : *all) rows.push_back(to_json(noise));
    fmt::print("{}\n", rows.dump(1, ' ', false, Json::error_handler_t::replace));
  } else {
    for (const CellNoise& noise : *all) fmt::print("\n{}", to_text(noise));
  }
  return all->empty() ? exit_failed : code;
}

}  // namespace eb
