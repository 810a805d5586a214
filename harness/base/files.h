#pragma once
// Files as the rest of edgebench sees them: bounded reads, atomic writes, hashes. Every message names the
// file.
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "harness/base/result.h"

namespace eb {

// The whole file. Refuses what is not a regular file or is larger than `max_bytes`.
Result<std::string> read_file(const std::filesystem::path& file, std::uint64_t max_bytes);

// Writes beside `file`, then renames: a reader sees the old content or the new, never a half.
Status write_file_atomic(const std::filesystem::path& file, std::string_view bytes);

// Creates the folder and its parents, and proves that a file can be written there.
Status make_writable_folder(const std::filesystem::path& folder);

// Lower-case hexadecimal SHA-256.
std::string sha256_hex(std::string_view bytes);
Result<std::string> sha256_of_file(const std::filesystem::path& file);

// A folder of our own, gone with this object.
class TempFolder {
 public:
  static Result<TempFolder> create();
  TempFolder(TempFolder&& other) noexcept;
  TempFolder& operator=(TempFolder&& other) noexcept;
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  ~TempFolder();
  const std::filesystem::path& path() const { return path_; }

 private:
  explicit TempFolder(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

// `relative` below `folder`; refuses absolute paths and "..": for names that come from a file we did not
// write.
Result<std::filesystem::path> path_within(const std::filesystem::path& folder, std::string_view relative);

}  // namespace eb
