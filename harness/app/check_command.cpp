#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>

#include "harness/app/bundle_options.h"
#include "harness/base/files.h"
#include "results/bundle/bundle.h"

namespace eb {
namespace {

constexpr std::array<const char*, 3> kKinds = {"accepted", "flagged", "refused"};

const char* name_of(Verdict::Kind kind) {
  return kKinds[static_cast<std::size_t>(kind)];
}

Verdict check_file(const std::filesystem::path& file) {
  const auto bytes = read_file(file, BundleLimits{}.most_bytes);
  if (bytes) return check_bundle(*bytes);
  return {Verdict::Kind::refused, {{Finding::Weight::refusal, "", bytes.error().message}}};
}

// Findings of one record together, in the order of the run.
void print_findings(const Verdict& verdict) {
  std::string last = "\n";  // like no place
  for (const Finding& finding : verdict.findings) {
    if (finding.where != last) fmt::print("{}\n", finding.where.empty() ? "the bundle" : finding.where);
    fmt::print("  {}: {}\n", weight_name(finding.weight), finding.sentence);
    last = finding.where;
  }
}

nlohmann::ordered_json to_json(const std::filesystem::path& file, const Verdict& verdict) {
  return {{"file", file.string()},
          {"verdict", name_of(verdict.kind)},
          {"line", verdict.line()},
          {"id", verdict.id},
          {"key", verdict.key_id},
          {"records", verdict.records},
          {"findings", to_json(verdict.findings)}};
}

}  // namespace

int check_command(const CheckCommand& command) {
  auto all = nlohmann::ordered_json::array();
  bool any_refused = false;
  for (const auto& file : command.bundles) {
    std::error_code code;
    if (!std::filesystem::is_regular_file(file, code))
      return complain(fmt::format("there is no bundle {}", file.string()), exit_usage);
    const Verdict verdict = check_file(file);
    any_refused = any_refused || verdict.kind == Verdict::Kind::refused;
    if (command.format == "json") {
      all.push_back(to_json(file, verdict));
      continue;
    }
    print_findings(verdict);
    fmt::print("{}{}\n", command.bundles.size() > 1 ? file.string() + ": " : "", verdict.line());
  }
  if (command.format == "json")
    fmt::print("{}\n", all.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
  return any_refused ? exit_failed : exit_ok;
}

}  // namespace eb
