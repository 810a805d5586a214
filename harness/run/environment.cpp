#include "harness/run/environment.h"

#include <algorithm>

namespace eb {
namespace {

constexpr std::string_view kLibraryFolders = "LD_LIBRARY_PATH=";

}  // namespace

std::string absolute_folders(std::string_view list) {
  std::string kept;
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(':'), list.size());
    const std::string_view folder = list.substr(0, end);
    if (folder.starts_with('/')) kept.append(kept.empty() ? "" : ":").append(folder);
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return kept;
}

std::vector<std::string> with_absolute_library_folders(std::vector<std::string> environment) {
  std::vector<std::string> kept;
  for (std::string& entry : environment) {
    if (!entry.starts_with(kLibraryFolders)) {
      kept.push_back(std::move(entry));
    } else if (const auto folders = absolute_folders(std::string_view(entry).substr(kLibraryFolders.size()));
               !folders.empty()) {
      kept.push_back(std::string(kLibraryFolders) + folders);
    }
  }
  return kept;
}

}  // namespace eb
