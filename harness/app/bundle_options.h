#pragma once
// Bundles: made, checked, measured again.
#include "harness/app/commands.h"

namespace CLI {
class App;
}

namespace eb {

struct PackCommand {
  std::filesystem::path run{}, out{}, key_file{};  // key_file: empty for the user's own
};
int pack_command(const PackCommand& command);

struct CheckCommand {
  std::vector<std::filesystem::path> bundles{};
  std::string format = "text";  // or json
};
int check_command(const CheckCommand& command);

struct ReplayCommand {
  std::filesystem::path bundle{};
  std::vector<std::filesystem::path> models{};  // of the user's, for those that a bundle names by hash
  bool only_prints = false;
  RunCommand run{};  // where things are and where results go; what is measured comes from the bundle
};
int replay_command(ReplayCommand command);

struct BundleCommands {
  PackCommand pack{};
  CheckCommand check{};
  ReplayCommand replay{};
};
// pack, check and replay, with their options.
void declare_bundles(CLI::App& app, BundleCommands& commands);
// Does the one of that name; nothing if it is none of them.
std::optional<int> bundle_command(const std::string& name, BundleCommands& commands);

}  // namespace eb
