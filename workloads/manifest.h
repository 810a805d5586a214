#pragma once
// A manifest is one JSON file of workloads/zoo: everything about a workload that is data.
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"
#include "harness/core/workload.h"

namespace eb {

// A file of a workload's folder that is loaded from elsewhere.
struct Download {
  std::string url{};  // https, or http to this machine
  std::string file{}, sha256{};
};

struct Manifest {
  WorkloadInfo info;                // model paths are still relative to the workload's folder
  std::string data_file;            // relative too: "samples.json"
  nlohmann::json input;             // the task's own preparation constants
  bool is_fetched = false;          // by scripts/fetch zoo; else by the program, when it runs
  std::vector<Download> downloads;  // models, samples and other "files" with a "url"
};

// `name` is what messages call the manifest: its path.
Result<Manifest> parse_manifest(std::string_view text, std::string_view name);

// A file that a workload's folder must hold, pinned by a manifest or a sample list.
struct DataFile {
  std::string name{}, sha256{};
};
// Its bytes. `unavailable` names the file and the remedy when it is not there; another hash is refused.
Result<std::string> read_data_file(const std::filesystem::path& folder, const DataFile& file,
                                   std::uint64_t max_bytes);

// The workload's sample list: {"schema": "edgebench.samples/1", "samples": [{...}, ...]}, at most 64 MiB and
// `max_samples`. What a sample holds is the task's affair.
struct SampleList {
  nlohmann::json samples;  // an array of objects, not empty
  std::string sha256;      // of the file
};
Result<SampleList> read_samples(const std::filesystem::path& file, std::size_t max_samples = 1'000'000);

}  // namespace eb
