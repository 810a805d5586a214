#include "harness/app/serve_options.h"

#include <CLI/CLI.hpp>

namespace eb {
namespace {

constexpr const char* kServeHelp = R"(
Serves the leaderboard: pages for people, /api/v1 for programs. Reading is for everybody; uploading needs a token
(edgebench token add). Put a reverse proxy with TLS in front of it when others are to reach it, and name it with
--proxy: results/server/nginx.conf is an example. Ctrl-C or SIGTERM lets what is under way finish.

Examples:
  edgebench serve --db results/edgebench.db
  edgebench serve --db board.db --listen 127.0.0.1:8080 --proxy 127.0.0.1 --public-url https://board.example.org
  edgebench serve --db postgres://board@db.example.org/board --listen 0.0.0.0:8080)";

constexpr const char* kTokenHelp = R"(
Examples:
  edgebench token add lab-3 --db board.db                  may upload
  edgebench token add me --scopes upload,admin --db board.db
  edgebench token list --db board.db
  edgebench token remove lab-3 --db board.db

A token is shown once, when it is made; the database has its hash only.)";

void add_db(CLI::App& app, std::string& db) {
  app.add_option("--db", db,
                 "The store: a file, made where it is not there, or postgres://USER@HOST/DATABASE")
      ->required()
      ->type_name("FILE|URL");
}

}  // namespace

void declare_serve(CLI::App& app, ServeCommand& command) {
  add_db(app, command.db);
  app.add_option("--listen", command.listen,
                 "Numeric address and port; port 0 is any that is free  [127.0.0.1:8080]")
      ->type_name("ADDRESS:PORT");
  app.add_option("--public-url", command.public_url,
                 "What receipts call this site  [http:// and where it listens]")
      ->type_name("URL");
  app.add_option(
         "--proxy", command.proxies,
         "Address of a reverse proxy of yours, whose X-Forwarded-For says who asks; repeatable  [none]")
      ->type_name("ADDRESS");
  app.add_option("--log", command.log, "A line for each request goes to FILE  [standard output]")
      ->type_name("FILE");
  app.add_option("--reads", command.reads_a_second, "Requests a second from one address; 0 is no limit  [50]")
      ->check(CLI::Range(0.0, 1e6))
      ->type_name("N");
  app.add_option("--uploads", command.uploads_a_minute,
                 "Uploads a minute with one token and from one address; 0 is no limit  [120]")
      ->check(CLI::Range(0.0, 1e6))
      ->type_name("N");
  app.add_option("--max-bundle", command.most_bundle_mb, "The largest bundle in MB  [64]")
      ->check(CLI::Range(1, 1024))
      ->type_name("MB");
  app.footer(kServeHelp);
}

void declare_token(CLI::App& app, TokenCommand& command) {
  app.require_subcommand(1);
  auto* add = app.add_subcommand("add", "Make a token, and show it once");
  auto* list = app.add_subcommand("list", "Names, scopes and dates; the tokens themselves are not kept");
  auto* remove = app.add_subcommand("remove", "Remove all tokens of a name");
  for (auto* action : {add, list, remove}) {
    add_db(*action, command.db);
    action->callback([&command, action] { command.action = action->get_name(); });
  }
  for (auto* action : {add, remove})
    action->add_option("name", command.name, "Who it is for")->required()->type_name("NAME");
  add->add_option("--scopes", command.scopes, "upload, admin or upload,admin  [upload]")
      ->type_name("upload|admin,...");
  app.footer(kTokenHelp);
}

}  // namespace eb
