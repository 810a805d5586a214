#include "harness/base/files.h"

#include <fmt/format.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <fstream>
#include <system_error>

namespace eb {
namespace fs = std::filesystem;
namespace {

Error io_error(std::string_view what, const fs::path& file, const std::error_code& code = {}) {
  const std::string why = code ? fmt::format(": {}", code.message()) : "";
  return {ErrorKind::io, fmt::format("cannot {} {}{}", what, file.string(), why)};
}

// Unique within this process and unlikely elsewhere: names of temporary files only.
std::string unique_suffix() {
  static std::atomic<unsigned> count{0};
  const auto ticks = std::chrono::steady_clock::now().time_since_epoch().count();
  return fmt::format("{:x}-{}", ticks, ++count);
}

Status write_all(const fs::path& file, std::string_view bytes) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  if (!out) return io_error("write", file, std::error_code(errno, std::generic_category()));
  return Done{};
}

}  // namespace

Result<std::string> read_file(const fs::path& file, std::uint64_t max_bytes) {
  std::error_code code;
  if (!fs::exists(file, code))
    return Error{ErrorKind::not_found, fmt::format("{} does not exist", file.string())};
  if (!fs::is_regular_file(file, code))
    return Error{ErrorKind::invalid, fmt::format("{} is not a file", file.string())};
  const std::uint64_t size = fs::file_size(file, code);
  if (code) return io_error("read", file, code);
  if (size > max_bytes)
    return Error{ErrorKind::invalid,
                 fmt::format("{} has {} bytes; at most {} are accepted", file.string(), size, max_bytes)};
  std::ifstream in(file, std::ios::binary);
  std::string bytes(size, '\0');
  in.read(bytes.data(), static_cast<std::streamsize>(size));
  if (!in) return io_error("read", file);
  return bytes;
}

Status write_file_atomic(const fs::path& file, std::string_view bytes) {
  fs::path part = file;
  part += "." + unique_suffix() + ".part";
  std::error_code code;
  errno = 0;
  if (auto written = write_all(part, bytes); !written) {
    const std::error_code why(errno, std::generic_category());  // before cleaning up changes it
    fs::remove(part, code);
    return io_error("write", file, why);
  }
  fs::rename(part, file, code);
  if (!code) return Done{};
  const std::error_code why = code;
  fs::remove(part, code);
  return io_error("write", file, why);
}

Status make_writable_folder(const fs::path& folder) {
  std::error_code code;
  fs::create_directories(folder, code);
  if (code) return io_error("create folder", folder, code);
  const fs::path probe = folder / (".probe-" + unique_suffix());
  const auto written = write_all(probe, "edgebench");
  fs::remove(probe, code);
  if (!written) return Error{ErrorKind::io, fmt::format("cannot write in folder {}", folder.string())};
  return Done{};
}

Result<TempFolder> TempFolder::create() {
  std::error_code code;
  const fs::path base = fs::temp_directory_path(code);
  if (code) return Error{ErrorKind::io, "there is no folder for temporary files; set TMPDIR"};
  for (int tries = 0; tries < 100; ++tries) {
    const fs::path folder = base / ("edgebench-" + unique_suffix());
    if (fs::create_directory(folder, code)) {
      fs::permissions(folder, fs::perms::owner_all, code);
      return TempFolder(folder);
    }
  }
  return io_error("create a temporary folder in", base, code);
}

TempFolder::TempFolder(TempFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}

TempFolder& TempFolder::operator=(TempFolder&& other) noexcept {
  std::swap(path_, other.path_);
  return *this;
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

Result<fs::path> path_within(const fs::path& folder, std::string_view relative) {
  const fs::path path(relative);
  bool inside = !path.empty() && path.is_relative() && !path.has_root_path() &&
                relative.find('\0') == std::string_view::npos;
  for (const fs::path& part : path) inside = inside && part != "..";
  if (!inside)
    return Error{ErrorKind::invalid, fmt::format("'{}' is not a path within {}", relative, folder.string())};
  return folder / path;
}

}  // namespace eb
