#include "harness/app/upload_options.h"

#include <CLI/CLI.hpp>

namespace eb {
namespace {

constexpr const char* kNotes = R"(
Nothing is ever sent unless you ask for it here. A run is packed first, into RUN/bundle.ebz: measured numbers, raw
latencies and power, versions of hardware and software; no host or user names, serials, paths or addresses. --dry-run
prints all of it, and sends nothing. Then the bundle is checked as the server checks it; one that is refused is not sent.

The token is read from --token-file, which nobody else may be able to read, or from the variable EDGEBENCH_TOKEN. It
goes to the host of --to only: no redirect is followed.

What cannot be sent now stays in a queue and is sent by --resume; sending twice makes no second result. RUN/upload.json
is the receipt: the address of the result, and the token with which --delete takes it back. Keep it.

Examples:
  edgebench upload results/runs/today --to https://board.example --dry-run | less
  edgebench upload results/runs/today --to https://board.example --token-file ~/.edgebench-token
  edgebench upload --resume --token-file ~/.edgebench-token
  edgebench upload --resume --dry-run                        what waits, and why
  edgebench upload --delete results/runs/today/upload.json

Exit code: 0 all sent or deleted, 1 something was not, 2 bad usage, 130 interrupted.)";

}  // namespace

void declare_upload(CLI::App& app, UploadCommand& command) {
  app.add_option("runs", command.runs, "Folders of runs, or bundles that edgebench pack made")
      ->type_name("RUN...");
  app.add_option(
         "--to", command.target,
         "Address of the leaderboard: https, or http on this machine. With --resume: only what goes there")
      ->type_name("URL");
  app.add_flag("--dry-run", command.is_dry,
               "Print everything that would be sent, and send nothing; needs no token");
  app.add_flag("--resume", command.resumes, "Send what is left of earlier uploads");
  app.add_option("--delete", command.receipt_to_delete, "Take an upload back, by its receipt")
      ->type_name("RECEIPT");
  app.add_option("--token-file", command.token_file,
                 "File with the server's token, mode 600  [EDGEBENCH_TOKEN]")
      ->type_name("FILE");
  app.add_option(
         "--retries", command.retries,
         "How often to try again what may pass (no connection, HTTP 408, 425, 429, 5xx), after pauses that "
         "grow to a minute or are as long as the server asks  [5]")
      ->check(CLI::Range(0, 100))
      ->type_name("N");
  app.add_option("--stall", command.stall_limit_s,
                 "Seconds of silence after which a connection is given up  [30]")
      ->check(CLI::Range(1, 3600))
      ->type_name("S");
  app.add_option("--ca", command.ca_file,
                 "PEM file of the authority that signed the server's certificate; only it is trusted then")
      ->check(CLI::ExistingFile)
      ->type_name("FILE");
  app.add_flag("--insecure-http", command.allows_plain_http,
               "Allow http to another machine: everyone on the way reads the token");
  app.add_option("--key", command.key_file,
                 "Your key for signing, made on first use  [in your folder of settings]")
      ->type_name("FILE");
  app.add_option("--queue", command.queue_folder,
                 "Folder of uploads that are not done  [in your folder of states]")
      ->type_name("DIR");
  app.footer(kNotes);
}

}  // namespace eb
