#pragma once
// The command lines of `compare` and `score`, and what they do.
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace eb {

struct CompareCommand {
  std::vector<std::filesystem::path> runs{};    // the first is what the others are compared with
  std::vector<std::string> names{}, formats{};  // empty: of the folders; a table on the console only
  std::filesystem::path out_folder = ".";       // for files of formats
  std::optional<std::string> fail_if_slower{};  // as given: "3%"
  bool is_with_reference = false;               // the first is the reference run
  bool is_forced = false, may_devices_differ = false;
};
void declare_compare(CLI::App& app, CompareCommand& command);
int compare_command(const CompareCommand& command);

struct ScoreCommand {
  std::filesystem::path run{}, reference{};  // no reference: the one that the program carries
  std::string format = "table";              // or json
};
void declare_score(CLI::App& app, ScoreCommand& command);
int score_command(const ScoreCommand& command);

}  // namespace eb
