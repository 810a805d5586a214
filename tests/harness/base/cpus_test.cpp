#include <gtest/gtest.h>
#include <sched.h>
#include <unistd.h>

#include <thread>

#include "harness/base/process.h"

namespace eb {
namespace {

TEST(Cpus, ConfinedThreadMayNotUseAll) {
#if defined(__linux__)
  if (sysconf(_SC_NPROCESSORS_ONLN) < 2) GTEST_SKIP() << "one processor is all";
  bool may_use_all = true;
  std::thread([&] {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(sched_getcpu(), &one);
    ASSERT_EQ(sched_setaffinity(0, sizeof one, &one), 0);
    may_use_all = may_use_all_cpus();
  }).join();
  EXPECT_FALSE(may_use_all);
#else
  EXPECT_TRUE(may_use_all_cpus());
#endif
}

}  // namespace
}  // namespace eb
