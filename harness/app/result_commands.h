#pragma once
// The commands that work on results rather than on devices.
#include <optional>
#include <string>

#include "harness/app/bundle_options.h"
#include "harness/app/commands.h"
#include "harness/app/compare_options.h"
#include "harness/app/serve_options.h"
#include "harness/app/store_options.h"
#include "harness/app/upload_options.h"

namespace CLI {
class App;
}

namespace eb {

struct ResultCommands {
  ReportCommand report{};
  CompareCommand compare{};
  ScoreCommand score{};
  BundleCommands bundles{};
  ImportCommand import{};
  QueryCommand query{};
  BackupCommand backup{};
  ServeCommand serve{};
  TokenCommand token{};
  UploadCommand upload{};
};

void declare_results(CLI::App& app, ResultCommands& commands);

// The exit code; absent if `name` is none of them.
std::optional<int> do_result_command(const std::string& name, ResultCommands& commands);

}  // namespace eb
