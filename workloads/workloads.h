#pragma once
// The zoo: which workloads there are, and how one is made from its manifest.
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "harness/base/result.h"
#include "harness/core/workload.h"
#include "workloads/manifest.h"

namespace eb {

// The manifests in this program, or those in a folder of the user's; by id.
Result<std::map<std::string, Manifest>> load_zoo(const std::filesystem::path& folder);

// Opens the workload's data below `models`/<id>. `unavailable` names what is not there and how to get it.
Result<std::unique_ptr<Workload>> make_workload(const Manifest& manifest,
                                                const std::filesystem::path& models);

// A user's model under the id that was chosen for it: inputs by seed, no claim of quality.
std::unique_ptr<Workload> make_user_workload(const std::filesystem::path& model, const std::string& id);
WorkloadInfo user_workload_info(const std::filesystem::path& model, const std::string& id);

}  // namespace eb
