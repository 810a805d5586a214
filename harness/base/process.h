#pragma once
// A child process that cannot take us down: own pipes, an allow-listed environment, none of our open files,
// killed when this object goes.
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"

namespace eb {

struct ProcessOptions {
  std::filesystem::path program{};
  std::vector<std::string> arguments{};    // without the program's name
  std::vector<std::string> environment{};  // "NAME=value", all of it
  std::string input{};                     // given on its standard input, which is then closed; at most 60 kB
};

struct ProcessExit {
  int code = 0;                  // exit status, if it ended by itself
  int signal = 0;                // the signal that ended it, else 0
  bool was_killed = false;       // by a signal that no process can catch, as systems do for lack of memory
  std::string describe() const;  // "exit code 3", "signal 11 (Segmentation fault)"
};

// Resident memory of a process in bytes: now, and its high water mark. Absent where the system cannot tell.
struct Memory {
  std::optional<std::uint64_t> resident_bytes{}, peak_bytes{};
};

class Process {
 public:
  static Result<std::unique_ptr<Process>> start(const ProcessOptions& options);
  virtual ~Process() = default;

  enum class Event : std::uint8_t { line, timeout, ended };
  // Waits for the next line of its standard output (at most 1 MiB, without the newline, into `line`), for the
  // end of the process, or for the time limit. Its standard error is collected meanwhile.
  virtual Event next_line(std::string& line, std::chrono::milliseconds limit) = 0;
  // The last 16 KiB of its standard error.
  virtual const std::string& error_tail() const = 0;
  // Of the process itself, not of those that it started; absent once it has ended.
  virtual Memory memory() const = 0;
  // The shared libraries that it has loaded, as the system says, each once; empty where it does not say.
  virtual std::vector<std::filesystem::path> libraries() const = 0;
  // Stops it and all it started until `resume`, in the middle of whatever they do. Harmless when it has
  // ended.
  virtual void pause() = 0;
  virtual void resume() = 0;
  // Ends it and all it started, now. Harmless when it has ended.
  virtual void kill() = 0;
  // Blocks until it has ended; one that outlives `grace` is killed.
  virtual ProcessExit wait(std::chrono::milliseconds grace) = 0;
};

// This program's own file.
Result<std::filesystem::path> this_program();
// A path that starts this very program again, even if its file has been replaced since.
Result<std::filesystem::path> this_program_again();

// Ends this process, now, when the one that started it is gone, where the system can do that.
void end_with_parent();

// Sets a variable of our own environment; only before there are threads.
void set_environment(const char* name, const char* value);

// "NAME=value" for each of `names` that is set.
std::vector<std::string> environment_of(const std::vector<std::string>& names);

// Gives the caller the original standard output and points standard output at standard error, so that nothing
// that a library prints can mix with what we say. The descriptor is for write_line.
Result<int> take_standard_output();
Status write_line(int descriptor, std::string_view line);

Memory process_memory();  // of this one

// Processor time of this process so far, of all its threads.
std::int64_t process_cpu_ns();

// Operating system, its version and the machine's architecture, as the kernel says.
struct SystemName {
  std::string kernel{}, release{}, arch{};
};
SystemName system_name();

// False where this process was confined to some of the processors.
bool may_use_all_cpus();

// The width in columns when standard output is a terminal that takes colour and can redraw a line; 0 when it
// is a pipe, a file or a dumb terminal.
int terminal_width();

// True once the user asked to stop (Ctrl-C, SIGTERM) after watch_for_interrupt().
void watch_for_interrupt();
bool was_interrupted();

}  // namespace eb
