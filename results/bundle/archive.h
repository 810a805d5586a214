#pragma once
// A ZIP archive of few names and plain rules, so that nothing of it can surprise whoever opens it.
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"

namespace eb {

// manifest.json, signature, run.json, raw/NAME with NAME of letters, digits and ._-, no dot first, no "..".
bool is_archive_name(std::string_view name);

struct ArchiveEntry {
  std::string name{};
  std::uint64_t packed_bytes = 0, unpacked_bytes = 0;  // as the directory says: a promise, no fact
};

// The directory at the end of the archive, read without unpacking anything. An error, in one sentence, for
// more than `most_files`, other names than ours, a name twice, encryption, links, methods other than store
// and deflate, ZIP64, comments, bytes before or behind the archive, files that overlap.
Result<std::vector<ArchiveEntry>> archive_directory(std::string_view archive, std::size_t most_files);

// The files in that order, compressed; the same bytes for the same files.
Result<std::string> write_archive(const std::vector<std::pair<std::string, std::string_view>>& files);

class Archive {
 public:
  // `bytes` must outlive it.
  static Result<Archive> open(std::string_view bytes, std::size_t most_files);
  const std::vector<ArchiveEntry>& entries() const { return entries_; }
  // The bytes of one file; an error if it has more than `most_bytes`, counted while it is unpacked, or if its
  // checksum is wrong.
  Result<std::string> read(const std::string& name, std::uint64_t most_bytes) const;

  Archive(const Archive&) = delete;
  Archive& operator=(const Archive&) = delete;
  Archive(Archive&& other) noexcept;
  Archive& operator=(Archive&& other) noexcept;
  ~Archive();

 private:
  Archive() = default;
  std::vector<ArchiveEntry> entries_{};
  void* zip_ = nullptr;  // of libzip
};

}  // namespace eb
