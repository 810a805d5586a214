#include "results/server/writer.h"

#include <utility>

namespace eb::board {

Writer::Writer(std::unique_ptr<Store> store, const WriterLimits& limits)
    : limits_(limits), store_(std::move(store)), thread_([this] { work(); }) {}

Writer::~Writer() {
  {
    const std::lock_guard lock(mutex_);
    is_over_ = true;
  }
  has_work_.notify_all();
  thread_.join();
}

Result<Added> Writer::add(NewRun run) {
  return wait_for({.run = std::move(run)});
}

Status Writer::change(std::function<Status(Store&)> change) {
  EB_OK(wait_for({.change = std::move(change)}));
  return Done{};
}

std::size_t Writer::queued() {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

Result<Added> Writer::wait_for(Job job) {
  auto done = job.done.get_future();
  {
    const std::lock_guard lock(mutex_);
    if (is_over_ || queue_.size() >= limits_.most_queued)
      return Error{ErrorKind::unavailable, "too much is waiting to be written: try again later"};
    queue_.push_back(std::move(job));
  }
  has_work_.notify_one();
  return done.get();
}

std::deque<Writer::Job> Writer::next_batch() {
  std::unique_lock lock(mutex_);
  has_work_.wait(lock, [this] { return is_over_ || !queue_.empty(); });
  std::deque<Job> batch;
  std::size_t bytes = 0;
  while (!queue_.empty() && batch.size() < limits_.most_in_commit) {
    const Job& next = queue_.front();
    bytes += next.run.bundle.size();
    const bool is_other_kind = !batch.empty() && (next.change || batch.front().change);
    if (is_other_kind || (!batch.empty() && bytes > limits_.most_bytes_in_commit)) break;
    batch.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return batch;
}

void Writer::commit(std::deque<Job>& batch) {
  std::vector<NewRun> runs;
  runs.reserve(batch.size());
  for (Job& job : batch) runs.push_back(std::move(job.run));
  const auto added = store_->add(runs);
  if (added && added->size() == batch.size()) {
    for (std::size_t i = 0; i < batch.size(); ++i) batch[i].done.set_value((*added)[i]);
    return;
  }
  // One that the store cannot take must not cost the others theirs.
  for (std::size_t i = 0; i < batch.size(); ++i) {
    auto alone = batch.size() == 1 ? added : store_->add(std::span(&runs[i], 1));
    if (!alone)
      batch[i].done.set_value(alone.error());
    else if (alone->size() != 1)
      batch[i].done.set_value(Error{ErrorKind::internal, "the store did not say what it added"});
    else
      batch[i].done.set_value(alone->front());
  }
}

void Writer::work() {
  for (auto batch = next_batch(); !batch.empty(); batch = next_batch()) {
    if (!batch.front().change) {
      commit(batch);
      continue;
    }
    const auto changed = batch.front().change(*store_);
    batch.front().done.set_value(changed ? Result<Added>(Added{}) : Result<Added>(changed.error()));
  }
}

}  // namespace eb::board
