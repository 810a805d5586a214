#pragma once
// Files that hold secrets or decide where one is sent: nobody but their owner may read or change them, and
// what was written survives a loss of power.
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "harness/base/result.h"

namespace eb {

// The whole file; refused if it is another user's or another one may read or write it, if it is no regular
// file or has more than `max_bytes`. Messages name the file, never its content.
Result<std::string> read_private_file(const std::filesystem::path& file, std::uint64_t max_bytes);

// Makes `file`, with the folders above it, mode 600. False if it is already there: then it is left as it is,
// also where another process has just made it.
Result<bool> make_private_file(const std::filesystem::path& file, std::string_view bytes);

// Mode 600 from its first byte on, written beside `file` and renamed: a reader sees the old content or the
// new.
Status write_private_file(const std::filesystem::path& file, std::string_view bytes);

// Made with mode 700, parents too. One that is there must be this user's, and not writable by another.
Status make_private_folder(const std::filesystem::path& folder);

// Held by one process at a time, however that process ends.
class FileLock {
 public:
  // Nothing when another one holds it. `file` must exist.
  static Result<std::optional<FileLock>> try_lock(const std::filesystem::path& file);
  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&& other) noexcept;
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  ~FileLock();

 private:
  explicit FileLock(int handle) : handle_(handle) {}
  int handle_;
};

}  // namespace eb
