#include "harness/run/plan.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "harness/run/audit_names.h"

namespace eb {
namespace {

constexpr double kLongestWindowS =
    600;  // of a launch: a model slower than min_queries in that time ends early
constexpr std::string_view kSizeUnits = " KMG";

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, changed});
    }
  }
  return row[b.size()];
}

std::vector<std::string> precisions_of(const WorkloadInfo& info, const RunOptions& options) {
  std::vector<std::string> all;
  for (const auto& [precision, file] : info.models) {
    const auto& wanted = options.precisions;
    if (wanted.empty() || std::find(wanted.begin(), wanted.end(), precision) != wanted.end())
      all.push_back(precision);
  }
  return all;
}

// As select_audits takes it.
std::string audits_word(const std::vector<std::string>& audits) {
  if (audits.empty()) return "none";
  return audits.size() == std::size(kAuditNames) ? "all" : fmt::format("{}", fmt::join(audits, ","));
}

std::string group_of(std::string_view id) {
  return std::string(id.substr(0, id.find('/')));
}

// "all" is what a device is for. Networks without meaning, one network in many forms, and what is too large
// for small devices are for those who ask for them.
constexpr std::string_view kGroupsNotInAll[] = {"bench", "builtin", "fashion", "large"};

bool stands_for(const std::string& name, const std::string& id) {
  const std::string group = group_of(id);
  const bool is_in_all =
      std::find(std::begin(kGroupsNotInAll), std::end(kGroupsNotInAll), group) == std::end(kGroupsNotInAll);
  return name == id || name == group || (name == "all" && is_in_all);
}

}  // namespace

Result<Tier> tier_of(const RunOptions& options) {
  constexpr std::uint64_t kFewestQueries = 64;  // of which p90 has a bound
  if (options.sustained_s) return Tier{"sustained", kFewestQueries, *options.sustained_s, 1};
  return find_tier(options.tier);
}

std::vector<Cell> plan_cells(const std::vector<PlannedWorkload>& workloads,
                             const std::vector<Target>& targets, const RunOptions& options) {
  std::vector<Cell> cells;
  std::vector<std::string> neighbours{""};
  if (!options.beside.empty()) neighbours.push_back(options.beside);
  for (const PlannedWorkload& workload : workloads)
    for (std::size_t t = 0; t < targets.size(); ++t)
      for (const std::string& precision : precisions_of(workload.info, options))
        for (const std::string& beside : neighbours)
          for (const std::string& scenario : options.scenarios)
            cells.push_back({workload.info.id, targets[t].backend, targets[t].device, precision, scenario,
                             workload.user_model, t, beside});
  return cells;
}

WindowRule window_rule(const Tier& tier, int launches, std::optional<double> share_s) {
  const auto ns = [](double s) { return static_cast<std::int64_t>(s * 1e9); };
  const double longest_known_s = std::max(kLongestWindowS, tier.min_window_s);
  const double longest_s = std::min(share_s.value_or(longest_known_s), longest_known_s);
  const auto parts = static_cast<std::uint64_t>(launches);
  return {.min_queries = (tier.min_queries + parts - 1) / parts,
          .min_duration_ns = ns(std::min(tier.min_window_s / launches, longest_s)),
          .max_duration_ns = ns(longest_s)};
}

double window_share_s(double left_s, int launches_left, double cost_s) {
  return std::max(kShortestShareS, left_s / std::max(launches_left, 1) - cost_s);
}

std::vector<std::string> audits_of(const Tier& tier, const RunOptions& options) {
  if (options.audits) return *options.audits;
  if (!tier.is_audited) return {};
  return {std::begin(kAuditNames), std::end(kAuditNames)};
}

Result<double> parse_duration_s(std::string_view text) {
  const Error bad{ErrorKind::invalid,
                  fmt::format("'{}' is not a duration; write for example 90s, 8m or 1h30m", text)};
  double total_s = 0;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
    if (digits == 0 || digits > 7) return bad;
    double value = 0;
    for (const char c : rest.substr(0, digits)) value = value * 10 + (c - '0');
    const std::string_view unit = rest.substr(digits, 1);
    if (unit.empty() && rest.size() != text.size()) return bad;
    const std::size_t known = std::string_view("smh").find(unit.empty() ? "s" : unit);
    if (known == std::string_view::npos) return bad;
    total_s += value * std::pow(60.0, static_cast<double>(known));
    rest.remove_prefix(digits + unit.size());
  }
  if (total_s <= 0) return bad;
  return total_s;
}

Result<std::uint64_t> parse_size_bytes(std::string_view text) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const std::string_view unit = text.substr(digits);
  const std::size_t power = unit.empty() ? 0 : kSizeUnits.find(unit, 1);
  std::uint64_t bytes = 0;
  constexpr std::size_t kMostDigits = 9;  // times 1e9 they still fit
  for (const char c : text.substr(0, std::min(digits, kMostDigits)))
    bytes = bytes * 10 + static_cast<std::uint64_t>(c - '0');
  if (bytes == 0 || digits > kMostDigits || unit.size() > 1 || power == std::string_view::npos)
    return Error{ErrorKind::invalid, fmt::format("'{}' is not a size; write for example 512M or 2G", text)};
  for (std::size_t i = 0; i < power; ++i) bytes *= 1000;
  return bytes;
}

std::string size_text(std::uint64_t bytes) {
  std::size_t power = 0;
  for (; power + 1 < kSizeUnits.size() && bytes >= 1000 && bytes % 1000 == 0; ++power) bytes /= 1000;
  return power == 0 ? fmt::format("{}", bytes) : fmt::format("{}{}", bytes, kSizeUnits[power]);
}

std::optional<std::string> nearest(std::string_view text, const std::vector<std::string>& known) {
  std::optional<std::string> best;
  std::size_t best_distance = std::max<std::size_t>(2, text.size() / 3) + 1;
  for (const std::string& name : known) {
    // "face-detection" is as good a try at "vision/face-detection" as the whole id.
    const std::size_t distance = std::min(
        edit_distance(text, name), edit_distance(text, std::string_view(name).substr(name.find('/') + 1)));
    if (distance < best_distance) {
      best_distance = distance;
      best = name;
    }
  }
  return best;
}

Result<std::vector<std::string>> select_workloads(const std::vector<std::string>& known,
                                                  const std::vector<std::string>& asked) {
  std::vector<std::string> chosen;
  for (const std::string& name : asked) {
    bool found = false;
    for (const std::string& id : known) {
      if (!stands_for(name, id)) continue;
      found = true;
      if (std::find(chosen.begin(), chosen.end(), id) == chosen.end()) chosen.push_back(id);
    }
    if (found) continue;
    const auto near = nearest(name, known);
    return Error{ErrorKind::not_found,
                 fmt::format("there is no workload '{}'; {}", name,
                             near ? fmt::format("did you mean {}?", *near) : "see edgebench list workloads")};
  }
  return chosen;
}

std::string shell_word(std::string_view text) {
  constexpr std::string_view kPlain =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-./,:=+@%";
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string_view::npos) return std::string(text);
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::string model_word(const std::filesystem::path& model) {
  const std::string name = model.filename().string();
  return shell_word(name.starts_with('-') ? "./" + name : name);
}

std::string load_arguments(const LoadOptions& load, const std::vector<std::string>& scenarios) {
  const auto has = [&](std::string_view name) {
    return std::find(scenarios.begin(), scenarios.end(), name) != scenarios.end();
  };
  const LoadOptions usual;
  std::string text;
  if (load.rate_qps && (has("server") || has("paced"))) text += fmt::format(" --rate {}", *load.rate_qps);
  if (load.latency_target_ms && has("server"))
    text += fmt::format(" --latency-target {}", *load.latency_target_ms);
  if (load.streams != usual.streams && (has("server") || has("paced")))
    text += fmt::format(" --streams {}", load.streams);
  if (load.seed != usual.seed && has("server")) text += fmt::format(" --seed {}", load.seed);
  return text;
}

std::string session_arguments(const RunOptions& options) {
  std::string text;
  if (options.threads > 0) text += fmt::format(" --threads {}", options.threads);
  if (options.memory_limit_bytes)
    text += fmt::format(" --memory-limit {}", size_text(*options.memory_limit_bytes));
  for (const auto& [name, value] : options.dims)
    text += fmt::format(" --dim {}", shell_word(fmt::format("{}={}", name, value)));
  if (options.placement.gate_percent != kRankedGatePercent)
    text += fmt::format(" --placement-gate {}", options.placement.gate_percent);
  if (options.placement.is_strict) text += " --strict";
  if (options.placement.tells_nodes) text += " --placement";
  if (options.layers == LayerTiming::on) text += " --layers";
  return text;
}

namespace {

// Of an instrument only its kind: where it is and what program speaks for it is the user's own business.
std::string meter_word(const std::string& name) {
  const std::size_t kind_end = name.find(':');
  if (name.starts_with("exec:")) return "exec:PROGRAM";
  return kind_end != std::string::npos && name.substr(kind_end, 3) == "://"
             ? name.substr(0, kind_end) + "://HOST"
             : name;
}

std::string meter_words(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ",") + meter_word(name);
  return text;
}

}  // namespace

std::string power_arguments(const RunOptions& options) {
  std::string text;
  if (options.sustained_s) text += fmt::format(" --sustained {:.0f}s", std::ceil(*options.sustained_s));
  if (options.meters != RunOptions{}.meters)
    text += fmt::format(" --meter {}", shell_word(meter_words(options.meters)));
  if (options.cool_down_s)
    text += *options.cool_down_s > 0 ? fmt::format(" --cool-down {:.0f}s", *options.cool_down_s)
                                     : std::string(" --cool-down none");
  return text;
}

std::string ep_arguments(const EpSettings& settings) {
  std::string text;
  for (const auto& [backend, options] : settings.options)
    for (const auto& [key, value] : options)
      if (value.find_first_of("/\\") == std::string::npos)  // no paths
        text += fmt::format(" --ep-option {}", shell_word(fmt::format("{}.{}={}", backend, key, value)));
  if (settings.retune) text += " --retune";
  return text;
}

std::string command_of(const Cell& cell, const RunOptions& options) {
  const bool is_verify = cell.scenario.empty();
  std::string command = is_verify ? "edgebench verify" : "edgebench run";
  command += cell.user_model.empty() ? fmt::format(" --workloads {}", shell_word(cell.workload))
                                     : fmt::format(" {}", model_word(cell.user_model));
  command += fmt::format(" --backends {}", cell.backend);
  if (!cell.device.empty()) command += fmt::format(" --device {}", shell_word(cell.device));
  if (cell.user_model.empty()) command += fmt::format(" --precisions {}", cell.precision);
  if (!is_verify)
    command += fmt::format(" --scenarios {}{}", cell.scenario, load_arguments(options.load, {cell.scenario}));
  if (!is_verify && !options.sustained_s) command += fmt::format(" --tier {}", options.tier);
  if (options.launches) command += fmt::format(" --launches {}", *options.launches);
  if (options.time_budget_s && !is_verify)
    command += fmt::format(" --time-budget {:.0f}s", std::ceil(*options.time_budget_s));
  if (options.audits && !is_verify) command += fmt::format(" --audits {}", audits_word(*options.audits));
  if (!is_verify) command += power_arguments(options);
  if (!cell.beside.empty()) command += fmt::format(" --beside {}", shell_word(cell.beside));
  command += session_arguments(options);
  // An NPU's device is named after its library, whose file is meant to be in the current folder, like a
  // model.
  for (const auto& [name, path] : options.ep.libraries)
    if (cell.device.starts_with(name + ":"))
      command +=
          fmt::format(" --ep-library {}", shell_word(fmt::format("{}=./{}", name, path.filename().string())));
  return command + ep_arguments(options.ep);
}

}  // namespace eb
