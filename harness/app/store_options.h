#pragma once
// The command lines of `import`, `query` and `backup`, which have a store in common.
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace eb {

inline constexpr const char* kDefaultStore = "results/edgebench.db";

struct ImportCommand {
  std::vector<std::filesystem::path> runs{};
  std::string db = kDefaultStore;  // a file, or postgres://...
};
void declare_import(CLI::App& app, ImportCommand& command);
int import_command(const ImportCommand& command);

struct QueryCommand {
  std::string db = kDefaultStore;
  std::vector<std::string> where{};   // as given: "status=ok", or the words status, =, ok
  std::vector<std::string> fields{};  // empty: the usual ones
  std::string order_by = "id";
  bool is_descending = false;
  std::int64_t limit = 100;
  std::string format = "table";  // or json, csv
};
void declare_query(CLI::App& app, QueryCommand& command);
int query_command(const QueryCommand& command);

struct BackupCommand {
  std::string db = kDefaultStore;
  std::filesystem::path out{};
};
void declare_backup(CLI::App& app, BackupCommand& command);
int backup_command(const BackupCommand& command);

}  // namespace eb
