// From an archive to what it holds.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "harness/base/files.h"
#include "harness/base/json.h"
#include "harness/core/launch.h"
#include "results/bundle/archive.h"
#include "results/bundle/bundle.h"
#include "results/bundle/manifest.h"
#include "results/bundle/signature.h"

namespace eb {
namespace {

constexpr std::uint64_t kMostManifestBytes = 2 << 20, kSignatureBytes = 128;
constexpr std::uint64_t kMostLaunchesBytes = 16 << 20;
constexpr std::size_t kMostRecords = 10'000;

Error refuse(const std::string& why) {
  return {ErrorKind::invalid, why};
}

bool has(const Archive& archive, std::string_view name) {
  const auto& entries = archive.entries();
  return std::any_of(entries.begin(), entries.end(),
                     [&](const ArchiveEntry& entry) { return entry.name == name; });
}

// Nothing but what the manifest lists, and no more of it than is allowed: by what the manifest promises,
// which each file is held to while it is unpacked.
Status check_list(const Archive& archive, const BundleManifest& manifest, const BundleLimits& limits) {
  std::set<std::string_view> unlisted;
  for (const ArchiveEntry& entry : archive.entries()) unlisted.insert(entry.name);
  for (const char* own : {kManifestName, kSignatureName}) unlisted.erase(own);
  std::uint64_t unpacked_bytes = 0;
  for (const ManifestFile& file : manifest.files) {
    if (unlisted.erase(file.path) == 0)
      return refuse(fmt::format("{} is in its manifest but not in it", file.path));
    std::uint64_t most = limits.most_unpacked_bytes;
    if (file.path == kRunName) most = limits.most_run_bytes;
    if (file.path == kLaunchesFile) most = kMostLaunchesBytes;
    if (file.bytes > most || unpacked_bytes + file.bytes > limits.most_unpacked_bytes)
      return refuse(fmt::format("{} is larger than is taken", file.path));
    unpacked_bytes += file.bytes;
  }
  if (!unlisted.empty()) return refuse(fmt::format("{} is in it but not in its manifest", *unlisted.begin()));
  return Done{};
}

Result<std::string> read_listed(const Archive& archive, const ManifestFile& file) {
  EB_GET(std::string bytes, archive.read(file.path, file.bytes));
  if (bytes.size() != file.bytes)
    return refuse(fmt::format("{} has {} bytes, its manifest says {}", file.path, bytes.size(), file.bytes));
  if (sha256_hex(bytes) != file.sha256)
    return refuse(fmt::format("{} is not the file that its manifest names: its SHA-256 differs", file.path));
  return bytes;
}

Result<Run> read_run(const std::string& text) {
  EB_GET(Run run, run_from_json(text, kRunName));
  if (run.records.size() > kMostRecords)
    return refuse(fmt::format("it has {} records; at most {} are taken", run.records.size(), kMostRecords));
  if (canonical_json(to_json(run)) != text)
    return refuse(
        fmt::format("{} is not canonical JSON, or has fields that this version does not know; "
                    "a newer edgebench may read it",
                    kRunName));
  return run;
}

}  // namespace

Result<Bundle> open_bundle(std::string_view bytes, const BundleLimits& limits) {
  if (bytes.size() > limits.most_bytes)
    return refuse(fmt::format("it has {} bytes; at most {} are taken", bytes.size(), limits.most_bytes));
  EB_GET(const Archive archive, Archive::open(bytes, limits.most_files));
  for (const char* name : {kManifestName, kSignatureName, kRunName})
    if (!has(archive, name)) return refuse(fmt::format("it has no {}", name));
  EB_GET(const std::string text, archive.read(kManifestName, kMostManifestBytes));
  EB_GET(const BundleManifest manifest, manifest_from_text(text));
  EB_GET(const std::string signature, archive.read(kSignatureName, kSignatureBytes));
  if (!is_signed_by(manifest.key_id, signature, text))
    return refuse("its signature is not that of its key: it was changed after it was signed");
  EB_OK(check_list(archive, manifest, limits));
  Bundle bundle{sha256_hex(text), manifest.key_id, manifest.created_at};
  for (const ManifestFile& file : manifest.files) {
    EB_GET(std::string content, read_listed(archive, file));
    if (file.path == kRunName) {
      EB_GET(bundle.run, read_run(content));
    } else {
      bundle.raw.emplace(file.path, std::move(content));
    }
  }
  return bundle;
}

}  // namespace eb
