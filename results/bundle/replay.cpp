#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "results/bundle/bundle.h"

namespace eb {
namespace {

constexpr std::int64_t kMostLaunches = 1000, kMostThreads = 1024;  // as the options have them
constexpr double kLongestSustainedS = 24 * 3600;

bool is_id(std::string_view text) {
  constexpr std::string_view kPlain = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-.:/+";
  constexpr std::size_t kLongest = 100;
  return !text.empty() && text.size() <= kLongest && text[0] != '-' && text[0] != '/' && text[0] != '.' &&
         text.find_first_not_of(kPlain) == std::string_view::npos &&
         text.find("..") == std::string_view::npos;
}

template <class T>
void add_once(std::vector<T>& list, const T& value) {
  if (std::find(list.begin(), list.end(), value) == list.end()) list.push_back(value);
}

class Planner {
 public:
  explicit Planner(const Run& run) : run_(run) {}

  ReplayPlan plan() {
    for (const RunRecord& record : run_.records) add(record);
    plan_.is_verify = plan_.scenarios.empty();
    set_tier();
    plan_.launches = common(&RunRecord::launches, kMostLaunches, "launches");
    plan_.threads = common(&RunRecord::threads, kMostThreads, "threads");
    set_load();
    if (plan_.is_verify) plan_.launches.reset();
    return std::move(plan_);
  }

 private:
  void add_id(const std::string& id, std::string_view what, std::vector<std::string>& list) {
    if (id.empty()) return;
    if (is_id(id)) return add_once(list, id);
    add_once(plan_.not_repeated, fmt::format("a {} whose name is no plain id", what));
  }

  void add(const RunRecord& record) {
    if (record.workload.starts_with("user/")) {
      const bool is_known =
          std::any_of(plan_.user_models.begin(), plan_.user_models.end(),
                      [&](const auto& model) { return model.sha256 == record.model_sha256; });
      if (!is_known && !record.model_sha256.empty())
        plan_.user_models.push_back({record.workload, record.model_sha256});
    } else {
      add_id(record.workload, "workload", plan_.workloads);
      add_id(record.precision, "precision", plan_.precisions);
    }
    add_id(record.backend, "backend", plan_.backends);
    add_id(record.device, "device", plan_.devices);
    add_id(record.scenario, "scenario", plan_.scenarios);
    if (!record.beside.empty()) add_once<std::string>(plan_.not_repeated, "what ran beside the workloads");
    if (!record.provider_options.empty())
      add_once<std::string>(plan_.not_repeated, "options of the execution provider");
  }

  void set_tier() {
    for (const RunRecord& record : run_.records) {
      if (record.tier == "sustained" && record.window_s.value_or(0) > 0 && record.launches.value_or(0) > 0)
        plan_.sustained_s =
            std::min(kLongestSustainedS,
                     std::max(1.0, std::floor(*record.window_s / static_cast<double>(*record.launches))));
      for (const char* tier : {"quick", "standard", "official"})
        if (record.tier == tier) plan_.tier = tier;
    }
    const bool was_trial = std::any_of(run_.records.begin(), run_.records.end(),
                                       [](const RunRecord& record) { return record.tier == "trial"; });
    if (was_trial)
      plan_.not_repeated.emplace_back("the time budget of a trial, whose tier is taken for quick");
    if (plan_.tier.empty() && !plan_.sustained_s) plan_.tier = "quick";
    if (plan_.sustained_s) plan_.tier.clear();
  }

  // That of all records that have one.
  std::optional<int> common(RunRecord::Count RunRecord::*member, std::int64_t most, std::string_view what) {
    std::vector<std::int64_t> seen;
    for (const RunRecord& record : run_.records)
      if (const auto& value = record.*member; value && *value >= 1 && *value <= most) add_once(seen, *value);
    if (seen.size() > 1)
      plan_.not_repeated.push_back(fmt::format("{}, which differ from record to record", what));
    return seen.size() == 1 ? std::optional(static_cast<int>(seen[0])) : std::nullopt;
  }

  // A rate that was asked for (paced, which needs one); that of a server is looked for again.
  void set_load() {
    for (const RunRecord& record : run_.records) {
      const auto usable = [](RunRecord::Number value) { return value && *value > 0 && *value < 1e6; };
      if (record.scenario == "paced" && usable(record.target_rate_qps))
        plan_.rate_qps = record.target_rate_qps;
      if (record.scenario == "server" && usable(record.latency_target_ms))
        plan_.latency_target_ms = record.latency_target_ms;
    }
    const auto has_server = std::find(plan_.scenarios.begin(), plan_.scenarios.end(), "server");
    if (!plan_.rate_qps || has_server == plan_.scenarios.end()) return;
    plan_.rate_qps.reset();  // it would be the server's, too
    plan_.not_repeated.emplace_back("the rate of paced, beside a server that looks for its own");
  }

  const Run& run_;
  ReplayPlan plan_{};
};

}  // namespace

ReplayPlan replay_plan(const Run& run) {
  return Planner(run).plan();
}

std::string command_of(const ReplayPlan& plan) {
  std::string line = plan.is_verify ? "edgebench verify" : "edgebench run";
  const auto add_list = [&](std::string_view option, const std::vector<std::string>& list) {
    if (!list.empty()) line += fmt::format(" {} {}", option, fmt::join(list, ","));
  };
  add_list("--workloads", plan.workloads);
  add_list("--backends", plan.backends);
  add_list("--device", plan.devices);
  add_list("--precisions", plan.precisions);
  add_list("--scenarios", plan.scenarios);
  if (plan.is_verify) return plan.threads ? line + fmt::format(" --threads {}", *plan.threads) : line;
  if (plan.rate_qps) line += fmt::format(" --rate {}", *plan.rate_qps);
  if (plan.latency_target_ms) line += fmt::format(" --latency-target {}", *plan.latency_target_ms);
  if (!plan.tier.empty()) line += fmt::format(" --tier {}", plan.tier);
  if (plan.launches) line += fmt::format(" --launches {}", *plan.launches);
  if (plan.sustained_s) line += fmt::format(" --sustained {:.0f}s", *plan.sustained_s);
  if (plan.threads) line += fmt::format(" --threads {}", *plan.threads);
  return line;
}

}  // namespace eb
