#include "harness/app/completion.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <set>

#include "harness/app/command_line.h"

namespace eb {
namespace {

constexpr std::string_view kMore = "...";

bool is_option(std::string_view word) {
  return word.size() > 1 && word.front() == '-';
}

// The option of `--name` or `--name=value`; null: there is none.
const CLI::Option* find_option(const CLI::App& app, std::string_view word) {
  const std::string_view name = word.substr(0, word.find('='));
  for (const CLI::Option* option : named_options(app)) {
    const auto names = option_names(*option);
    if (std::find(names.begin(), names.end(), name) != names.end()) return option;
  }
  return nullptr;
}

const CLI::App* find_command(const CLI::App& app, std::string_view name) {
  for (const CLI::App* command : shown_commands(app))
    if (command->get_name() == name) return command;
  return nullptr;
}

// What the words before the one at the cursor have settled.
struct Place {
  const CLI::App* app = nullptr;
  const CLI::Option* pending = nullptr;  // takes the next word as a value
  bool may_end = false;                  // `pending` has a value already, and takes more
  std::size_t places = 0;                // words without an option so far
};

void step(Place& place, const std::string& word) {
  if (is_option(word)) {
    const CLI::Option* option = find_option(*place.app, word);
    const bool has_value = word.find('=') != std::string::npos;
    place.pending = option && !has_value && option->get_items_expected_max() > 0 ? option : nullptr;
    place.may_end = false;
  } else if (place.pending) {
    place.may_end = place.pending->get_items_expected_max() > 1;
    if (!place.may_end) place.pending = nullptr;
  } else if (const CLI::App* command = find_command(*place.app, word)) {
    place = Place{.app = command};
  } else {
    ++place.places;
  }
}

void add(Completion& done, std::string_view word, Candidate candidate) {
  if (candidate.text.starts_with(word)) done.candidates.push_back(std::move(candidate));
}

// "a|b|c" in three.
std::vector<Candidate> alternatives(std::string_view kind) {
  std::vector<Candidate> values;
  while (!kind.empty()) {
    const std::size_t end = std::min(kind.find('|'), kind.size());
    values.push_back({std::string(kind.substr(0, end)), ""});
    kind.remove_prefix(std::min(end + 1, kind.size()));
  }
  return values;
}

ShellPaths paths_of(std::string_view kind) {
  if (kind == "DIR" || kind == "RUN") return ShellPaths::folders;
  return kind == "FILE" || kind == "BUNDLE" || kind == "MODEL.onnx" ? ShellPaths::files : ShellPaths::none;
}

// `kept`: what stands in the word before the value.
void add_values(Completion& done, const CLI::Option& option, std::string kept, std::string value,
                const ValueSource& source) {
  std::string kind = value_kind(option);
  if (kind.ends_with(kMore)) kind.resize(kind.size() - kMore.size());
  std::set<std::string> used;
  if (kind.ends_with(',')) {
    kind.pop_back();
    for (std::size_t comma = value.find(','); comma != std::string::npos; comma = value.find(',')) {
      used.insert(value.substr(0, comma));
      kept += value.substr(0, comma + 1);
      value.erase(0, comma + 1);
    }
  }
  // WORKLOAD@BACKEND: one of each.
  if (const std::size_t at = kind.find('@'); at != std::string::npos) {
    const std::size_t half = value.find('@');
    kind = half == std::string::npos ? kind.substr(0, at) : kind.substr(at + 1);
    if (half != std::string::npos) {
      kept += value.substr(0, half + 1);
      value.erase(0, half + 1);
    }
  }
  done.paths = paths_of(kind);
  for (Candidate& candidate : kind.find('|') == std::string::npos ? source(kind) : alternatives(kind)) {
    if (used.contains(candidate.text)) continue;
    candidate.text.insert(0, kept);
    add(done, kept + value, std::move(candidate));
  }
}

void add_options(Completion& done, const CLI::App& app, std::string_view word) {
  for (const CLI::Option* option : named_options(app))
    for (std::string& name : option_names(*option))
      add(done, word, {std::move(name), option->get_description()});
}

void add_places(Completion& done, const Place& place, const std::string& word, const ValueSource& source) {
  for (const CLI::App* command : shown_commands(*place.app))
    add(done, word, {command->get_name(), command->get_description()});
  const auto options = placed_options(*place.app);
  if (options.empty()) return;
  const CLI::Option& option = *options[std::min(place.places, options.size() - 1)];
  if (place.places < options.size() || option.get_items_expected_max() > 1)
    add_values(done, option, "", word, source);
}

}  // namespace

Completion complete(const CLI::App& app, std::span<const std::string> words, const ValueSource& values) {
  Completion done;
  if (words.empty()) return done;
  Place place{.app = &app};
  for (const std::string& word : words.first(words.size() - 1)) step(place, word);
  const std::string& word = words.back();
  const std::size_t equals = word.find('=');
  if (is_option(word) && equals != std::string::npos) {
    const CLI::Option* option = find_option(*place.app, word);
    if (option) add_values(done, *option, word.substr(0, equals + 1), word.substr(equals + 1), values);
  } else if (word.starts_with('-')) {
    add_options(done, *place.app, word);
  } else if (place.pending) {
    add_values(done, *place.pending, "", word, values);
    if (place.may_end && word.empty()) add_options(done, *place.app, word);
  } else {
    add_places(done, place, word, values);
    if (word.empty() && done.candidates.empty() && done.paths == ShellPaths::none)
      add_options(done, *place.app, word);
  }
  return done;
}

}  // namespace eb
