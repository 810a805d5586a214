#include "results/bundle/manifest.h"

#include <algorithm>

#include "harness/base/files.h"
#include "harness/base/json.h"
#include "results/bundle/archive.h"
#include "results/bundle/signature.h"

namespace eb {
namespace {

using Json = nlohmann::json;

std::string root_of(const std::vector<ManifestFile>& files) {
  std::string lines;
  for (const ManifestFile& file : files) lines += file.sha256 + "  " + file.path + "\n";
  return sha256_hex(lines);
}

std::string text_at(const Json& json, const char* key) {
  const auto at = json.find(key);
  return at != json.end() && at->is_string() ? at->get<std::string>() : std::string();
}

}  // namespace

bool is_utc_time(std::string_view text) {
  constexpr std::string_view kShape = "0000-00-00T00:00:00Z";
  if (text.size() != kShape.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (kShape[i] == '0' ? text[i] < '0' || text[i] > '9' : text[i] != kShape[i]) return false;
  return true;
}

BundleManifest make_manifest(const std::map<std::string, std::string>& files, std::string_view created_at,
                             std::string_view key_id) {
  BundleManifest manifest{std::string(created_at), std::string(key_id)};
  for (const auto& [path, bytes] : files) manifest.files.push_back({path, bytes.size(), sha256_hex(bytes)});
  manifest.root = root_of(manifest.files);
  return manifest;
}

std::string to_text(const BundleManifest& manifest) {
  Json files = Json::array();
  for (const ManifestFile& file : manifest.files)
    files.push_back({{"path", file.path}, {"bytes", file.bytes}, {"sha256", file.sha256}});
  return canonical_json({{"schema", kBundleSchema},
                         {"created_at", manifest.created_at},
                         {"key", manifest.key_id},
                         {"root", manifest.root},
                         {"files", std::move(files)}});
}

Result<BundleManifest> manifest_from_text(std::string_view text) {
  const auto bad = [](std::string_view why) {
    return Error{ErrorKind::invalid, "its manifest " + std::string(why)};
  };
  const Json json = parse_json(text);
  if (!json.is_object()) return bad("is no JSON object");
  if (text_at(json, "schema") != kBundleSchema) return bad("is not of schema " + std::string(kBundleSchema));
  BundleManifest manifest{text_at(json, "created_at"), text_at(json, "key"), text_at(json, "root")};
  if (!is_utc_time(manifest.created_at)) return bad("does not say when it was made");
  if (!is_key_id(manifest.key_id)) return bad("names no key");
  const auto files = json.find("files");
  if (files == json.end() || !files->is_array()) return bad("lists no files");
  for (const Json& item : *files) {
    if (!item.is_object()) return bad("lists what is no file");
    const auto bytes = item.find("bytes");
    if (bytes == item.end() || !bytes->is_number_unsigned()) return bad("does not say how large a file is");
    manifest.files.push_back({text_at(item, "path"), bytes->get<std::uint64_t>(), text_at(item, "sha256")});
    const std::string& path = manifest.files.back().path;
    if (!is_archive_name(path) || path == kManifestName || path == kSignatureName)
      return bad("lists a file that no bundle has");
  }
  const auto is_after = [](const ManifestFile& a, const ManifestFile& b) { return a.path >= b.path; };
  if (std::adjacent_find(manifest.files.begin(), manifest.files.end(), is_after) != manifest.files.end())
    return bad("lists files twice or in another order");
  if (manifest.root != root_of(manifest.files)) return bad("has a root that is not that of its files");
  if (to_text(manifest) != text) return bad("is not canonical JSON");
  return manifest;
}

}  // namespace eb
