// Private files on POSIX systems.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <system_error>
#include <utility>

#include "harness/base/descriptor_posix.h"
#include "harness/base/private_file.h"

namespace eb {
namespace fs = std::filesystem;
namespace {

constexpr mode_t kOthers = S_IRWXG | S_IRWXO;
constexpr mode_t kOthersWrite = S_IWGRP | S_IWOTH;

Error system_error(std::string_view what, const fs::path& file, int code) {
  const ErrorKind kind = code == ENOENT ? ErrorKind::not_found : ErrorKind::io;
  return {kind, fmt::format("cannot {} {}: {}", what, file.string(), std::generic_category().message(code))};
}

Status write_all(int handle, std::string_view bytes, const fs::path& file) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(handle, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error("write", file, errno);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return fsync(handle) == 0 ? Status(Done{}) : system_error("write", file, errno);
}

// So that a name that was given or taken away survives, too. Some file systems cannot do this: no failure.
void sync_folder_of(const fs::path& file) {
  const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
  const Descriptor handle(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (handle.get() >= 0) fsync(handle.get());
}

fs::path name_beside(const fs::path& file) {
  static std::atomic<unsigned> count{0};
  fs::path part = file;
  part += fmt::format(".{}-{}.part", getpid(), ++count);
  return part;
}

// Beside `file`, whole and on the disk.
Result<fs::path> write_beside(const fs::path& file, std::string_view bytes) {
  const fs::path part = name_beside(file);
  unlink(part.c_str());  // of a process of the same number that was killed
  Descriptor handle(open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (handle.get() < 0) return system_error("write", file, errno);
  if (auto written = write_all(handle.get(), bytes, file); !written) {
    unlink(part.c_str());
    return written.error();
  }
  return part;
}

}  // namespace

Result<std::string> read_private_file(const fs::path& file, std::uint64_t max_bytes) {
  // Not blocking: a pipe without a writer would else hold us up.
  const Descriptor handle(open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat info {};
  if (handle.get() < 0 || fstat(handle.get(), &info) != 0) return system_error("read", file, errno);
  const auto refuse = [&](std::string_view why) {
    return Error{ErrorKind::invalid, fmt::format("{} {}", file.string(), why)};
  };
  if (!S_ISREG(info.st_mode)) return refuse("is not a regular file");
  if (info.st_uid != geteuid()) return refuse("belongs to another user");
  if ((info.st_mode & kOthers) != 0) return refuse("can be read or changed by others; run chmod 600 on it");
  if (static_cast<std::uint64_t>(info.st_size) > max_bytes)
    return refuse(fmt::format("has more than the {} bytes that are accepted", max_bytes));
  std::string bytes(static_cast<std::size_t>(info.st_size), '\0');
  std::size_t size = 0;
  while (size < bytes.size()) {
    const ssize_t count = ::read(handle.get(), bytes.data() + size, bytes.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error("read", file, errno);
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
  }
  bytes.resize(size);
  return bytes;
}

Status write_private_file(const fs::path& file, std::string_view bytes) {
  EB_GET(const fs::path part, write_beside(file, bytes));
  if (::rename(part.c_str(), file.c_str()) != 0) {
    const int why = errno;
    unlink(part.c_str());
    return system_error("write", file, why);
  }
  sync_folder_of(file);
  return Done{};
}

Result<bool> make_private_file(const fs::path& file, std::string_view bytes) {
  std::error_code code;
  if (file.has_parent_path()) fs::create_directories(file.parent_path(), code);
  EB_GET(const fs::path part, write_beside(file, bytes));
  // Linked: whoever sees it sees all of it, and it replaces nothing.
  const int linked = ::link(part.c_str(), file.c_str());
  const int why = errno;
  unlink(part.c_str());
  if (linked != 0 && why == EEXIST) return false;
  if (linked != 0) return system_error("write", file, why);
  sync_folder_of(file);
  return true;
}

Status make_private_folder(const fs::path& folder) {
  std::error_code code;
  if (folder.has_parent_path()) fs::create_directories(folder.parent_path(), code);
  if (mkdir(folder.c_str(), 0700) == 0) {
    sync_folder_of(folder);
    return Done{};
  }
  if (errno != EEXIST) return system_error("create folder", folder, errno);
  struct stat info {};
  if (stat(folder.c_str(), &info) != 0) return system_error("look at", folder, errno);
  if (!S_ISDIR(info.st_mode))
    return Error{ErrorKind::invalid, fmt::format("{} is not a folder", folder.string())};
  if (info.st_uid != geteuid() || (info.st_mode & kOthersWrite) != 0)
    return Error{
        ErrorKind::invalid,
        fmt::format("other users may change {}; take one of your own, with mode 700", folder.string())};
  return Done{};
}

Result<std::optional<FileLock>> FileLock::try_lock(const fs::path& file) {
  const int handle = open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (handle < 0) return system_error("open", file, errno);
  FileLock lock(handle);
  if (flock(handle, LOCK_EX | LOCK_NB) == 0) return std::optional<FileLock>(std::move(lock));
  if (errno == EWOULDBLOCK) return std::optional<FileLock>();
  return system_error("lock", file, errno);
}

FileLock::FileLock(FileLock&& other) noexcept : handle_(std::exchange(other.handle_, -1)) {}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
  std::swap(handle_, other.handle_);
  return *this;
}

FileLock::~FileLock() {
  if (handle_ >= 0) close(handle_);
}

}  // namespace eb
