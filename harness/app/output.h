#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "harness/base/result.h"
#include "harness/core/run.h"

namespace eb {

// Renders and writes each format into the folder; goes on after a failure. Returns what was written; what
// could not be is said on standard error and counted in `failures`.
std::vector<std::filesystem::path> write_reports(const Run& run, const std::vector<std::string>& formats,
                                                 const std::filesystem::path& folder, int& failures);

}  // namespace eb
