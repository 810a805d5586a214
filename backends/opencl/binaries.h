#pragma once
// Compiled programs on disk, one file each. A file that is damaged, cut off, or was made for another key is
// as good as none, and is replaced.
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "harness/base/result.h"

namespace eb::opencl {

class Binaries {
 public:
  // An empty folder: nothing is found and nothing is kept.
  explicit Binaries(std::filesystem::path folder) : folder_(std::move(folder)) {}

  bool has_folder() const { return !folder_.empty(); }
  std::optional<std::string> find(std::string_view key) const;
  Status keep(std::string_view key, std::string_view binary) const;
  // Where `key` is kept; the folder need not exist yet.
  std::filesystem::path file_of(std::string_view key) const;

 private:
  std::filesystem::path folder_;
};

}  // namespace eb::opencl
