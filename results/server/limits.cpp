#include "results/server/limits.h"

#include <algorithm>
#include <cmath>

namespace eb::board {

RateLimiter::RateLimiter(RateRule rule, std::size_t most_keys) : rule_(rule), most_keys_(most_keys) {}

RateLimiter::Bucket& RateLimiter::bucket(std::string_view key, std::int64_t now_ns) {
  const auto found = by_key_.find(key);
  if (found != by_key_.end()) {
    Bucket& known = *found->second;
    const double passed_s = static_cast<double>(std::max<std::int64_t>(now_ns - known.at_ns, 0)) / 1e9;
    known.tokens = std::min(rule_.burst, known.tokens + passed_s * rule_.per_second);
    known.at_ns = std::max(known.at_ns, now_ns);
    buckets_.splice(buckets_.begin(), buckets_, found->second);
    return known;
  }
  if (buckets_.size() >= most_keys_) {
    by_key_.erase(buckets_.back().key);
    buckets_.pop_back();
  }
  buckets_.push_front({std::string(key), rule_.burst, now_ns});
  by_key_.emplace(buckets_.front().key, buckets_.begin());
  return buckets_.front();
}

std::optional<std::int64_t> RateLimiter::wait_s(const Bucket& bucket) const {
  if (bucket.tokens >= 1) return std::nullopt;
  return std::max<std::int64_t>(1,
                                static_cast<std::int64_t>(std::ceil((1 - bucket.tokens) / rule_.per_second)));
}

std::optional<std::int64_t> RateLimiter::refuse(std::string_view key, std::int64_t now_ns) {
  if (rule_.per_second <= 0) return std::nullopt;
  const std::lock_guard lock(mutex_);
  Bucket& mine = bucket(key, now_ns);
  const auto wait = wait_s(mine);
  if (!wait) mine.tokens -= 1;
  return wait;
}

std::optional<std::int64_t> RateLimiter::would_refuse(std::string_view key, std::int64_t now_ns) {
  if (rule_.per_second <= 0) return std::nullopt;
  const std::lock_guard lock(mutex_);
  return wait_s(bucket(key, now_ns));
}

}  // namespace eb::board
