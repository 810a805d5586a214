#pragma once
#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace eb {

// Runs to a leaderboard, what is left of earlier uploads, or one taken back.
struct UploadCommand {
  std::vector<std::filesystem::path> runs{};  // folders of runs, or bundles
  std::string target{};                       // as given
  bool is_dry = false;
  bool resumes = false;
  std::filesystem::path receipt_to_delete{};  // empty: none
  std::filesystem::path token_file{};         // empty: EDGEBENCH_TOKEN
  std::filesystem::path queue_folder{};       // empty: in the user's folder of states
  std::filesystem::path key_file{};           // empty: in the user's folder of settings
  std::filesystem::path ca_file{};            // empty: what the system trusts
  bool allows_plain_http = false;
  int retries = 5;
  int stall_limit_s = 30;
};

void declare_upload(CLI::App& app, UploadCommand& command);
int upload_command(const UploadCommand& command);

}  // namespace eb
