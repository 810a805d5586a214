#pragma once
// The zoo: which workloads there are, and how one is made from its manifest.
#include <cstdint>
#include <filesystem>
#include <functional>
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

struct DownloadEvents {
  // Some times a second; 0 of all where the server does not say how many.
  std::function<void(std::uint64_t done_bytes, std::uint64_t all_bytes)> progress{};
  std::function<bool()> is_stopped{};  // asked often; true ends the load
};
// Loads the files that the manifest names by URL and that are not below `models`/<id> yet.
Status load_named_files(const Manifest& manifest, const std::filesystem::path& models,
                        const DownloadEvents& events);

// A user's model under the id that was chosen for it: inputs by seed, no claim of quality.
std::unique_ptr<Workload> make_user_workload(const std::filesystem::path& model, const std::string& id);
WorkloadInfo user_workload_info(const std::filesystem::path& model, const std::string& id);

}  // namespace eb
