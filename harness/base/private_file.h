#pragma once
// Files that only their owner may read: keys.
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "harness/base/result.h"

namespace eb {

// Makes `file`, with the folders above it, readable and writable by its owner only. False if it is already
// there: then it is left as it is, also where another process has just made it.
Result<bool> make_private_file(const std::filesystem::path& file, std::string_view bytes);

// The whole file. Refuses what is not a regular file, is larger than `most_bytes`, belongs to somebody else,
// or can be read or written by others.
Result<std::string> read_private_file(const std::filesystem::path& file, std::uint64_t most_bytes);

}  // namespace eb
