#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "results/bundle/archive.h"

namespace eb {
namespace {

constexpr std::uint64_t kEndBytes = 22, kEntryBytes = 46, kLocalBytes = 30;
constexpr std::uint64_t kEndMark = 0x06054b50, kEntryMark = 0x02014b50;
constexpr std::uint64_t kStore = 0, kDeflate = 8;
// How well deflate did (two bits), sizes behind the data, UTF-8.
constexpr std::uint64_t kHarmlessFlags = 0x0806 | 0x0008;
constexpr std::uint64_t kZip64 = 0xffffffff, kUnix = 3, kFileType = 0170000, kRegularFile = 0100000;

Error refuse(const std::string& why) {
  return {ErrorKind::invalid, "the archive " + why};
}

// `count` bytes, little-endian; the caller has checked that they are there.
std::uint64_t number(std::string_view bytes, std::uint64_t at, unsigned count) {
  std::uint64_t value = 0;
  for (unsigned i = 0; i < count; ++i)
    value |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
  return value;
}

struct End {
  std::uint64_t entries = 0, directory_bytes = 0, directory_at = 0;
};

Result<End> read_end(std::string_view archive) {
  if (archive.size() < kEndBytes) return refuse("is too short to be one");
  const std::string_view end = archive.substr(archive.size() - kEndBytes);
  if (number(end, 0, 4) != kEndMark) return refuse("is no ZIP archive, is cut off, or has more behind it");
  const End read{number(end, 10, 2), number(end, 12, 4), number(end, 16, 4)};
  if (number(end, 4, 4) != 0 || number(end, 8, 2) != read.entries || number(end, 20, 2) != 0)
    return refuse("has a comment or several parts");
  if (read.directory_at + read.directory_bytes + kEndBytes != archive.size())
    return refuse("has a directory that does not fit");
  return read;
}

struct Extent {
  std::uint64_t begin = 0, end = 0;  // of a file's local header and data, at least
};

struct Row {
  ArchiveEntry entry{};
  Extent extent{};
  std::uint64_t bytes = 0;  // of the row itself
};

// `rest`: the directory from this row on.
Result<Row> read_row(std::string_view rest) {
  if (rest.size() < kEntryBytes || number(rest, 0, 4) != kEntryMark)
    return refuse("has a directory that does not fit");
  const std::uint64_t name_bytes = number(rest, 28, 2);
  Row row;
  row.bytes = kEntryBytes + name_bytes + number(rest, 30, 2) + number(rest, 32, 2);
  if (row.bytes > rest.size()) return refuse("has a directory that does not fit");
  row.entry = {std::string(rest.substr(kEntryBytes, name_bytes)), number(rest, 20, 4), number(rest, 24, 4)};
  if (!is_archive_name(row.entry.name)) return refuse("holds a file whose name no bundle has");
  const auto bad = [&](std::string_view why) {
    return refuse(fmt::format("holds {}, {}", row.entry.name, why));
  };
  const std::uint64_t flags = number(rest, 8, 2), method = number(rest, 10, 2);
  if ((flags & 1) != 0) return bad("which is encrypted");
  if ((flags & ~kHarmlessFlags) != 0) return bad("which needs what we do not have");
  if (method != kStore && method != kDeflate) return bad("compressed otherwise than by deflate");
  const std::uint64_t type = number(rest, 5, 1) == kUnix ? (number(rest, 38, 4) >> 16) & kFileType : 0;
  if (type != 0 && type != kRegularFile) return bad("which is a link or no file");
  const std::uint64_t at = number(rest, 42, 4);
  if (std::max({row.entry.packed_bytes, row.entry.unpacked_bytes, at}) == kZip64)
    return bad("which is too large");
  row.extent = {at, at + kLocalBytes + name_bytes + row.entry.packed_bytes};
  return row;
}

bool overlap(std::vector<Extent>& extents, std::uint64_t end) {
  std::sort(extents.begin(), extents.end(),
            [](const Extent& a, const Extent& b) { return a.begin < b.begin; });
  for (std::size_t i = 0; i < extents.size(); ++i)
    if (extents[i].end > (i + 1 < extents.size() ? extents[i + 1].begin : end)) return true;
  return !extents.empty() && extents.front().begin != 0;
}

}  // namespace

bool is_archive_name(std::string_view name) {
  constexpr std::size_t kLongest = 120;
  if (name == "manifest.json" || name == "signature" || name == "run.json") return true;
  constexpr std::string_view kFolder = "raw/";
  if (!name.starts_with(kFolder) || name.size() > kLongest) return false;
  name.remove_prefix(kFolder.size());
  const auto is_plain = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
           c == '_' || c == '-';
  };
  return !name.empty() && name[0] != '.' && name.find("..") == std::string_view::npos &&
         std::all_of(name.begin(), name.end(), is_plain);
}

Result<std::vector<ArchiveEntry>> archive_directory(std::string_view archive, std::size_t most_files) {
  EB_GET(const End end, read_end(archive));
  if (end.entries > most_files)
    return refuse(fmt::format("holds {} files; at most {} are taken", end.entries, most_files));
  std::string_view rest = archive.substr(end.directory_at, end.directory_bytes);
  std::vector<ArchiveEntry> entries;
  std::vector<Extent> extents;
  std::set<std::string> names;
  for (std::uint64_t i = 0; i < end.entries; ++i) {
    EB_GET(Row row, read_row(rest));
    rest.remove_prefix(row.bytes);
    if (!names.insert(row.entry.name).second) return refuse(fmt::format("holds {} twice", row.entry.name));
    extents.push_back(row.extent);
    entries.push_back(std::move(row.entry));
  }
  if (!rest.empty()) return refuse("has a directory that does not fit");
  if (overlap(extents, end.directory_at)) return refuse("has files that overlap, or bytes before the first");
  return entries;
}

}  // namespace eb
