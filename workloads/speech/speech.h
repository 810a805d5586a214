#pragma once
// Speech tasks. The world sees factories only.
#include <filesystem>
#include <memory>

#include "harness/base/result.h"
#include "harness/core/workload.h"
#include "workloads/manifest.h"

namespace eb {

// Says for each chunk of a stream of sound whether somebody speaks in it; judged by ROC AUC over all chunks.
// `folder` holds the sample list and the WAV files it names.
Result<std::unique_ptr<Workload>> make_voice_activity(const Manifest& manifest,
                                                      const std::filesystem::path& folder);

}  // namespace eb
