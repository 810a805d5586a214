#include "harness/lab/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>

#include "harness/base/files.h"
#include "harness/base/json.h"
#include "harness/core/run.h"

namespace eb::lab {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr std::uint64_t kMostRunBytes = 256 << 20, kMostJobBytes = 64 << 10;
constexpr std::string_view kJobSchema = "edgebench.lab-job/1";

Json job_json(const Attempt& attempt) {
  return {{"schema", kJobSchema},
          {"job", attempt.job->id},
          {"attempt", attempt.number},
          {"board", attempt.board->id},
          {"arguments", attempt.planned->arguments}};
}

bool is_asked(const std::vector<std::string>& asked, const std::string& name) {
  return asked.empty() || std::find(asked.begin(), asked.end(), name) != asked.end();
}

// A workload is asked for by its id, by its group, or as one of all.
bool is_asked_workload(const std::vector<std::string>& asked, const std::string& id) {
  return is_asked(asked, id) || is_asked(asked, "all") || is_asked(asked, id.substr(0, id.find('/')));
}

Status check_record(const PlannedJob& planned, const RunRecord& record) {
  const auto stranger = [](std::string_view what, const std::string& name) {
    return Error{ErrorKind::invalid,
                 fmt::format("run.json has a record of {} {}, which was not asked for", what, name)};
  };
  if (!is_asked_workload(planned.workloads, record.workload)) return stranger("workload", record.workload);
  if (!is_asked(planned.backends, record.backend)) return stranger("backend", record.backend);
  if (!is_asked(planned.precisions, record.precision)) return stranger("precision", record.precision);
  return Done{};
}

Status check_job_file(const Attempt& attempt, const fs::path& folder) {
  EB_GET(const std::string text, read_file(folder / kJobFile, kMostJobBytes));
  if (parse_json(text) == job_json(attempt)) return Done{};
  return Error{ErrorKind::invalid, fmt::format("{} is not that of attempt {} of job {}", kJobFile,
                                               attempt.number, attempt.job->id)};
}

Result<Verified> verify_folder(const Attempt& attempt, const fs::path& folder) {
  EB_OK(check_job_file(attempt, folder));
  EB_GET(const std::string text, read_file(folder / "run.json", kMostRunBytes));
  EB_GET(const Run run, run_from_json(text, (folder / "run.json").string()));
  if (run.context.contains("interrupted") && run.context["interrupted"] == true)
    return Error{ErrorKind::invalid, "run.json says that the run was interrupted"};
  if (run.records.empty()) return Error{ErrorKind::invalid, "run.json has no records"};
  Verified verified{.run_sha256 = sha256_hex(text), .records = static_cast<std::int64_t>(run.records.size())};
  for (const RunRecord& record : run.records) {
    EB_OK(check_record(*attempt.planned, record));
    if (record.status == RunStatus::ok) ++verified.records_ok;
  }
  return verified;
}

}  // namespace

Status write_job_file(const Attempt& attempt, const fs::path& folder) {
  return write_file_atomic(folder / kJobFile, job_json(attempt).dump(1) + "\n");
}

Result<Verified> verify_run(const Attempt& attempt, const fs::path& runs_folder) {
  const fs::path kept = runs_folder / attempt.job->id;
  std::error_code code;
  // A driver may have been killed between the move and its word in the ledger.
  if (!fs::exists(attempt.folder, code) && fs::exists(kept, code)) return verify_folder(attempt, kept);
  EB_GET(Verified verified, verify_folder(attempt, attempt.folder));
  fs::create_directories(kept.parent_path(), code);
  fs::rename(attempt.folder, kept, code);
  if (code)
    return Error{ErrorKind::io, fmt::format("cannot move {} to {}: {}", attempt.folder.string(),
                                            kept.string(), code.message())};
  return verified;
}

}  // namespace eb::lab
