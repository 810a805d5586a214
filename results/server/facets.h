#pragma once
// The values that filters offer, counted over the whole store: looked up seldom, since that reads much.
#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "harness/base/clock.h"
#include "results/store/store.h"

namespace eb::board {

// For any number of threads.
class Facets {
 public:
  explicit Facets(Clock& clock, std::int64_t fresh_ns = 30'000'000'000)
      : clock_(clock), fresh_ns_(fresh_ns) {}

  // Of records that are ok; most frequent first, at most `limit`.
  Result<std::vector<ValueCount>> of(Store& store, const std::string& field, std::int64_t limit = 100) {
    {
      const std::lock_guard lock(mutex_);
      const auto found = known_.find(field);
      if (found != known_.end() && clock_.now_ns() - found->second.at_ns < fresh_ns_)
        return found->second.values;
    }
    EB_GET(auto values, store.values(field, {{"status", Condition::Op::equal, "ok"}}, limit));
    const std::lock_guard lock(mutex_);
    known_.insert_or_assign(field, Known{values, clock_.now_ns()});
    return values;
  }

 private:
  struct Known {
    std::vector<ValueCount> values{};
    std::int64_t at_ns = 0;
  };
  Clock& clock_;
  const std::int64_t fresh_ns_;
  std::mutex mutex_;  // guards known_
  std::map<std::string, Known> known_;
};

}  // namespace eb::board
