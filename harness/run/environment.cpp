#include "harness/run/environment.h"

#include <algorithm>
#include <array>

namespace eb {
namespace {

constexpr std::array<std::string_view, 1> kLibraryFolders = {"LD_LIBRARY_PATH="};

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
    const auto name = std::find_if(kLibraryFolders.begin(), kLibraryFolders.end(),
                                   [&](std::string_view start) { return entry.starts_with(start); });
    if (name == kLibraryFolders.end()) {
      kept.push_back(std::move(entry));
    } else if (const auto folders = absolute_folders(std::string_view(entry).substr(name->size()));
               !folders.empty()) {
      kept.push_back(std::string(*name) + folders);
    }
  }
  return kept;
}

}  // namespace eb
