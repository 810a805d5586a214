#include <algorithm>
#include <mutex>
#include <thread>

#include "harness/base/timer_slack.h"
#include "harness/run/drive.h"
#include "harness/run/walk.h"

namespace eb {
namespace {

// The queue, and what became of its queries; for several workers.
class Queue {
 public:
  Queue(Scenario& scenario, const Timing& timing, std::optional<Patience> patience)
      : scenario_(scenario), patience_(patience) {
    window_.latencies.reserve(timing.expected_queries);
    window_.wake_lags.reserve(timing.expected_queries);
    begin_ns_ = timing.clock.now_ns();  // after that, which takes milliseconds that no query should wait for
  }

  // When the next query is due, by the clock; nothing when there is none.
  std::optional<std::int64_t> take() {
    const std::lock_guard lock(mutex_);
    if (!failure_ || is_decided()) return std::nullopt;
    const auto query = scenario_.next(progress_);
    if (!query) return std::nullopt;
    ++progress_.issued;
    window_.last_due_ns = query->due_ns;
    return begin_ns_ + query->due_ns;
  }

  struct Times {
    std::int64_t due_ns = 0, end_ns = 0;
    std::optional<std::int64_t> wake_lag_ns{};
  };
  void done(const Times& times) {
    const std::lock_guard lock(mutex_);
    const std::int64_t latency_ns = times.end_ns - times.due_ns;
    window_.latencies.add(latency_ns);
    if (times.wake_lag_ns) window_.wake_lags.add(*times.wake_lag_ns);
    if (patience_ && latency_ns > patience_->target_ns) ++over_;
    progress_.elapsed_ns = std::max(progress_.elapsed_ns, times.end_ns - begin_ns_);
  }
  void fail(const Error& error) {
    const std::lock_guard lock(mutex_);
    if (failure_) failure_ = error;
  }

  // After all workers.
  Result<Window> finish(std::int64_t batch) {
    if (!failure_) return failure_.error();
    window_.queries = progress_.issued;
    window_.samples = progress_.issued * static_cast<std::uint64_t>(batch);
    window_.duration_ns = progress_.elapsed_ns;
    return std::move(window_);
  }

 private:
  bool is_decided() const { return patience_ && over_ > patience_->most_over; }

  Scenario& scenario_;
  std::int64_t begin_ns_ = 0;
  std::optional<Patience> patience_;
  std::mutex mutex_;  // guards all below; held for nanoseconds a query
  Progress progress_;
  Window window_;
  std::uint64_t over_ = 0;
  Status failure_ = Done{};
};

// Waits for a query. A long wait is no run that hangs.
void await(std::int64_t due_ns, std::int64_t now_ns, std::int64_t spin_ns, Clock& clock, Pulse& pulse) {
  const bool is_long = due_ns - now_ns > kPulseNs;
  if (is_long) pulse.end();
  clock.wait_until_ns(due_ns, spin_ns);
  if (is_long) pulse.begin(due_ns);
}

void work(Queue& queue, Session& session, LoadedLane& loaded, Clock& clock, std::int64_t spin_ns,
          Pulse pulse) {
  const PunctualTimers punctual;
  Walk walk(loaded);
  while (const auto due_ns = queue.take()) {
    Binding& binding = walk.next();
    Queue::Times times{.due_ns = *due_ns};
    if (const std::int64_t now_ns = clock.now_ns(); now_ns < *due_ns) {
      await(*due_ns, now_ns, spin_ns, clock, pulse);
      times.wake_lag_ns = clock.now_ns() - *due_ns;
    }
    auto ran = session.run(binding);
    times.end_ns = clock.now_ns();
    if (!ran) return queue.fail(ran.error());
    queue.done(times);
    walk.done();
    pulse.beat(times.end_ns);
  }
}

}  // namespace

Result<Window> drive_schedule(Scenario& scenario, Session& session, std::span<LoadedLane> lanes,
                              Timing timing, std::optional<Patience> patience) {
  Clock& clock = timing.clock;
  Queue queue(scenario, timing, patience);
  const std::int64_t spin_ns = scenario.spin_ns();
  {
    std::vector<std::thread> threads;
    for (LoadedLane& lane : lanes.subspan(1))
      threads.emplace_back([&, spin_ns] { work(queue, session, lane, clock, spin_ns, {}); });
    work(queue, session, lanes[0], clock, spin_ns, std::move(timing.pulse));
    for (std::thread& thread : threads) thread.join();
  }
  return queue.finish(lanes[0].batch);
}

}  // namespace eb
