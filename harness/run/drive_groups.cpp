#include <algorithm>
#include <atomic>
#include <thread>

#include "harness/run/drive.h"
#include "harness/run/walk.h"

namespace eb {
namespace {

// Threads that run one binding of each lane whenever they are told, and have all done so when told to have.
class Team {
 public:
  Team(Session& session, std::size_t lanes, std::size_t threads)
      : session_(session), bindings_(lanes), failures_(threads, Status(Done{})) {
    for (std::size_t t = 1; t < threads; ++t) threads_.emplace_back([this, t] { wait_and_work(t); });
  }
  ~Team() {
    is_over_ = true;
    tell();
    for (std::thread& thread : threads_) thread.join();
  }
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;

  Binding*& binding(std::size_t lane) { return bindings_[lane]; }

  // Runs all bindings; back when the last run has ended.
  void run() {
    busy_ = threads_.size();
    tell();
    work(0);
    while (const std::size_t busy = busy_) busy_.wait(busy);
  }
  const Status& failure() const {
    const auto at = std::find_if(failures_.begin(), failures_.end(), [](const Status& s) { return !s; });
    return at == failures_.end() ? failures_.front() : *at;
  }

 private:
  void tell() {
    ++turn_;
    turn_.notify_all();
  }
  void work(std::size_t thread) {
    for (std::size_t lane = thread; lane < bindings_.size(); lane += failures_.size()) {
      auto ran = session_.run(*bindings_[lane]);
      if (!ran) failures_[thread] = ran.error();
    }
  }
  void wait_and_work(std::size_t thread) {
    for (std::uint64_t seen = 0;; ++seen) {
      turn_.wait(seen);
      if (is_over_) return;
      work(thread);
      if (--busy_ == 0) busy_.notify_one();
    }
  }

  Session& session_;
  std::vector<Binding*> bindings_;  // by lane
  std::vector<Status> failures_;    // by thread
  std::atomic<std::uint64_t> turn_{0};
  std::atomic<std::size_t> busy_{0};
  std::atomic<bool> is_over_{false};
  std::vector<std::thread> threads_;
};

}  // namespace

Result<Window> drive_groups(Scenario& scenario, Session& session, std::span<LoadedLane> lanes,
                            std::size_t threads, Timing timing) {
  Clock& clock = timing.clock;
  Window window;
  window.latencies.reserve(timing.expected_queries);
  std::vector<Walk> walks(lanes.begin(), lanes.end());
  Team team(session, lanes.size(), std::min(threads, lanes.size()));
  Progress progress;
  const std::int64_t begin_ns = clock.now_ns();
  while (scenario.next(progress)) {
    for (std::size_t i = 0; i < walks.size(); ++i) team.binding(i) = &walks[i].next();
    const std::int64_t start_ns = clock.now_ns();
    team.run();
    const std::int64_t end_ns = clock.now_ns();
    if (!team.failure()) return team.failure().error();
    window.latencies.add(end_ns - start_ns);
    for (Walk& walk : walks) walk.done();
    ++progress.issued;
    progress.elapsed_ns = end_ns - begin_ns;
    timing.pulse.beat(end_ns);
  }
  window.queries = progress.issued;
  window.samples = progress.issued * lanes.size() * static_cast<std::uint64_t>(lanes[0].batch);
  window.duration_ns = progress.elapsed_ns;
  return window;
}

}  // namespace eb
