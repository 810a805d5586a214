#include "harness/base/crash.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "harness/base/crash_mark.h"
#include "tests/support/sanitizer.h"

namespace eb {
namespace {

std::string stack(const std::string& lines) {
  return "loading\n" + std::string(kCrashMark) + "/proc/self/exe(+0x10)[0x55d0]\n" + lines;
}

TEST(LastWords, NameTheInnermostLibraryThatIsNotTheSystems) {
  const std::string text = stack(
      "/lib/x86_64-linux-gnu/libc.so.6(+0x3c050)[0x7f01]\n/lib/x86_64-linux-gnu/"
      "libc.so.6(gsignal+0x12)[0x7f02]\n"
      "/usr/lib/libstdc++.so.6(_ZSt9terminatev+0x77)[0x7f03]\n/opt/a vendor/libnpu.so(+0x1f2e0)[0x7f04]\n"
      "/usr/lib/libonnxruntime.so.1(+0x7)[0x7f05]\n");
  const LastWords words = last_words(text);
  EXPECT_EQ(words.frame, "libnpu.so(+0x1f2e0)");
  EXPECT_EQ(words.printed, "loading\n");
  EXPECT_EQ(last_words(stack("libnpu.so(run_graph+0x12)[0x7f04]\n")).frame, "libnpu.so(run_graph+0x12)");
}

TEST(LastWords, BlameNoLibraryForTheProgramsOwnCrash) {
  EXPECT_FALSE(last_words(stack("/proc/self/exe(main+0x1)[0x55d1]\n/opt/libnpu.so(+0x1)[0x7f04]\n")).frame);
  EXPECT_FALSE(last_words(stack("")).frame);
}

TEST(LastWords, WithoutAStackAreWhatWasPrinted) {
  const LastWords words = last_words("driver: lost device\n/opt/libnpu.so(+0x1)[0x7f]\n");
  EXPECT_EQ(words.printed, "driver: lost device\n/opt/libnpu.so(+0x1)[0x7f]\n");
  EXPECT_FALSE(words.frame);
}

TEST(LastWords, OfAHostileProcessAreShortAndPlain) {
  EXPECT_FALSE(last_words(stack("/opt/lib" + std::string(5000, 'x') + ".so(+0x1)[0x7f04]\n")).frame);
  EXPECT_FALSE(last_words(stack("/opt/lib\x1b[31mred.so(+0x1)[0x7f04]\n")).frame);
  for (const char* garbage : {"(", ")(", "[", "\n\n\n", "()\n", "/(\n)", "))))((((", "\xff\xfe"})
    EXPECT_FALSE(last_words(stack(garbage)).frame) << garbage;
  EXPECT_EQ(last_words(stack("[0x1]\n??\n/x/liba.so(+0x1")).frame, std::nullopt) << "cut in the middle";
}

TEST(TellCrashes, PrintsTheStackAndDiesOfTheSameSignal) {
  if (EB_HAS_SANITIZER) GTEST_SKIP() << "the sanitizer prints the stack";
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  for (const int number : {SIGSEGV, SIGABRT})
    EXPECT_EXIT(
        {
          tell_crashes();
          raise(number);
        },
        ::testing::KilledBySignal(number), "its stack is:\n.*\\(.*\\)");
}

}  // namespace
}  // namespace eb
