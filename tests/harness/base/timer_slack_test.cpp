#include "harness/base/timer_slack.h"

#include <gtest/gtest.h>
#include <sys/prctl.h>

#include <thread>

namespace eb {
namespace {

int slack_ns() {
  return prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0);
}

TEST(PunctualTimers, AreOfThisThreadAndForAsLongAsTheyLive) {
  const int usual_ns = slack_ns();
  ASSERT_GT(usual_ns, 1);
  {
    const PunctualTimers punctual;
    EXPECT_EQ(slack_ns(), 1);
    int while_nested_ns = 0;
    {
      const PunctualTimers again;
      while_nested_ns = slack_ns();
    }
    EXPECT_EQ(while_nested_ns, 1);
    EXPECT_EQ(slack_ns(), 1) << "as it was before the second";
  }
  EXPECT_EQ(slack_ns(), usual_ns);
  int elsewhere_ns = 0;
  std::thread([&] { elsewhere_ns = slack_ns(); }).join();
  EXPECT_EQ(elsewhere_ns, usual_ns);
}

}  // namespace
}  // namespace eb
