#pragma once
// The commands that describe the command line itself: to shells, and to man.
#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace eb {

struct ShellCommands {
  std::string shell{};
};

void declare_shell_commands(CLI::App& app, ShellCommands& commands);

// The exit code; absent if `name` is none of them.
std::optional<int> do_shell_command(const CLI::App& app, const std::string& name,
                                    const ShellCommands& commands);

// The hidden command of the completion scripts, whose arguments are no options of its own. Absent if it is
// another.
std::optional<int> answer_shell(const CLI::App& app, int argc, const char* const* argv);

}  // namespace eb
