#pragma once
// The command line of `lab`.
#include <filesystem>
#include <string>

namespace CLI {
class App;
}

namespace eb {

inline constexpr const char* kLabJobArgument =
    "lab-job";  // the hidden command: what follows, ended with its parent

struct LabCommand {
  std::filesystem::path inventory{}, plan{}, out{};
  std::string engine = "local";
  bool retries_failed = false;
};
void declare_lab(CLI::App& app, LabCommand& command);
int lab_command(const LabCommand& command);

}  // namespace eb
