#pragma once
// Small files of the system, which may be anything: bounded, checked, and able to vanish between two looks.
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"

namespace eb {

// Up to `max_bytes` of a regular file; files of /sys say nothing true about their size.
Result<std::string> read_small_file(const std::filesystem::path& file, std::size_t max_bytes = 4096);

// Its first line, printable characters only, at most 100 of them; empty if there is none.
std::string read_name(const std::filesystem::path& file);

// The whole number that is all the file says.
Result<std::int64_t> read_integer(const std::filesystem::path& file);

// The values of its "key : value" or "KEY=value" lines, in order, without blanks, quotes and what cannot be
// printed, at most 200 bytes each. Files of up to 2 MiB.
std::vector<std::string> read_values(const std::filesystem::path& file, std::string_view key, char separator);

// What is in `folder` with a name that starts so, in natural order (hwmon2 before hwmon10); at most 1,024.
std::vector<std::filesystem::path> entries_like(const std::filesystem::path& folder, std::string_view prefix);

// "power7_input": 7 for the prefix "power" and the suffix "_input"; -1 for other names.
int index_of(std::string_view name, std::string_view prefix, std::string_view suffix);

}  // namespace eb
