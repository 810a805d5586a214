#include <fmt/format.h>

#include "harness/app/commands.h"
#include "harness/app/output.h"
#include "harness/base/files.h"
#include "harness/base/process.h"
#include "harness/run/journal.h"
#include "reporters/reporters.h"

namespace eb {
namespace {

// Several runs become one: the context of the first, the records of all.
Result<Run> read_runs(const std::vector<std::filesystem::path>& paths) {
  Run all;
  for (const auto& path : paths) {
    EB_GET(Run run, read_run(path));
    if (all.records.empty()) all.context = run.context;
    all.records.insert(all.records.end(), run.records.begin(), run.records.end());
    all.layers.insert(all.layers.end(), run.layers.begin(), run.layers.end());
  }
  return all;
}

}  // namespace

int report_command(const ReportCommand& command) {
  const auto run = read_runs(command.runs);
  if (!run) return complain(run.error().message, exit_usage);
  if (command.formats.empty()) {
    const int columns = terminal_width();
    const std::string matrix = render_matrix(run->records, columns, columns > 0);
    fmt::print("{}{}{}{}", render_table(run->records, columns, columns > 0), matrix.empty() ? "" : "\n",
               matrix, render_reasons(run->records, columns, columns > 0));
    return exit_ok;
  }
  std::error_code code;
  auto folder = command.out_folder;
  if (folder.empty())
    folder = std::filesystem::is_directory(command.runs[0], code) ? command.runs[0]
                                                                  : command.runs[0].parent_path();
  if (auto writable = make_writable_folder(folder.empty() ? "." : folder); !writable)
    return complain(writable.error().within("--out").message, exit_usage);
  int failures = 0;
  for (const auto& file : write_reports(*run, command.formats, folder, failures))
    fmt::print("{}\n", file.string());
  return failures > 0 ? exit_usage : exit_ok;
}

}  // namespace eb
