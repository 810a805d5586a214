#pragma once
// journal.jsonl: the context, then every record as soon as it is there. A run that is killed keeps its
// finished cells.
#include <filesystem>
#include <fstream>
#include <string>

#include "harness/base/result.h"
#include "harness/core/run.h"
#include "harness/stats/latency_log.h"

namespace eb {

class Journal {
 public:
  static Result<Journal> create(const std::filesystem::path& file, const nlohmann::ordered_json& context);
  // In the system's hands when it returns.
  Status append(const RunRecord& record);

 private:
  explicit Journal(std::filesystem::path file)
      : file_(std::move(file)), out_(file_, std::ios::binary | std::ios::trunc) {}
  Status write(const nlohmann::ordered_json& line);

  std::filesystem::path file_;
  std::ofstream out_;
};

// What a journal holds; a last line that was cut short is left out.
Result<Run> read_journal(const std::filesystem::path& file);

// The run of a folder or a run.json: from run.json, else from the folder's journal; with the layers.json that
// lies beside it, if that can be read.
Result<Run> read_run(const std::filesystem::path& path);

// One of a record's raw_files, which must be within the run's folder.
Result<LatencyLog> read_latencies(const std::filesystem::path& folder, const std::string& file);

}  // namespace eb
