#include "harness/probes/crew.h"

#include <algorithm>
#include <atomic>
#include <barrier>
#include <chrono>
#include <thread>

#include "harness/probes/cpu_kernels.h"

namespace eb::probes {
namespace {

constexpr std::int64_t kClockAdds = 64'000;  // about 20 us

std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

// Cycles in a nanosecond.
double counted_ghz() {
  const std::int64_t begin_ns = now_ns();
  dependent_adds(kClockAdds);
  return static_cast<double>(kClockAdds) /
         static_cast<double>(std::max<std::int64_t>(1, now_ns() - begin_ns));
}

struct Seen {
  std::int64_t begin_ns = 0, end_ns = 0;
  double clock_ghz = 0;
};

class ThreadCrew final : public Crew {
 public:
  explicit ThreadCrew(std::vector<int> cpus)
      : count_(static_cast<int>(cpus.size())), seen_(cpus.size()), gate_(count_ + 1) {
    for (int i = 0; i < count_; ++i)
      threads_.emplace_back([this, i, cpu = cpus[static_cast<std::size_t>(i)]] {
        stay_on_cpu(cpu);
        work(i);
      });
  }

  ThreadCrew(const ThreadCrew&) = delete;
  ThreadCrew& operator=(const ThreadCrew&) = delete;

  ~ThreadCrew() override {
    task_ = nullptr;
    gate_.arrive_and_wait();
    for (std::thread& thread : threads_) thread.join();
  }

  int threads() const override { return count_; }

  void each(const std::function<void(int)>& task) override {
    task_ = &task;
    gate_.arrive_and_wait();
    gate_.arrive_and_wait();
  }

  Round round(double work, const std::function<void(int)>& task) override {
    ready_ = 0;
    each([&](int thread) { timed(thread, task); });
    std::int64_t begin_ns = seen_[0].begin_ns, end_ns = seen_[0].end_ns;
    double clock_ghz = 0;
    for (const Seen& seen : seen_) {
      begin_ns = std::min(begin_ns, seen.begin_ns);
      end_ns = std::max(end_ns, seen.end_ns);
      clock_ghz += seen.clock_ghz / count_;
    }
    return {work * 1e9 / static_cast<double>(std::max<std::int64_t>(1, end_ns - begin_ns)), clock_ghz};
  }

 private:
  void work(int thread) {
    while (true) {
      gate_.arrive_and_wait();
      if (task_ == nullptr) return;
      (*task_)(thread);
      gate_.arrive_and_wait();
    }
  }

  void timed(int thread, const std::function<void(int)>& task) {
    const double before_ghz = counted_ghz();
    // A wake-up takes tens of microseconds; from here on all of them are awake.
    ++ready_;
    while (ready_ < count_) std::atomic_signal_fence(std::memory_order_seq_cst);
    Seen seen;
    seen.begin_ns = now_ns();
    task(thread);
    seen.end_ns = now_ns();
    seen.clock_ghz = std::max(before_ghz, counted_ghz());  // what interrupts a count makes it too low
    seen_[static_cast<std::size_t>(thread)] = seen;
  }

  int count_;
  std::vector<Seen> seen_;
  std::barrier<> gate_;
  std::atomic<int> ready_{0};
  const std::function<void(int)>* task_ = nullptr;
  std::vector<std::thread> threads_;
};

}  // namespace

std::unique_ptr<Crew> make_crew(std::vector<int> cpus) {
  return std::make_unique<ThreadCrew>(std::move(cpus));
}

}  // namespace eb::probes
