#include "harness/run/drive.h"

#include <atomic>
#include <mutex>
#include <thread>

#include "harness/run/walk.h"

namespace eb {
namespace {

class NullSession final : public Session {
 public:
  std::span<const TensorSpec> inputs() const override { return {}; }
  std::span<const TensorSpec> outputs() const override { return {}; }
  Result<std::unique_ptr<Binding>> bind(std::span<const Tensor>, std::span<const Tensor>) override {
    class Nothing final : public Binding {
      std::span<const Tensor> outputs() const override { return {}; }
    };
    return std::unique_ptr<Binding>(std::make_unique<Nothing>());
  }
  Result<RunTimes> run(Binding&) override { return RunTimes{}; }
  std::string compute_precision() const override { return {}; }
  int threads() const override { return 0; }
  Result<Placement> placement(const OperationCount&) override { return Placement{}; }
};

}  // namespace

Result<Window> drive_queries(Scenario& scenario, Session& session, LoadedLane& loaded, Clock& clock,
                             std::size_t expected_queries, Pulse pulse) {
  Window window;
  window.latencies.reserve(expected_queries);
  Walk walk(loaded);
  Progress progress;
  const std::int64_t begin_ns = clock.now_ns();
  while (scenario.next(progress)) {
    Binding& binding = walk.next();
    const std::int64_t start_ns = clock.now_ns();
    auto ran = session.run(binding);
    const std::int64_t end_ns = clock.now_ns();
    if (!ran) return ran.error();
    window.latencies.add(end_ns - start_ns);
    walk.done();
    ++progress.issued;
    progress.elapsed_ns = end_ns - begin_ns;
    pulse.beat(end_ns);  // here, since the next query starts with a look at the clock of its own
  }
  window.queries = progress.issued;
  window.samples = progress.issued * static_cast<std::uint64_t>(loaded.batch);
  window.duration_ns = progress.elapsed_ns;
  return window;
}

Result<Window> drive_block(Scenario& scenario, Session& session, std::span<LoadedLane> lanes, Clock& clock,
                           Pulse pulse) {
  std::mutex mutex;  // guards scenario, progress and failure; held for nanoseconds a run
  Progress progress;
  Status failure = Done{};
  const std::int64_t begin_ns = clock.now_ns();
  const auto work = [&](LoadedLane& loaded, Pulse own_pulse) {
    Walk walk(loaded);
    while (true) {
      {
        const std::lock_guard lock(mutex);
        if (!failure || !scenario.next(progress)) return;
        progress.issued += static_cast<std::uint64_t>(loaded.batch);
      }
      auto ran = session.run(walk.next());
      walk.done();
      const std::int64_t end_ns = clock.now_ns();
      own_pulse.beat(end_ns);
      const std::lock_guard lock(mutex);
      progress.elapsed_ns = std::max(progress.elapsed_ns, end_ns - begin_ns);
      if (!ran && failure) failure = ran.error();
    }
  };
  {
    std::vector<std::thread> threads;
    for (LoadedLane& lane : lanes.subspan(1)) threads.emplace_back([&work, &lane] { work(lane, {}); });
    work(lanes[0], std::move(pulse));
    for (std::thread& thread : threads) thread.join();
  }
  if (!failure) return failure.error();
  Window window;
  window.queries = 1;
  window.samples = progress.issued;
  window.duration_ns = progress.elapsed_ns;
  return window;
}

Result<double> measure_overhead_ns(Clock& clock, std::uint64_t queries) {
  NullSession session;
  EB_GET(Lane lane, Lane::create({}, session, 1, 1));
  LoadedLane loaded{std::move(lane), {1}, 1};
  EB_GET(const auto scenario, make_scenario("single-stream", {.min_queries = queries, .min_duration_ns = 0}));
  EB_GET(const Window window, drive_queries(*scenario, session, loaded, clock, queries));
  return static_cast<double>(window.duration_ns) / static_cast<double>(window.queries);
}

}  // namespace eb
