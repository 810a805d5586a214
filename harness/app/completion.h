#pragma once
// What can come next on a command line that is being typed.
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"

namespace CLI {
class App;
}

namespace eb {

struct Candidate {
  std::string text{};  // the whole word
  std::string help{};
};

// What the shell itself is to offer beside the candidates.
enum class ShellPaths { none, files, folders };

struct Completion {
  ShellPaths paths = ShellPaths::none;
  std::vector<Candidate> candidates{};
};

// The values of a kind, by the word that the help has for it: WORKLOAD, BACKEND. Empty: none can be named.
using ValueSource = std::function<std::vector<Candidate>(std::string_view kind)>;

// `words`: what follows the program's name, up to and with the word at the cursor, which may be empty.
Completion complete(const CLI::App& app, std::span<const std::string> words, const ValueSource& values);

// The shells by name, and the script that each reads at its start. `invalid` if there is no such shell.
std::vector<std::string> shell_names();
Result<std::string> completion_script(std::string_view shell);

// What the scripts ask the program, and its answer: the paths' name, then a candidate a line; zsh and fish
// get its help after a tab. `words` are as the shell has them; `breaks`, of bash only, where it cuts them
// ($COMP_WORDBREAKS).
struct ShellQuestion {
  std::string shell{};
  std::string breaks{};
  std::vector<std::string> words{};
};
std::string shell_answer(const CLI::App& app, const ShellQuestion& question, const ValueSource& values);

}  // namespace eb
