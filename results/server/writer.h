#pragma once
// The one thread that writes. What comes while a commit is on its way to the disk goes into the next one
// together, so that many uploads share the wait for it, and a lone one waits for nothing else.
#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <thread>

#include "results/store/store.h"

namespace eb::board {

struct WriterLimits {
  std::size_t most_queued = 256;  // more is refused as `unavailable`
  std::size_t most_in_commit = 64;
  std::size_t most_bytes_in_commit = 64 << 20;  // of bundles; one that is larger goes alone
};

class Writer {
 public:
  explicit Writer(std::unique_ptr<Store> store, const WriterLimits& limits = {});
  ~Writer();  // finishes what is queued
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  // Returns when the run is on the disk. For any number of threads; so below.
  Result<Added> add(NewRun run);
  // Does something else with the store, between commits.
  Status change(std::function<Status(Store&)> change);
  std::size_t queued();  // and not yet on its way to the disk

 private:
  struct Job {
    NewRun run{};
    std::function<Status(Store&)> change{};  // then there is no run
    std::promise<Result<Added>> done{};
  };
  Result<Added> wait_for(Job job);
  std::deque<Job> next_batch();  // empty: it is over
  void commit(std::deque<Job>& batch);
  void work();

  const WriterLimits limits_;
  const std::unique_ptr<Store> store_;
  std::mutex mutex_;  // guards the next three
  std::condition_variable has_work_;
  std::deque<Job> queue_;
  bool is_over_ = false;
  std::thread thread_;
};

}  // namespace eb::board
