#include "harness/run/inventory.h"

#include <algorithm>

#include "harness/base/files.h"

namespace eb {
namespace {

constexpr std::size_t kMostLibraries = 512;
constexpr std::uintmax_t kMostBytes =
    2'000'000'000;  // larger than any library, smaller than an hour of hashing

// "libfoo.so.1.2" -> "1.2".
std::string version_of(const std::string& name) {
  constexpr std::string_view kMark = ".so.";
  const std::size_t at = name.rfind(kMark);
  if (at == std::string::npos) return "";
  const std::string version = name.substr(at + kMark.size());
  const bool is_version =
      std::all_of(version.begin(), version.end(), [](char c) { return c == '.' || (c >= '0' && c <= '9'); });
  return is_version ? version : "";
}

}  // namespace

void LibraryInventory::add(const std::vector<std::filesystem::path>& libraries) {
  for (const auto& path : libraries) {
    if (sha256_.size() == kMostLibraries) return;
    const auto [place, is_new] = sha256_.try_emplace(path);
    if (!is_new) continue;
    std::error_code code;
    const auto bytes = std::filesystem::file_size(path, code);
    if (code || bytes > kMostBytes) continue;
    if (auto hash = sha256_of_file(path)) place->second = *std::move(hash);
  }
}

nlohmann::ordered_json LibraryInventory::to_json(const PrivateFolders& folders) const {
  auto list = nlohmann::ordered_json::array();
  for (const auto& [path, sha256] : sha256_) {
    nlohmann::ordered_json row = {{"path", redact(path.string(), folders)}};
    if (const std::string version = version_of(path.filename().string()); !version.empty())
      row["version"] = version;
    if (!sha256.empty()) row["sha256"] = sha256;
    list.push_back(std::move(row));
  }
  return list;
}

}  // namespace eb
