#pragma once
// The list of a bundle's files, which is what is signed.
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"

namespace eb {

inline constexpr std::string_view kBundleSchema = "edgebench.bundle/1";
inline constexpr const char* kManifestName = "manifest.json";
inline constexpr const char* kSignatureName = "signature";
inline constexpr const char* kRunName = "run.json";

struct ManifestFile {
  std::string path{};
  std::uint64_t bytes = 0;
  std::string sha256{};
};

struct BundleManifest {
  std::string created_at{}, key_id{}, root{};
  std::vector<ManifestFile> files{};  // in order of their paths
};

// "2026-11-30T05:41:16Z"
bool is_utc_time(std::string_view text);

// Of files by path; `created_at` must be is_utc_time.
BundleManifest make_manifest(const std::map<std::string, std::string>& files, std::string_view created_at,
                             std::string_view key_id);
std::string to_text(const BundleManifest& manifest);  // canonical JSON

// Refuses what to_text does not write: other keys or order, a root that is not that of the files.
Result<BundleManifest> manifest_from_text(std::string_view text);

}  // namespace eb
