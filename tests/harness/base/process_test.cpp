#include "harness/base/process.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <vector>

#include "tests/support/tree.h"

namespace eb {
namespace {

using std::chrono::milliseconds;
using test::problem;

constexpr milliseconds kLong{20'000};  // never waited for, unless something is wrong

std::unique_ptr<Process> shell(std::string script, std::string input = "",
                               std::vector<std::string> environment = {}) {
  auto process =
      Process::start({"/bin/sh", {"-c", std::move(script)}, std::move(environment), std::move(input)});
  EXPECT_EQ(problem(process), "");
  return process ? *std::move(process) : nullptr;
}

std::vector<std::string> all_lines(Process& process) {
  std::vector<std::string> lines;
  for (std::string line; process.next_line(line, kLong) == Process::Event::line;) lines.push_back(line);
  return lines;
}

TEST(Process, GivesItsLinesThenItsEnd) {
  const auto process = shell("echo one; echo; echo two; printf unfinished; exit 3");
  EXPECT_EQ(all_lines(*process), (std::vector<std::string>{"one", "", "two"}));
  const ProcessExit exit = process->wait(kLong);
  EXPECT_EQ(exit.code, 3);
  EXPECT_EQ(exit.signal, 0);
  EXPECT_FALSE(exit.was_killed);
  EXPECT_EQ(exit.describe(), "exit code 3");
  EXPECT_EQ(process->wait(kLong).code, 3) << "asking again is harmless";
  process->kill();
}

TEST(Process, TellsTheLibrariesThatItHasLoaded) {
  if (!std::filesystem::exists("/proc/self/maps")) GTEST_SKIP() << "this system does not tell";
  const auto process = shell("echo loaded; sleep 1000; true");  // the shell stays
  std::string line;
  ASSERT_EQ(process->next_line(line, kLong), Process::Event::line);
  const auto libraries = process->libraries();
  ASSERT_FALSE(libraries.empty());
  for (const auto& library : libraries) {
    EXPECT_TRUE(library.is_absolute()) << library;
    EXPECT_EQ(std::count(libraries.begin(), libraries.end(), library), 1) << library;
  }
  EXPECT_TRUE(std::any_of(libraries.begin(), libraries.end(),
                          [](const auto& path) { return path.filename().string().starts_with("libc"); }));
  process->kill();
  process->wait(kLong);
  EXPECT_TRUE(process->libraries().empty()) << "it has ended";
}

TEST(Process, GetsItsInputAndThenTheEndOfIt) {
  const auto process = shell("cat; echo done", "first\nsecond\n");
  EXPECT_EQ(all_lines(*process), (std::vector<std::string>{"first", "second", "done"}));
}

TEST(Process, TakesTheLongestInputBeforeItReadsAny) {
  const auto process = shell("wc -c | tr -d ' '", std::string(60'000, 'x'));
  EXPECT_EQ(all_lines(*process), (std::vector<std::string>{"60000"}));
  EXPECT_FALSE(Process::start({"/bin/sh", {"-c", "true"}, {}, std::string(60'001, 'x')}));
}

TEST(Process, ThatReadsNoInputDoesNoHarm) {
  for (int i = 0; i < 20; ++i) {
    const auto process = shell("exec <&-; echo deaf", std::string(60'000, 'x'));
    EXPECT_EQ(all_lines(*process), (std::vector<std::string>{"deaf"}));
  }
}

TEST(Process, TellsItsMemoryWhileItIsThere) {
  const auto process = shell("echo here; kill -STOP $$");
  std::string line;
  ASSERT_EQ(process->next_line(line, kLong), Process::Event::line);
  const Memory memory = process->memory();
  ASSERT_TRUE(memory.resident_bytes && memory.peak_bytes);
  EXPECT_GT(*memory.resident_bytes, 100'000u);
  EXPECT_LT(*memory.resident_bytes, 1'000'000'000u);
  EXPECT_GE(*memory.peak_bytes, *memory.resident_bytes);
  process->kill();
  process->wait(kLong);
  EXPECT_FALSE(process->memory().resident_bytes);
}

TEST(Process, SeesOnlyTheEnvironmentItWasGiven) {
  setenv("EDGEBENCH_TEST_TOKEN", "secret", 1);
  const auto process = shell("echo \"[$EDGEBENCH_TEST_TOKEN][$GIVEN]\"", "", {"GIVEN=a b"});
  unsetenv("EDGEBENCH_TEST_TOKEN");
  EXPECT_EQ(all_lines(*process), (std::vector<std::string>{"[][a b]"}));
}

TEST(Process, IsEndedByABrokenPipeAsUsualThoughWeAreNot) {
  for (int i = 0; i < 2; ++i) {  // the second one is started by who has come to ignore it
    const auto process = shell("kill -PIPE $$; echo alive");
    EXPECT_TRUE(all_lines(*process).empty());
    EXPECT_EQ(process->wait(kLong).signal, SIGPIPE);
  }
}

TEST(Process, GetsItsArgumentsAsTheyAre) {
  auto process =
      Process::start({"/bin/sh", {"-c", "printf '%s\\n' \"$@\"", "name", "a b", "$HOME", "*"}, {}, ""});
  ASSERT_TRUE(process);
  EXPECT_EQ(all_lines(**process), (std::vector<std::string>{"a b", "$HOME", "*"}));
}

TEST(Process, ThatCannotStartIsAnErrorThatNamesTheProgram) {
  const auto process = Process::start({"/nowhere/program", {}, {}, ""});
  ASSERT_FALSE(process);
  EXPECT_EQ(process.error().kind, ErrorKind::io);
  EXPECT_NE(process.error().message.find("/nowhere/program"), std::string::npos);
}

TEST(Process, DeathBySignalHasItsNumberAndName) {
  const auto process = shell("kill -SEGV $$");
  EXPECT_TRUE(all_lines(*process).empty());
  const ProcessExit exit = process->wait(kLong);
  EXPECT_EQ(exit.signal, SIGSEGV);
  EXPECT_FALSE(exit.was_killed);
  EXPECT_EQ(exit.describe(), "signal 11 (Segmentation fault)");
}

TEST(Process, AKillFromOutsideIsToldFromACrash) {
  const auto process = shell("kill -KILL $$");
  EXPECT_TRUE(all_lines(*process).empty());
  EXPECT_TRUE(process->wait(kLong).was_killed);
}

TEST(Process, SaysNothingWithinTheLimit) {
  std::string line;
  EXPECT_EQ(shell("exec sleep 1000")->next_line(line, milliseconds(20)), Process::Event::timeout);
}

TEST(Process, IsLookedAtOnceHoweverShortTheLimit) {
  const auto process = shell("echo said");
  EXPECT_EQ(process->wait(kLong).code, 0);
  std::string line;
  EXPECT_EQ(process->next_line(line, milliseconds(0)), Process::Event::line);
  EXPECT_EQ(line, "said");
  EXPECT_EQ(process->next_line(line, milliseconds(0)), Process::Event::ended);
}

TEST(Process, KillEndsItAndEverythingItStarted) {
  const auto process = shell("sleep 1000 & echo $!; wait");
  std::string child_pid;
  ASSERT_EQ(process->next_line(child_pid, kLong), Process::Event::line);
  process->kill();
  std::string line;
  EXPECT_EQ(process->next_line(line, kLong), Process::Event::ended) << "a grandchild kept the pipe open";
  EXPECT_TRUE(process->wait(kLong).was_killed);
}

TEST(Process, StandsStillWhileItIsPaused) {
  const auto process = shell("echo ready; read line; while :; do echo x; sleep 0.01; done", "go\n");
  std::string line;
  ASSERT_EQ(process->next_line(line, kLong), Process::Event::line);
  process->pause();
  while (process->next_line(line, milliseconds(200)) ==
         Process::Event::line) {  // what it had said until then
  }
  EXPECT_EQ(process->next_line(line, milliseconds(200)), Process::Event::timeout);
  process->resume();
  EXPECT_EQ(process->next_line(line, kLong), Process::Event::line);
  process->pause();
  process->kill();
  EXPECT_EQ(process->wait(kLong).signal, SIGKILL) << "a paused one can be killed";
  process->pause();
  process->resume();
}

TEST(Process, IsGoneWithItsObject) {
  pid_t pid = 0;
  {
    const auto process = shell("echo $$; exec sleep 1000");
    std::string line;
    ASSERT_EQ(process->next_line(line, kLong), Process::Event::line);
    pid = static_cast<pid_t>(std::stol(line));
    ASSERT_EQ(kill(pid, 0), 0);
  }
  EXPECT_EQ(kill(pid, 0), -1);
}

TEST(Process, ThatLingersAfterItsLastWordIsKilledWhenTheGraceIsOver) {
  const auto process = shell("echo last; exec >&-; exec sleep 1000");
  EXPECT_EQ(all_lines(*process), (std::vector<std::string>{"last"}));
  EXPECT_TRUE(process->wait(milliseconds(50)).was_killed);
}

TEST(Process, TakesALineOfAMebibyteAndEndsTheTalkAtTwo) {
  const auto spell = [](int bytes) {
    return "head -c " + std::to_string(bytes) + " /dev/zero | tr '\\0' x; echo; echo next";
  };
  const auto long_one = shell(spell(1'000'000));
  const auto lines = all_lines(*long_one);
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0].size(), 1'000'000u);
  const auto too_long = shell(spell(2'000'000));
  EXPECT_TRUE(all_lines(*too_long).empty());
  too_long->wait(milliseconds(100));
}

TEST(Process, KeepsTheEndOfItsErrors) {
  const auto process = shell("i=0; while [ $i -lt 4000 ]; do echo error $i; i=$((i+1)); done >&2; echo out");
  EXPECT_EQ(all_lines(*process), (std::vector<std::string>{"out"}));
  EXPECT_EQ(process->wait(kLong).code, 0);
  EXPECT_TRUE(process->error_tail().ends_with("error 3998\nerror 3999\n"));
  EXPECT_EQ(process->error_tail().size(), 16u << 10);
}

TEST(Process, EndlessErrorsDoNotHoldUsUp) {
  const auto process = shell("exec 3>&1; exec yes error >&2");
  std::string line;
  EXPECT_EQ(process->next_line(line, milliseconds(100)), Process::Event::timeout);
  EXPECT_TRUE(process->wait(milliseconds(50)).was_killed);
  EXPECT_LE(process->error_tail().size(), 16u << 10);
}

TEST(ThisProgram, IsThisTest) {
  const auto program = this_program();
  ASSERT_TRUE(program) << program.error().message;
  EXPECT_TRUE(program->is_absolute());
  EXPECT_NE(program->filename().string().find("unit_tests"), std::string::npos) << *program;
}

TEST(EnvironmentOf, TakesWhatIsSetAndOnlyThat) {
  setenv("EDGEBENCH_TEST_A", "1=2", 1);
  setenv("EDGEBENCH_TEST_EMPTY", "", 1);
  unsetenv("EDGEBENCH_TEST_NONE");
  EXPECT_EQ(environment_of({"EDGEBENCH_TEST_A", "EDGEBENCH_TEST_NONE", "EDGEBENCH_TEST_EMPTY"}),
            (std::vector<std::string>{"EDGEBENCH_TEST_A=1=2", "EDGEBENCH_TEST_EMPTY="}));
  unsetenv("EDGEBENCH_TEST_A");
  unsetenv("EDGEBENCH_TEST_EMPTY");
}

TEST(WriteLine, WritesTheWholeLineOrSaysWhyNot) {
  const test::Tree tree;
  const int fd = open((tree / "f").c_str(), O_CREAT | O_WRONLY, 0600);
  ASSERT_GE(fd, 0);
  EXPECT_EQ(problem(write_line(fd, std::string(300'000, 'y'))), "");
  EXPECT_EQ(problem(write_line(fd, "end")), "");
  close(fd);
  EXPECT_EQ(tree.read("f"), std::string(300'000, 'y') + "\nend\n");
  const auto closed = write_line(fd, "x");
  ASSERT_FALSE(closed);
  EXPECT_EQ(closed.error().kind, ErrorKind::io);
  const int full = open("/dev/full", O_WRONLY);
  EXPECT_NE(problem(write_line(full, "x")).find("No space left"), std::string::npos);
  close(full);
}

TEST(TakeStandardOutput, LeavesToLibrariesOnlyStandardError) {
  const test::Tree tree;
  const int old_out = dup(STDOUT_FILENO);
  const int old_err = dup(STDERR_FILENO);
  const int out = open((tree / "out").c_str(), O_CREAT | O_WRONLY, 0600);
  const int err = open((tree / "err").c_str(), O_CREAT | O_WRONLY | O_APPEND, 0600);
  dup2(out, STDOUT_FILENO);
  dup2(err, STDERR_FILENO);
  const auto ours = take_standard_output();
  const std::string noise = "a library's noise\n";
  const bool wrote = write(STDOUT_FILENO, noise.data(), noise.size()) == static_cast<ssize_t>(noise.size());
  const Status said = ours ? write_line(*ours, "a record") : Status(ours.error());
  dup2(old_out, STDOUT_FILENO);
  dup2(old_err, STDERR_FILENO);
  for (const int fd : {old_out, old_err, out, err, ours ? *ours : -1}) close(fd);
  ASSERT_EQ(problem(said), "");
  EXPECT_TRUE(wrote);
  EXPECT_EQ(tree.read("out"), "a record\n");
  EXPECT_EQ(tree.read("err"), noise);
}

TEST(ProcessMemory, SeesMemoryThatWasTouched) {
  const Memory before = process_memory();
  ASSERT_TRUE(before.resident_bytes && before.peak_bytes);
  EXPECT_GT(*before.resident_bytes, 1'000'000u);
  constexpr std::size_t kBytes = 64u << 20;
  std::vector<char> touched(kBytes, 1);
  const Memory during = process_memory();
  EXPECT_GE(*during.resident_bytes + (8u << 20), *before.resident_bytes + kBytes);
  EXPECT_GE(*during.peak_bytes + (8u << 20), *during.resident_bytes);
  touched.clear();
  touched.shrink_to_fit();
  EXPECT_GE(*process_memory().peak_bytes, *during.peak_bytes) << "the high water mark never falls";
}

TEST(SystemName, IsThatOfTheKernel) {
  const SystemName name = system_name();
  EXPECT_FALSE(name.kernel.empty());
  EXPECT_FALSE(name.release.empty());
  EXPECT_FALSE(name.arch.empty());
}

// Standard output on a terminal of 100 columns while this lives.
class PseudoTerminal {
 public:
  PseudoTerminal() : saved_(dup(STDOUT_FILENO)), master_(posix_openpt(O_RDWR | O_NOCTTY)) {
    if (master_ < 0 || grantpt(master_) != 0 || unlockpt(master_) != 0) return;
    slave_ = open(ptsname(master_), O_RDWR | O_NOCTTY);
    winsize size{};
    size.ws_col = 100;
    is_ready = slave_ >= 0 && ioctl(slave_, TIOCSWINSZ, &size) == 0 && dup2(slave_, STDOUT_FILENO) >= 0;
  }
  PseudoTerminal(const PseudoTerminal&) = delete;
  PseudoTerminal& operator=(const PseudoTerminal&) = delete;
  ~PseudoTerminal() {
    dup2(saved_, STDOUT_FILENO);
    for (const int fd : {saved_, master_, slave_})
      if (fd >= 0) close(fd);
  }
  bool is_ready = false;

 private:
  int saved_, master_, slave_ = -1;
};

int width_with_term(const char* term) {
  const char* old = std::getenv("TERM");
  const std::string kept = old ? old : "";
  if (term) setenv("TERM", term, 1);
  if (!term) unsetenv("TERM");
  const int width = terminal_width();
  if (old) setenv("TERM", kept.c_str(), 1);
  if (!old) unsetenv("TERM");
  return width;
}

TEST(TerminalWidth, IsThatOfATerminalUnlessItIsDumb) {
  int width = 0;
  int dumb = -1;
  int unknown = -1;
  {
    const PseudoTerminal terminal;
    if (!terminal.is_ready) GTEST_SKIP() << "no pseudo-terminal here";
    width = width_with_term("xterm");
    dumb = width_with_term("dumb");
    unknown = width_with_term(nullptr);
  }
  EXPECT_EQ(width, 100);
  EXPECT_EQ(dumb, 0);
  EXPECT_EQ(unknown, 0);
}

TEST(TerminalWidth, IsZeroForAFile) {
  const test::Tree tree;
  const int saved = dup(STDOUT_FILENO);
  const int file = open((tree / "f").c_str(), O_CREAT | O_WRONLY, 0600);
  dup2(file, STDOUT_FILENO);
  const int width = width_with_term("xterm");
  dup2(saved, STDOUT_FILENO);
  close(saved);
  close(file);
  EXPECT_EQ(width, 0);
}

// In processes of their own: the flag stays up for good.
int exit_code_after(int signal_number) {
  watch_for_interrupt();
  if (was_interrupted()) return 2;
  if (signal_number != 0) raise(signal_number);
  return was_interrupted() ? 0 : 1;
}

TEST(InterruptDeathTest, IsSeenAfterCtrlCAndAfterAPoliteKill) {
  EXPECT_EXIT(_exit(exit_code_after(SIGINT)), ::testing::ExitedWithCode(0), "");
  EXPECT_EXIT(_exit(exit_code_after(SIGTERM)), ::testing::ExitedWithCode(0), "");
  EXPECT_EXIT(_exit(exit_code_after(0)), ::testing::ExitedWithCode(1), "");
}

}  // namespace
}  // namespace eb
