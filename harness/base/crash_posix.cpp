#include <unistd.h>

#include <array>
#include <csignal>

#include "harness/base/crash.h"
#include "harness/base/crash_mark.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define EB_SANITIZER_PRINTS
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define EB_SANITIZER_PRINTS
#endif
#if __has_include(<execinfo.h>) && !defined(EB_SANITIZER_PRINTS)
#include <execinfo.h>
#define EB_CAN_PRINT_STACK
#endif

namespace eb {

#if defined(EB_CAN_PRINT_STACK)
namespace {

constexpr int kMostFrames = 24;
constexpr unsigned kPatienceS = 5;  // a stack that cannot be walked must not keep the process from its end

volatile std::sig_atomic_t crash_signal = 0;

// The signal's own effect is back (SA_RESETHAND), so that whoever waits for us sees it.
void die(int) {
  raise(crash_signal);
}

// Only calls that a signal handler may make: backtrace has been made ready before.
void print_stack(int number) {
  crash_signal = number;
  std::signal(SIGALRM, die);
  alarm(kPatienceS);
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, kCrashMark.data(), kCrashMark.size());
  std::array<void*, kMostFrames> frames{};
  const int count = backtrace(frames.data(), kMostFrames);
  backtrace_symbols_fd(frames.data(), count, STDERR_FILENO);
  raise(number);
}

}  // namespace

void tell_crashes() {
  std::array<void*, 1> ready{};
  backtrace(ready.data(), 1);  // loads what it needs: a handler must not
  // A stack that has overflowed has no room for a handler.
  static std::array<char, 64 << 10> stack;
  stack_t other{};
  other.ss_sp = stack.data();
  other.ss_size = stack.size();
  sigaltstack(&other, nullptr);
  struct sigaction action {};
  action.sa_handler = print_stack;
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_NODEFER | SA_ONSTACK);
  for (const int number : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT}) sigaction(number, &action, nullptr);
}
#else
void tell_crashes() {}
#endif

}  // namespace eb
