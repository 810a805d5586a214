#pragma once
// Whether what came from a board is the run that was asked for; and where verified runs are kept.
#include <filesystem>
#include <string_view>

#include "harness/lab/scheduler.h"

namespace eb::lab {

// Lies beside run.json and says what the run was for. The engine writes it before the start.
inline constexpr std::string_view kJobFile = "lab-job.json";
Status write_job_file(const Attempt& attempt, const std::filesystem::path& folder);

// Checks the fetched run of an attempt: run.json is one of ours, job and attempt are those of lab-job.json,
// and what was measured was asked for. Then moves its folder to RUNS/JOB/BOARD/REPEAT, which has verified
// runs only and at most one a job. Doing it again after it was cut short comes to the same.
Result<Verified> verify_run(const Attempt& attempt, const std::filesystem::path& runs_folder);

}  // namespace eb::lab
