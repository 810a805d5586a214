#include <dlfcn.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>

#include "backends/npu/sim/chip_link.h"
#include "harness/base/descriptor_posix.h"

namespace eb::simnpu {
namespace {

constexpr int kBlockDescriptor = 3;  // in the chip

Error os_error(const char* what) {
  return {ErrorKind::device, fmt::format("simulated chip: cannot {}: {}", what, std::strerror(errno))};
}

class Mapping {
 public:
  Mapping(int fd, std::size_t bytes)
      : bytes_(bytes), data_(mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)) {}
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  ~Mapping() {
    if (is_there()) munmap(data_, bytes_);
  }
  bool is_there() const { return data_ != MAP_FAILED; }
  std::span<std::byte> bytes() const { return {static_cast<std::byte*>(data_), bytes_}; }

 private:
  std::size_t bytes_;
  void* data_;
};

// Moves all bytes, or says that the other side is gone.
template <class Move, class Bytes>
bool move_all(Move move, int fd, Bytes* bytes, std::size_t count) {
  std::size_t done = 0;
  while (done < count) {
    const ssize_t moved = move(fd, bytes + done, count - done);
    if (moved < 0 && errno == EINTR) continue;
    if (moved <= 0) return false;
    done += static_cast<std::size_t>(moved);
  }
  return true;
}

template <class T>
bool read_item(int fd, T& item) {
  return move_all(::read, fd, reinterpret_cast<char*>(&item), sizeof item);
}

template <class T>
bool write_item(int fd, const T& item) {
  return move_all(::write, fd, reinterpret_cast<const char*>(&item), sizeof item);
}

// A file without a name, of so many zeros.
Result<Descriptor> make_block(std::uint64_t bytes) {
  std::string name = (std::filesystem::temp_directory_path() / "edgebench-simnpu-XXXXXX").string();
  Descriptor file(mkstemp(name.data()));
  if (file.get() < 0) return os_error("make its memory");
  unlink(name.c_str());
  fcntl(file.get(), F_SETFD, FD_CLOEXEC);
  if (ftruncate(file.get(), static_cast<off_t>(bytes)) != 0) return os_error("make its memory");
  return file;
}

struct Pipe {
  Descriptor read, write;
};

Result<Pipe> make_pipe() {
  int ends[2];
  if (pipe(ends) != 0) return os_error("make a pipe");
  for (const int end : ends) fcntl(end, F_SETFD, FD_CLOEXEC);
  return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

class PosixChip final : public Chip {
 public:
  PosixChip(pid_t pid, Descriptor requests, Descriptor replies, std::unique_ptr<Mapping> block)
      : pid_(pid), requests_(std::move(requests)), replies_(std::move(replies)), block_(std::move(block)) {}
  PosixChip(const PosixChip&) = delete;
  PosixChip& operator=(const PosixChip&) = delete;
  ~PosixChip() override {
    kill(pid_, SIGKILL);
    while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }

  std::span<std::byte> block() override { return block_->bytes(); }

  Status send(const Request& request) override {
    if (write_item(requests_.get(), request)) return Done{};
    return Error{ErrorKind::device, "simulated chip: it is gone"};
  }

  Result<Reply> receive() override {
    Reply reply;
    if (read_item(replies_.get(), reply)) return reply;
    return Error{ErrorKind::device, "simulated chip: it is gone"};
  }

 private:
  pid_t pid_;
  Descriptor requests_, replies_;
  std::unique_ptr<Mapping> block_;
};

class PosixHostLink final : public HostLink {
 public:
  explicit PosixHostLink(std::unique_ptr<Mapping> block) : block_(std::move(block)) {}
  std::span<std::byte> block() override { return block_->bytes(); }
  std::optional<Request> next_request() override {
    Request request;
    return read_item(STDIN_FILENO, request) ? std::optional(request) : std::nullopt;
  }
  void answer(const Reply& reply) override { write_item(STDOUT_FILENO, reply); }

 private:
  std::unique_ptr<Mapping> block_;
};

Result<pid_t> spawn(const std::filesystem::path& program, double clock_hz, int requests, int replies,
                    int block) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, requests, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, replies, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, block, kBlockDescriptor);
  std::string name = program.string(), clock = fmt::format("{}", clock_hz);
  char* const arguments[] = {name.data(), clock.data(), nullptr};
  char* const environment[] = {nullptr};
  pid_t pid = 0;
  const int failed = posix_spawn(&pid, name.c_str(), &actions, nullptr, arguments, environment);
  posix_spawn_file_actions_destroy(&actions);
  if (failed)
    return Error{ErrorKind::unavailable,
                 fmt::format("simulated chip: cannot start {}: {}", name, std::strerror(failed))};
  return pid;
}

}  // namespace

Result<std::unique_ptr<Chip>> Chip::start(const std::filesystem::path& program, double clock_hz,
                                          std::uint64_t block_bytes) {
  // Descriptors that are not 0 to 3: dup2 of one onto itself would leave it closed in the chip.
  EB_GET(const Descriptor made, make_block(block_bytes));
  const Descriptor block(fcntl(made.get(), F_DUPFD_CLOEXEC, 10));
  EB_GET(Pipe requests, make_pipe());
  EB_GET(Pipe replies, make_pipe());
  auto mapping = std::make_unique<Mapping>(block.get(), block_bytes);
  if (!mapping->is_there()) return Error{ErrorKind::out_of_memory, os_error("map its memory").message};
  const Descriptor in(fcntl(requests.read.get(), F_DUPFD_CLOEXEC, 10));
  const Descriptor out(fcntl(replies.write.get(), F_DUPFD_CLOEXEC, 10));
  EB_GET(const pid_t pid, spawn(program, clock_hz, in.get(), out.get(), block.get()));
  signal(SIGPIPE, SIG_IGN);  // a chip that is gone shows as an error of `send`
  return std::unique_ptr<Chip>(std::make_unique<PosixChip>(pid, std::move(requests.write),
                                                           std::move(replies.read), std::move(mapping)));
}

Result<std::unique_ptr<HostLink>> HostLink::attach() {
  struct stat file {};
  if (fstat(kBlockDescriptor, &file) != 0 || file.st_size <= 0)
    return Error{ErrorKind::invalid, "this program is started by libedgebench_simnpu, with its memory"};
  auto block = std::make_unique<Mapping>(kBlockDescriptor, static_cast<std::size_t>(file.st_size));
  if (!block->is_there()) return os_error("map its memory");
  return std::unique_ptr<HostLink>(std::make_unique<PosixHostLink>(std::move(block)));
}

std::filesystem::path this_library() {
  Dl_info info{};
  if (dladdr(reinterpret_cast<void*>(&this_library), &info) == 0 || !info.dli_fname) return {};
  return info.dli_fname;
}

}  // namespace eb::simnpu
