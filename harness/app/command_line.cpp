#include "harness/app/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>

namespace eb {

std::vector<std::string> option_names(const CLI::Option& option) {
  std::vector<std::string> names;
  for (const std::string& name : option.get_snames()) names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) names.push_back("--" + name);
  return names;
}

std::string value_kind(const CLI::Option& option) {
  if (option.get_items_expected_max() == 0) return "";
  // CLI11 writes TYPE:{a,b} for a member of a list, and TYPE:WHAT for other checks.
  std::string kind = option.get_type_name();
  const std::size_t colon = kind.find(':');
  if (colon == std::string::npos) return kind;
  if (kind.size() < colon + 3 || kind[colon + 1] != '{' || kind.back() != '}') return kind.substr(0, colon);
  std::string members = kind.substr(colon + 2, kind.size() - colon - 3);
  std::replace(members.begin(), members.end(), ',', '|');
  return option.get_delimiter() == ',' ? members + ",..." : members;
}

std::vector<const CLI::App*> shown_commands(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App* command) { return !command->get_group().empty(); });
}

std::vector<const CLI::Option*> named_options(const CLI::App& app) {
  return app.get_options(
      [](const CLI::Option* option) { return option->nonpositional() && !option->get_group().empty(); });
}

std::vector<const CLI::Option*> placed_options(const CLI::App& app) {
  return app.get_options(
      [](const CLI::Option* option) { return option->get_positional() && !option->get_group().empty(); });
}

}  // namespace eb
