#pragma once
// The command line of `powerd`.
namespace CLI {
class App;
}

namespace eb {

struct PowerdCommand;

void declare_powerd(CLI::App& app, PowerdCommand& command);

}  // namespace eb
