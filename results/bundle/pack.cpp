// From the folder of a run to an archive.
#include <fmt/format.h>

#include "harness/base/files.h"
#include "harness/base/identity.h"
#include "harness/base/json.h"
#include "harness/core/launch.h"
#include "harness/stats/latency_log.h"
#include "results/bundle/archive.h"
#include "results/bundle/bundle.h"
#include "results/bundle/manifest.h"
#include "results/bundle/public_raw.h"
#include "results/bundle/public_run.h"

namespace eb {
namespace {

namespace fs = std::filesystem;
using Files = std::map<std::string, std::string>;

Error unusable(const std::string& file, std::string_view why) {
  return {ErrorKind::invalid, fmt::format("{} {}", file, why)};
}

class Packer {
 public:
  explicit Packer(fs::path folder) : folder_(std::move(folder)), names_(private_names()) {}

  Result<Files> files() {
    EB_GET(const std::string text, read(kRunName, limits_.most_run_bytes));
    EB_GET(const Run run, run_from_json(text, (folder_ / kRunName).string()));
    if (run.records.empty()) return unusable((folder_ / kRunName).string(), "holds no record");
    for (const RunRecord& record : run.records)
      for (const auto* list : {&record.raw_files, &record.power_files})
        for (const std::string& file : *list) EB_OK(add(file));
    EB_OK(add_launches(run));
    files_[kRunName] = canonical_json(to_json(public_run(run, names_)));
    return std::move(files_);
  }

 private:
  Result<std::string> read(const std::string& file, std::uint64_t most_bytes) const {
    EB_GET(const fs::path path, path_within(folder_, file));
    return read_file(path, most_bytes);
  }

  Status add(const std::string& file) {
    const auto name = public_file(file);
    if (!name) return unusable(file, "is not named as edgebench run names its raw files");
    if (files_.contains(*name)) return Done{};  // scenarios of one process share their meters' files
    EB_GET(std::string bytes, read(file, limits_.most_unpacked_bytes - unpacked_bytes_));
    if (file.ends_with(".lat")) {
      if (auto log = LatencyLog::from_bytes(bytes, file); !log) return log.error();
    } else {
      EB_GET(bytes, public_trace(bytes, file, names_));
    }
    return keep(*name, std::move(bytes));
  }

  // Runs of older versions have none.
  Status add_launches(const Run& run) {
    const std::string file(kLaunchesFile);
    std::error_code code;
    if (!fs::exists(folder_ / file, code)) return Done{};
    EB_GET(const std::string text, read(file, limits_.most_unpacked_bytes - unpacked_bytes_));
    EB_GET(std::string bytes, public_launches(text, run));
    return keep(file, std::move(bytes));
  }

  Status keep(const std::string& name, std::string bytes) {
    unpacked_bytes_ += bytes.size();
    if (unpacked_bytes_ > limits_.most_unpacked_bytes)
      return unusable(folder_.string(),
                      "has more raw data than a bundle may hold; pack fewer cells or launches");
    files_.emplace(name, std::move(bytes));
    return Done{};
  }

  const BundleLimits limits_{};
  fs::path folder_;
  std::vector<std::string> names_;
  Files files_{};
  std::uint64_t unpacked_bytes_ = 0;
};

}  // namespace

Result<std::string> pack_bundle(const fs::path& run_folder, const SigningKey& key,
                                std::string_view created_at) {
  if (!is_utc_time(created_at))
    return Error{ErrorKind::invalid, fmt::format("'{}' is no time like 2026-11-30T12:00:00Z", created_at)};
  EB_GET(const Files files, Packer(run_folder).files());
  const std::string manifest = to_text(make_manifest(files, created_at, key.id()));
  const std::string signature = key.sign(manifest);
  std::vector<std::pair<std::string, std::string_view>> entries = {{kManifestName, manifest},
                                                                   {kSignatureName, signature}};
  entries.emplace_back(kRunName, files.at(kRunName));
  for (const auto& [name, bytes] : files)
    if (name != kRunName) entries.emplace_back(name, bytes);
  EB_GET(std::string archive, write_archive(entries));
  const BundleLimits limits;
  if (archive.size() > limits.most_bytes || entries.size() > limits.most_files)
    return unusable(run_folder.string(),
                    "makes a bundle that is larger than is taken; pack fewer cells or launches");
  return archive;
}

}  // namespace eb
