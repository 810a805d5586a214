#include "harness/app/shell_commands.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <functional>
#include <set>

#include "build_info.h"
#include "harness/app/catalog.h"
#include "harness/app/commands.h"
#include "harness/app/completion.h"
#include "harness/app/man_page.h"
#include "harness/app/meters_table.h"
#include "harness/core/record.h"
#include "harness/run/audit_names.h"
#include "workloads/workloads.h"

namespace eb {
namespace {

constexpr const char* kCompleteArgument = "complete";  // the hidden command

constexpr const char* kCompletionNotes = R"(
A packaged edgebench has them in place. Of another one, with edgebench on the PATH:
  bash: source <(edgebench completion bash)                 in ~/.bashrc
  zsh:  source <(edgebench completion zsh)                  in ~/.zshrc, after compinit
  fish: edgebench completion fish > ~/.config/fish/completions/edgebench.fish

The scripts ask the program itself: workloads, backends and meters are those of edgebench list.)";

constexpr const char* kManNotes = R"(
Examples:
  edgebench man | man -l -                                  read it
  edgebench man > ~/.local/share/man/man1/edgebench.1       then: man edgebench)";

std::vector<Candidate> candidates(const std::vector<std::string>& names) {
  std::vector<Candidate> all;
  all.reserve(names.size());
  for (const std::string& name : names) all.push_back({name, ""});
  return all;
}

std::vector<Candidate> workload_values() {
  const auto zoo = load_zoo({});
  if (!zoo) return {};
  std::vector<Candidate> all{{"all", ""}};
  std::set<std::string> groups;
  for (const auto& [id, manifest] : *zoo) groups.insert(id.substr(0, id.find('/')));
  for (const std::string& group : groups) all.push_back({group, ""});
  for (const auto& [id, manifest] : *zoo) all.push_back({id, manifest.info.title});
  return all;
}

std::vector<Candidate> meter_values() {
  std::vector<Candidate> all{{"auto", ""}, {"none", ""}};
  for (const auto& row : meter_rows("/"))
    if (row.value("evidence_class", "") != "") all.push_back({row.value("id", ""), row.value("scope", "")});
  return all;
}

std::vector<Candidate> field_values() {
  std::vector<Candidate> all;
  for (const Field& field : fields()) all.push_back({std::string(field.name), std::string(field.doc)});
  return all;
}

std::vector<Candidate> audit_values() {
  std::vector<Candidate> all{{"all", ""}, {"none", ""}};
  for (const auto& name : kAuditNames) all.push_back({std::string(name), ""});
  return all;
}

struct Kind {
  std::string_view name{};  // the word in the help
  std::vector<Candidate> (*values)() = nullptr;
};
constexpr Kind kKinds[] = {
    {"WORKLOAD", workload_values},
    {"BACKEND", [] { return candidates(backend_names()); }},
    {"SCENARIO", [] { return candidates(scenario_names()); }},
    {"PRECISION", [] { return candidates(precision_names()); }},
    {"FORMAT", [] { return candidates(format_names()); }},
    {"METER", meter_values},
    {"FIELD", field_values},
    {"AUDIT", audit_values},
};

std::vector<Candidate> values_of_kind(std::string_view kind) {
  for (const Kind& row : kKinds)
    if (row.name == kind) return row.values();
  return {};
}

}  // namespace

void declare_shell_commands(CLI::App& app, ShellCommands& commands) {
  auto* completion =
      app.add_subcommand("completion", "The script with which a shell completes edgebench's words");
  completion->add_option("shell", commands.shell, "Which shell")
      ->required()
      ->check(CLI::IsMember(shell_names()));
  completion->footer(kCompletionNotes);
  app.add_subcommand("man", "The manual page, with all commands and options")->footer(kManNotes);
}

std::optional<int> do_shell_command(const CLI::App& app, const std::string& name,
                                    const ShellCommands& commands) {
  if (name == "man") {
    const BuildInfo build{};
    fmt::print("{}", man_page(app, {.version = build.version, .date = build.date}));
    return exit_ok;
  }
  if (name != "completion") return std::nullopt;
  const auto script = completion_script(commands.shell);
  if (!script) return complain(script.error().message, exit_usage);
  fmt::print("{}", *script);
  return exit_ok;
}

std::optional<int> answer_shell(const CLI::App& app, int argc, const char* const* argv) {
  if (argc < 2 || argv[1] != std::string_view(kCompleteArgument)) return std::nullopt;
  const std::vector<std::string> arguments(argv + 2, argv + argc);
  const bool is_bash = !arguments.empty() && arguments[0] == "bash";
  const std::size_t settings = is_bash ? 2 : 1;
  if (arguments.size() < settings + 1)
    return complain("complete is for the scripts of edgebench completion; see edgebench completion --help",
                    exit_usage);
  ShellQuestion question{.shell = arguments[0], .breaks = is_bash ? arguments[1] : ""};
  question.words.assign(arguments.begin() + static_cast<std::ptrdiff_t>(settings), arguments.end());
  fmt::print("{}", shell_answer(app, question, values_of_kind));
  return exit_ok;
}

}  // namespace eb
