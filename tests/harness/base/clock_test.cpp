#include "harness/base/clock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

namespace eb {
namespace {

TEST(SteadyClock, NeverGoesBack) {
  const auto clock = make_steady_clock();
  std::int64_t last_ns = clock->now_ns();
  for (int i = 0; i < 100'000; ++i) {
    const std::int64_t now_ns = clock->now_ns();
    ASSERT_GE(now_ns, last_ns);
    last_ns = now_ns;
  }
}

TEST(SteadyClock, TellsNanoseconds) {
  const auto clock = make_steady_clock();
  const auto system_ns = [] {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<std::int64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
  };
  const std::int64_t before_ns = system_ns();
  const std::int64_t now_ns = clock->now_ns();
  const std::int64_t after_ns = system_ns();
  EXPECT_GE(now_ns, before_ns);
  EXPECT_LE(now_ns, after_ns);
}

TEST(SteadyClock, WaitsUntilTheDeadlineAndNotLess) {
  const auto clock = make_steady_clock();
  const std::int64_t deadline_ns = clock->now_ns() + 3'000'000;
  clock->wait_until_ns(deadline_ns);
  EXPECT_GE(clock->now_ns(), deadline_ns);
}

TEST(SteadyClock, LooksAtTheClockAtTheEndIfItMay) {
  const auto clock = make_steady_clock();
  for (const std::int64_t spin_ns : {200'000, 50'000'000}) {
    const std::int64_t deadline_ns = clock->now_ns() + 3'000'000;
    const std::int64_t cpu_ns = clock->cpu_ns();
    clock->wait_until_ns(deadline_ns, spin_ns);
    EXPECT_GE(clock->now_ns(), deadline_ns);
    EXPECT_GT(clock->cpu_ns(), cpu_ns);
  }
  clock->wait_until_ns(0, 200'000);
}

TEST(SteadyClock, DoesNotWaitForThePast) {
  const auto clock = make_steady_clock();
  const std::int64_t begin_ns = clock->now_ns();
  clock->wait_until_ns(begin_ns - 3'600'000'000'000);
  clock->wait_until_ns(0);
  EXPECT_LT(clock->now_ns() - begin_ns, 1'000'000'000);
}

// The seconds since 1970 that a text says, read as universal time whatever the time zone.
std::time_t seconds_of(const std::string& text, const char* form) {
  std::tm parts{};
  const char* end = strptime(text.c_str(), form, &parts);
  EXPECT_TRUE(end && *end == '\0') << text;
  return timegm(&parts);
}

TEST(UtcNow, IsTheSameInBothFormsAndInEveryTimeZone) {
  for (const char* zone : {"UTC", "Asia/Tokyo", "XYZ+11:30"}) {
    setenv("TZ", zone, 1);
    tzset();
    const std::time_t before = std::time(nullptr);
    const std::string timestamp = utc_timestamp();
    const std::string folder_name = utc_folder_name();
    const std::time_t after = std::time(nullptr);
    EXPECT_THAT(seconds_of(timestamp, "%Y-%m-%dT%H:%M:%SZ"),
                ::testing::AllOf(::testing::Ge(before), ::testing::Le(after)))
        << zone;
    EXPECT_THAT(seconds_of(folder_name, "%Y%m%d-%H%M%S"),
                ::testing::AllOf(::testing::Ge(before), ::testing::Le(after)))
        << zone;
  }
  unsetenv("TZ");
  tzset();
}

}  // namespace
}  // namespace eb
