#pragma once
// The files beside run.json, as they may leave the machine.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"
#include "harness/core/run.h"

namespace eb {

// "raw/001_user.my-model_cpu_0_fp32_single-stream_2.lat" -> "raw/001_2.lat"; a name that is public stays.
// Nothing for what `run` does not write.
std::optional<std::string> public_file(std::string_view file);

// "user/my-model" -> "user/0123456789abcdef", the start of its model's SHA-256, by any record of `run` that
// has it; other workloads stay.
std::string public_workload(const std::string& workload, const Run& run);

// A file of readings with every text scrubbed: ids, notes, problems. Numbers stay as they are. An error for
// what is no such file.
Result<std::string> public_trace(std::string_view text, std::string_view name,
                                 const std::vector<std::string>& names);

// raw/launches.jsonl with public files and workloads.
Result<std::string> public_launches(std::string_view text, const Run& run);

}  // namespace eb
