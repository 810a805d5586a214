#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>

#include "harness/app/completion.h"

namespace eb {
namespace {

// The scripts know no word of the command line: they hand over what is typed, and show the answer.
constexpr std::string_view kBash = R"(# Completion of edgebench in bash, by edgebench itself.
_edgebench() {
  local program=${COMP_WORDS[0]/#\~/$HOME} IFS=
  local -a answer
  mapfile -t answer < <("$program" complete bash "$COMP_WORDBREAKS" "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  COMPREPLY=("${answer[@]:1}")
  case ${answer[0]} in
    files) compopt -o default ;;
    folders) compopt -o dirnames ;;
  esac
}
complete -F _edgebench edgebench
)";

constexpr std::string_view kZsh = R"(#compdef edgebench
# Completion of edgebench in zsh, by edgebench itself.
_edgebench() {
  local line tab=$'\t'
  local -a answer candidates
  answer=("${(@f)$("${(Q)words[1]/#\~/$HOME}" complete zsh "${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
  for line in "${(@)answer[2,-1]}"; do
    [[ -n $line ]] && candidates+=("${${line%%$tab*}//:/\\:}:${line#*$tab}")
  done
  (( $#candidates )) && _describe edgebench candidates
  [[ ${answer[1]} == none ]] || compset -P '--*='
  case ${answer[1]} in
    files) _files ;;
    folders) _files -/ ;;
  esac
}
if [[ ${zsh_eval_context[-1]} == loadautofunc ]]; then
  _edgebench "$@"
else
  compdef _edgebench edgebench
fi
)";

constexpr std::string_view kFish = R"(# Completion of edgebench in fish, by edgebench itself.
function __edgebench_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l answer (command $words[1] complete fish $words[2..-1] "$current" 2>/dev/null)
    printf '%s\n' $answer[2..-1]
    switch $answer[1]
        case files
            __fish_complete_path "$current"
        case folders
            __fish_complete_directories "$current"
    end
end
complete -c edgebench -f -k -a '(__edgebench_complete)'
)";

struct Shell {
  std::string_view name{};
  std::string_view script{};
};
constexpr std::array<Shell, 3> kShells = {{{"bash", kBash}, {"zsh", kZsh}, {"fish", kFish}}};

constexpr std::size_t kLongestHelp = 60;  // of bytes: what stands beside a candidate in 80 columns

// One line; of what is too long the head, up to the end of a word.
std::string short_help(std::string help) {
  std::replace_if(
      help.begin(), help.end(), [](char c) { return c == '\n' || c == '\t'; }, ' ');
  if (help.size() <= kLongestHelp) return help;
  const std::size_t space = help.rfind(' ', kLongestHelp);
  help.resize(space == std::string::npos ? 0 : space);
  return help + " ...";
}

// bash cuts rapl:0 in three words, where `breaks` has a colon: put together again.
std::vector<std::string> joined(const std::vector<std::string>& words, const std::string& breaks) {
  const auto is_break = [&](const std::string& word) {
    return !word.empty() && word.find_first_not_of(breaks) == std::string::npos &&
           word.find_first_not_of("=:@") == std::string::npos;
  };
  std::vector<std::string> whole;
  bool glues = false;
  for (const std::string& word : words) {
    const bool is_glue = is_break(word);
    if ((is_glue || glues) && !whole.empty()) {
      whole.back() += word;
    } else {
      whole.push_back(word);
    }
    glues = is_glue;
  }
  return whole;
}

// How much of a word bash has behind it when it puts a candidate in.
std::size_t settled_bytes(const std::string& word, const std::string& breaks) {
  std::size_t settled = 0;
  for (const char c : std::string_view("=:@"))
    if (const std::size_t at = word.rfind(c); breaks.find(c) != std::string::npos && at != std::string::npos)
      settled = std::max(settled, at + 1);
  return settled;
}

}  // namespace

std::vector<std::string> shell_names() {
  std::vector<std::string> names;
  names.reserve(kShells.size());
  for (const Shell& shell : kShells) names.emplace_back(shell.name);
  return names;
}

Result<std::string> completion_script(std::string_view shell) {
  for (const Shell& row : kShells)
    if (row.name == shell) return std::string(row.script);
  return Error{ErrorKind::invalid, "there is no completion for shell '" + std::string(shell) + "'"};
}

std::string shell_answer(const CLI::App& app, const ShellQuestion& question, const ValueSource& values) {
  const bool is_bash = question.shell == "bash";
  const auto words = is_bash ? joined(question.words, question.breaks) : question.words;
  const Completion done = complete(app, words, values);
  constexpr std::array<const char*, 3> kPathNames = {"none", "files", "folders"};
  std::string answer = kPathNames[static_cast<std::size_t>(done.paths)];
  answer += '\n';
  const std::size_t settled = is_bash && !words.empty() ? settled_bytes(words.back(), question.breaks) : 0;
  for (const Candidate& candidate : done.candidates) {
    answer += candidate.text.substr(std::min(settled, candidate.text.size()));
    if (!is_bash) answer += '\t' + short_help(candidate.help);
    answer += '\n';
  }
  return answer;
}

}  // namespace eb
