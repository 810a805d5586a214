#pragma once
// Which shared libraries the processes of a run had loaded, and what was in them.
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "harness/run/redact.h"

namespace eb {

class LibraryInventory {
 public:
  // Hashes each file once; one that cannot be read, or is above 2 GB, has no hash. Takes a tenth of a second
  // for a large one, so not while something is measured. At most 512 in all.
  void add(const std::vector<std::filesystem::path>& libraries);
  // [{"path", "version" where the name has one, "sha256"}], by path; empty if there are none.
  nlohmann::ordered_json to_json(const PrivateFolders& folders) const;

 private:
  std::map<std::filesystem::path, std::string> sha256_;  // by path
};

}  // namespace eb
