#include "harness/app/result_commands.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>

#include "harness/app/catalog.h"

namespace eb {
namespace {

void declare_report(CLI::App& app, ReportCommand& command) {
  app.add_option("runs", command.runs, "Folders of runs, or run.json files")->required()->type_name("RUN...");
  app.add_option("--format", command.formats,
                 fmt::format("Of: {}  [a table on the console]", fmt::join(format_names(), ", ")))
      ->delimiter(',')
      ->type_name("FORMAT,...");
  app.add_option("--out", command.out_folder, "Where to write them  [the folder of the run]")
      ->type_name("DIR");
}

}  // namespace

void declare_results(CLI::App& app, ResultCommands& c) {
  declare_report(*app.add_subcommand("report", "Write reports of saved runs; of killed ones too"), c.report);
  declare_compare(*app.add_subcommand("compare", "Runs side by side: which is faster, are we sure, and why"),
                  c.compare);
  declare_score(*app.add_subcommand("score", "A run against the reference run, which has 1000"), c.score);
  declare_bundles(app, c.bundles);
  declare_import(*app.add_subcommand("import", "Put saved runs into a store"), c.import);
  declare_query(*app.add_subcommand("query", "Find records in a store"), c.query);
  declare_backup(*app.add_subcommand("backup", "Copy a store while it is in use"), c.backup);
  declare_serve(*app.add_subcommand("serve", "The leaderboard: a server of results"), c.serve);
  declare_token(*app.add_subcommand("token", "Who may upload to a leaderboard"), c.token);
  declare_upload(*app.add_subcommand("upload", "Send a run to a leaderboard, or take it back"), c.upload);
}

std::optional<int> do_result_command(const std::string& name, ResultCommands& c) {
  if (name == "report") return report_command(c.report);
  if (name == "compare") return compare_command(c.compare);
  if (name == "score") return score_command(c.score);
  if (const auto code = bundle_command(name, c.bundles)) return code;
  if (name == "import") return import_command(c.import);
  if (name == "query") return query_command(c.query);
  if (name == "backup") return backup_command(c.backup);
  if (name == "serve") return serve_command(c.serve);
  if (name == "token") return token_command(c.token);
  if (name == "upload") return upload_command(c.upload);
  return std::nullopt;
}

}  // namespace eb
