#pragma once
// Workloads that need no file: model, inputs and the answers to judge by are in the program. The world sees
// the factory only.
#include <cstddef>
#include <filesystem>
#include <memory>

#include "harness/base/result.h"
#include "harness/core/workload.h"
#include "workloads/manifest.h"

namespace eb {

// Writes the model into `folder` where it is not there; the manifest's constants name one of
// builtin_networks(). Judged by agreement with answers that were computed in double precision.
Result<std::unique_ptr<Workload>> make_builtin(const Manifest& manifest, const std::filesystem::path& folder);

constexpr std::size_t kBuiltinSamples = 8;

}  // namespace eb
