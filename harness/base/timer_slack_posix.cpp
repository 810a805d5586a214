#include "harness/base/timer_slack.h"

#if defined(__linux__)
#include <sys/prctl.h>
#endif

namespace eb {

#if defined(__linux__)

PunctualTimers::PunctualTimers() {
  const int slack_ns = prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0);
  constexpr unsigned long kLeastNs = 1;  // 0 would mean the default
  if (slack_ns > 0 && prctl(PR_SET_TIMERSLACK, kLeastNs, 0, 0, 0) == 0)
    before_ns_ = static_cast<unsigned long>(slack_ns);
}

PunctualTimers::~PunctualTimers() {
  if (before_ns_ > 0) prctl(PR_SET_TIMERSLACK, before_ns_, 0, 0, 0);
}

#else

PunctualTimers::PunctualTimers() = default;
PunctualTimers::~PunctualTimers() = default;

#endif

}  // namespace eb
