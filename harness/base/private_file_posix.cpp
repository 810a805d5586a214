#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "harness/base/descriptor_posix.h"
#include "harness/base/private_file.h"

namespace eb {
namespace fs = std::filesystem;
namespace {

Error cannot(std::string_view what, const fs::path& file, int why) {
  return {ErrorKind::io, fmt::format("cannot {} {}: {}", what, file.string(),
                                     std::error_code(why, std::generic_category()).message())};
}

Status write_all(int descriptor, std::string_view bytes, const fs::path& file) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return cannot("write", file, errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(descriptor) != 0) return cannot("write", file, errno);
  return Done{};
}

}  // namespace

Result<bool> make_private_file(const fs::path& file, std::string_view bytes) {
  std::error_code code;
  if (file.has_parent_path()) fs::create_directories(file.parent_path(), code);
  if (code) return cannot("create the folder of", file, code.value());
  // Written beside it, then linked: whoever sees it sees all of it, and it replaces nothing.
  const fs::path part = file.string() + fmt::format(".{}.part", ::getpid());
  ::unlink(part.c_str());
  const Descriptor out(::open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (out.get() < 0) return cannot("create", file, errno);
  const Status written = write_all(out.get(), bytes, file);
  const int linked = written ? ::link(part.c_str(), file.c_str()) : 0;
  const int why = errno;
  ::unlink(part.c_str());
  if (!written) return written.error();
  if (linked != 0 && why == EEXIST) return false;
  if (linked != 0) return cannot("create", file, why);
  return true;
}

Result<std::string> read_private_file(const fs::path& file, std::uint64_t most_bytes) {
  const Descriptor in(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat about {};
  if (in.get() < 0 || ::fstat(in.get(), &about) != 0) return cannot("read", file, errno);
  const auto refuse = [&](std::string_view why) {
    return Error{ErrorKind::invalid, fmt::format("{} {}", file.string(), why)};
  };
  if (!S_ISREG(about.st_mode)) return refuse("is not a regular file");
  if (about.st_uid != ::geteuid()) return refuse("belongs to another user");
  if ((about.st_mode & (S_IRWXG | S_IRWXO)) != 0) return refuse("can be read by others; run chmod 600 on it");
  if (static_cast<std::uint64_t>(about.st_size) > most_bytes) return refuse("is too large");
  std::string bytes(static_cast<std::size_t>(about.st_size), '\0');
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    const ssize_t got = ::read(in.get(), bytes.data() + filled, bytes.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return cannot("read", file, errno);
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  bytes.resize(filled);
  return bytes;
}

}  // namespace eb
