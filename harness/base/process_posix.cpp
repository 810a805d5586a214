// Child processes and process facts on POSIX systems.
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <set>

#include "harness/base/descriptor_posix.h"
#include "harness/base/process.h"
#include "harness/base/stream_posix.h"

#if defined(__APPLE__)
#include <mach-o/dyld.h>
#elif defined(__linux__)
#include <sched.h>
#include <sys/prctl.h>
#endif

namespace eb {
namespace {

constexpr std::size_t kMaxLineBytes = 1 << 20;
constexpr std::size_t kErrorTailBytes = 16 << 10;

// The number of "VmRSS:     1234 kB", in bytes.
std::uint64_t kibibytes(const std::string& line) {
  const std::size_t at = line.find_first_of("0123456789");
  return at == std::string::npos ? 0 : std::strtoull(line.c_str() + at, nullptr, 10) * 1024;
}

// "7f12-7f34 r-xp 00001000 fd:00 1234    /usr/lib/libc.so.6": code, of a file that is still there.
std::optional<std::filesystem::path> mapped_library(const std::string& line) {
  const std::size_t rights = line.find(' '), path = line.find('/');
  if (rights == std::string::npos || path == std::string::npos) return std::nullopt;
  if (line.compare(rights + 1, 4, "r-xp") != 0 || line.ends_with(" (deleted)")) return std::nullopt;
  std::filesystem::path file = line.substr(path);
  if (file.filename().string().find(".so") == std::string::npos) return std::nullopt;
  return file;
}

struct Pipe {
  Descriptor read, write;
};

Result<Pipe> make_pipe() {
  int ends[2];
  if (pipe(ends) != 0) return Error{ErrorKind::internal, "cannot make a pipe: " + errno_text()};
  for (const int end : ends) fcntl(end, F_SETFD, FD_CLOEXEC);
  return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

class PosixProcess final : public Process {
 public:
  PosixProcess(pid_t pid, Descriptor out, Descriptor err)
      : pid_(pid), out_(std::move(out)), err_(std::move(err)) {
    fcntl(out_.get(), F_SETFL, O_NONBLOCK);
    fcntl(err_.get(), F_SETFL, O_NONBLOCK);
  }
  PosixProcess(const PosixProcess&) = delete;
  PosixProcess& operator=(const PosixProcess&) = delete;
  ~PosixProcess() override {
    kill();
    wait(std::chrono::milliseconds(0));
  }

  Event next_line(std::string& line, std::chrono::milliseconds limit) override {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    for (bool has_looked = false;; has_looked = true) {
      if (take_line(line)) return Event::line;
      if (out_.get() < 0) return Event::ended;
      const auto left =
          std::max(std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()),
                   std::chrono::milliseconds(0));
      if (has_looked && left.count() == 0) return Event::timeout;
      pollfd waiting[2] = {{out_.get(), POLLIN, 0}, {err_.get(), POLLIN, 0}};
      const int ready = poll(waiting, 2, static_cast<int>(std::min<std::int64_t>(left.count(), 60'000)));
      if (ready < 0) return Event::timeout;  // EINTR: the caller looks at its interrupt flag
      if (waiting[1].revents) drain(err_, error_tail_, kErrorTailBytes);
      if (waiting[0].revents && !read_some()) out_.close();
    }
  }

  const std::string& error_tail() const override { return error_tail_; }

  Memory memory() const override {
    Memory memory;
    std::ifstream status("/proc/" + std::to_string(pid_) + "/status");
    for (std::string line; !ended_ && std::getline(status, line);) {
      if (line.starts_with("VmHWM:")) memory.peak_bytes = kibibytes(line);
      if (line.starts_with("VmRSS:")) memory.resident_bytes = kibibytes(line);
    }
    return memory;
  }

  std::vector<std::filesystem::path> libraries() const override {
    std::set<std::filesystem::path> all;
    std::ifstream maps("/proc/" + std::to_string(pid_) + "/maps");
    for (std::string line; !ended_ && std::getline(maps, line);)
      if (auto library = mapped_library(line)) all.insert(*std::move(library));
    return {all.begin(), all.end()};
  }

  void pause() override {
    if (!ended_) ::kill(-pid_, SIGSTOP);
  }

  void resume() override {
    if (!ended_) ::kill(-pid_, SIGCONT);
  }

  void kill() override {
    if (!ended_) ::kill(-pid_, SIGKILL);
  }

  ProcessExit wait(std::chrono::milliseconds grace) override {
    if (ended_) return exit_;
    int status = 0;
    const auto deadline = std::chrono::steady_clock::now() + grace;
    while (waitpid(pid_, &status, WNOHANG) == 0) {
      if (std::chrono::steady_clock::now() >= deadline) kill();
      drain(err_, error_tail_, kErrorTailBytes);
      poll(nullptr, 0, 2);  // a zombie has no descriptor to wait on
    }
    ::kill(-pid_, SIGKILL);  // whatever it started
    ended_ = true;
    drain(err_, error_tail_, kErrorTailBytes);
    if (WIFSIGNALED(status)) exit_.signal = WTERMSIG(status);
    exit_.was_killed = exit_.signal == SIGKILL;
    if (WIFEXITED(status)) exit_.code = WEXITSTATUS(status);
    return exit_;
  }

 private:
  bool take_line(std::string& line) {
    const std::size_t end = buffer_.find('\n');
    if (end == std::string::npos) return false;
    line.assign(buffer_, 0, end);
    buffer_.erase(0, end + 1);
    return true;
  }

  // False at the end of the stream, or when a line is longer than anything we say.
  bool read_some() {
    char chunk[4096];
    const ssize_t got = read(out_.get(), chunk, sizeof chunk);
    if (got > 0) buffer_.append(chunk, static_cast<std::size_t>(got));
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return true;
    return got > 0 && buffer_.size() <= kMaxLineBytes;
  }

  // A bounded amount: one that writes without end must not keep its caller here.
  static void drain(Descriptor& from, std::string& tail, std::size_t keep) {
    char chunk[4096];
    for (int reads = 0; from.get() >= 0 && reads < 64; ++reads) {
      const ssize_t got = read(from.get(), chunk, sizeof chunk);
      if (got == 0) from.close();
      if (got <= 0) return;
      tail.append(chunk, static_cast<std::size_t>(got));
      if (tail.size() > keep) tail.erase(0, tail.size() - keep);
    }
  }

  pid_t pid_;
  Descriptor out_, err_;
  std::string buffer_, error_tail_;
  bool ended_ = false;
  ProcessExit exit_;
};

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  all.reserve(texts.size() + 1);
  for (std::string& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

std::atomic<bool> interrupted{false};

}  // namespace

std::string ProcessExit::describe() const {
  if (signal == 0) return fmt::format("exit code {}", code);
  return fmt::format("signal {} ({})", signal, strsignal(signal));  // NOLINT(concurrency-mt-unsafe)
}

Result<std::unique_ptr<Process>> Process::start(const ProcessOptions& options) {
  if (options.input.size() > 60'000)
    return Error{ErrorKind::internal, "the child's input is too long for a pipe"};
  EB_GET(Pipe in, make_pipe());
  EB_GET(Pipe out, make_pipe());
  EB_GET(Pipe err, make_pipe());
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in.read.get(), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out.write.get(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err.write.get(), STDERR_FILENO);
#if defined(__GLIBC__) && (__GLIBC__ > 2 || __GLIBC_MINOR__ >= 34)
  posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);  // files that others opened
#endif
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  // Own group: Ctrl-C is ours, and kill takes all. What we ignore (see below), a child need not.
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
  posix_spawnattr_setpgroup(&attributes, 0);
  sigset_t as_usual;
  sigemptyset(&as_usual);
  sigaddset(&as_usual, SIGPIPE);
  posix_spawnattr_setsigdefault(&attributes, &as_usual);

  std::vector<std::string> arguments = {options.program.string()};
  arguments.insert(arguments.end(), options.arguments.begin(), options.arguments.end());
  std::vector<std::string> environment = options.environment;
  pid_t pid = 0;
  const int failed = posix_spawn(&pid, options.program.c_str(), &actions, &attributes,
                                 pointers(arguments).data(), pointers(environment).data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (failed)
    return Error{ErrorKind::io,
                 fmt::format("cannot start {}: {}", options.program.string(), std::strerror(failed))};

  // Fits the pipe's buffer, so it cannot block; a child that is gone already shows in wait().
  signal(SIGPIPE, SIG_IGN);
  [[maybe_unused]] const ssize_t written = write(in.write.get(), options.input.data(), options.input.size());
  return std::unique_ptr<Process>(
      std::make_unique<PosixProcess>(pid, std::move(out.read), std::move(err.read)));
}

Result<std::filesystem::path> this_program() {
#if defined(__APPLE__)
  char buffer[4096];
  std::uint32_t size = sizeof buffer;
  if (_NSGetExecutablePath(buffer, &size) == 0) return std::filesystem::path(buffer);
#else
  std::error_code code;
  auto path = std::filesystem::read_symlink("/proc/self/exe", code);
  if (!code) return path;
#endif
  return Error{ErrorKind::unavailable, "cannot find this program's own file"};
}

Result<std::filesystem::path> this_program_again() {
#if defined(__linux__)
  return std::filesystem::path("/proc/self/exe");  // in the child too, until it has become the new program
#else
  return this_program();
#endif
}

void end_with_parent() {
#if defined(__linux__)
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() == 1) _exit(1);  // it was gone before
#endif
}

void set_environment(const char* name, const char* value) {
  setenv(name, value, 1);  // NOLINT(concurrency-mt-unsafe)
}

std::vector<std::string> environment_of(const std::vector<std::string>& names) {
  std::vector<std::string> all;
  for (const std::string& name : names)
    if (const char* value = std::getenv(name.c_str()))  // NOLINT(concurrency-mt-unsafe)
      all.push_back(name + "=" + value);
  return all;
}

Result<int> take_standard_output() {
  const int kept = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
  if (kept < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
    return Error{ErrorKind::io, "cannot redirect standard output: " + errno_text()};
  return kept;
}

Status write_line(int descriptor, std::string_view line) {
  std::string text(line);
  text += '\n';
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t wrote = write(descriptor, text.data() + done, text.size() - done);
    if (wrote < 0 && errno != EINTR) return Error{ErrorKind::io, "cannot write: " + errno_text()};
    if (wrote > 0) done += static_cast<std::size_t>(wrote);
  }
  return Done{};
}

Memory process_memory() {
  Memory memory;
  rusage usage{};
  if (getrusage(RUSAGE_SELF, &usage) == 0) {
#if defined(__APPLE__)
    const std::uint64_t unit_bytes = 1;
#else
    const std::uint64_t unit_bytes = 1024;
#endif
    memory.peak_bytes = static_cast<std::uint64_t>(usage.ru_maxrss) * unit_bytes;
  }
  std::ifstream statm("/proc/self/statm");
  std::uint64_t total_pages = 0;
  std::uint64_t resident_pages = 0;
  if (statm >> total_pages >> resident_pages)
    memory.resident_bytes = resident_pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  return memory;
}

std::int64_t process_cpu_ns() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

SystemName system_name() {
  utsname name{};
  if (uname(&name) != 0) return {};
  return {name.sysname, name.release, name.machine};
}

bool may_use_all_cpus() {
#if defined(__linux__)
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof(allowed), &allowed) != 0)
    return false;  // more processors than the set can hold
  return CPU_COUNT(&allowed) == sysconf(_SC_NPROCESSORS_ONLN);
#else
  return true;
#endif
}

int terminal_width() {
  const char* kind = std::getenv("TERM");  // NOLINT(concurrency-mt-unsafe)
  if (!isatty(STDOUT_FILENO) || !kind || std::string_view(kind) == "dumb") return 0;
  winsize size{};
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

void watch_for_interrupt() {
  struct sigaction action {};
  action.sa_handler = [](int) { interrupted = true; };
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

bool was_interrupted() {
  return interrupted;
}

}  // namespace eb
