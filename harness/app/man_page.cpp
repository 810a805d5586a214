#include "harness/app/man_page.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "harness/app/command_line.h"

namespace eb {
namespace {

// Text as roff prints it: nothing in it is a request or an escape, and a hyphen can be copied into a shell.
std::string escaped(std::string_view text) {
  std::string out;
  bool is_line_start = true;
  for (const char c : text) {
    if (is_line_start && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
    is_line_start = c == '\n';
  }
  return out;
}

std::string bold(std::string_view text) {
  return fmt::format("\\fB{}\\fR", escaped(text));
}

std::string italic(std::string_view text) {
  return fmt::format("\\fI{}\\fR", escaped(text));
}

std::string paragraph(std::string_view text) {
  return text.empty() ? "" : fmt::format(".PP\n{}\n", escaped(text));
}

// A footer: its lines are laid out already. No blank line at either end, where roff warns of one.
std::string verbatim(std::string_view text) {
  const std::size_t first = text.find_first_not_of('\n');
  if (first == std::string_view::npos) return "";
  text = text.substr(first, text.find_last_not_of('\n') + 1 - first);
  return fmt::format(".PP\n.nf\n{}\n.fi\n", escaped(text));
}

std::string place_name(const CLI::Option& option) {
  const std::string kind = value_kind(option);
  return kind.empty() || kind == "TEXT" ? option.get_name(true) : kind;
}

std::string entry(const CLI::Option& option) {
  std::vector<std::string> names;
  for (const std::string& name : option_names(option)) names.push_back(bold(name));
  std::string head = names.empty() ? italic(place_name(option)) : fmt::format("{}", fmt::join(names, ", "));
  const std::string kind = value_kind(option);
  if (!names.empty() && !kind.empty()) head += " " + italic(kind);
  return fmt::format(".TP\n{}\n{}{}\n", head, escaped(option.get_description()),
                     option.get_required() ? "; required" : "");
}

std::string synopsis(const CLI::App& command, const std::string& name) {
  std::string line = bold(name);
  if (!named_options(command).empty()) line += " [" + italic("OPTION") + "...]";
  for (const CLI::Option* option : placed_options(command)) {
    const std::string place = italic(place_name(*option));
    line += option->get_required() ? " " + place : " [" + place + "]";
  }
  if (!shown_commands(command).empty()) line += " " + italic("COMMAND");
  return line + "\n";
}

void add_command(std::string& page, const CLI::App& command, const std::string& parents) {
  const std::string name = parents + " " + command.get_name();
  page += fmt::format(".SS {}\n{}", escaped(name), synopsis(command, name));
  page += paragraph(command.get_description());
  for (const CLI::Option* option : placed_options(command)) page += entry(*option);
  for (const CLI::Option* option : named_options(command)) page += entry(*option);
  const std::string footer = command.get_footer();
  if (footer != command.get_parent()->get_footer())
    page += verbatim(footer);  // a part may have its command's
  for (const CLI::App* part : shown_commands(command)) add_command(page, *part, name);
}

// What stands after the program's name in its own description, for whatis and apropos.
std::string short_description(const CLI::App& app) {
  std::string text = app.get_description();
  if (text.starts_with(app.get_name() + " ")) text.erase(0, app.get_name().size() + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return text;
}

}  // namespace

std::string man_page(const CLI::App& app, const ManTitle& title) {
  const std::string& name = app.get_name();
  std::string page = fmt::format(".TH {} 1 \"{}\" \"{} {}\" \"User Commands\"\n", escaped(upper(name)),
                                 title.date, escaped(name), title.version);
  page += fmt::format(".SH NAME\n{} \\- {}\n", escaped(name), escaped(short_description(app)));
  page += ".SH SYNOPSIS\n" + synopsis(app, name);
  page += ".SH OPTIONS\n";
  for (const CLI::Option* option : named_options(app)) page += entry(*option);
  page += verbatim(app.get_footer());
  page += ".SH COMMANDS\n";
  for (const CLI::App* command : shown_commands(app)) add_command(page, *command, name);
  return page;
}

}  // namespace eb
